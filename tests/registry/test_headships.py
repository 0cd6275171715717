"""Who heads a department, and with it has its teams in their care."""

import datetime as dt

import pytest

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.journal.models import AuditLine
from backend.journal.writing import write
from backend.registry.models import Department, Headship, Team
from backend.registry.selectors import responsibility
from backend.registry.selectors import teams as selectors
from backend.registry.services import headships, organisation, teams
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places


@pytest.fixture
def department(office_actor: Actor) -> Department:
    return organisation.create(Department, actor=office_actor, code="K03", name="基础教育科")


@pytest.fixture
def team(office_actor: Actor, places: Places, department: Department) -> Team:
    found = places.team()
    with write(actor=office_actor):
        Team.objects.filter(pk=found.pk).update(department=department)
    return found


@pytest.fixture
def head(cast: Cast) -> User:
    return cast.person(Role.DEPARTMENT_HEAD)


def test_the_teams_of_the_department_are_in_the_care_of_its_head(
    office_actor: Actor, cast: Cast, places: Places, department: Department, team: Team, head: User
) -> None:
    school, other = places.school(team=team), places.team()
    leader, stranger = places.people(team)[0], places.people(other)[0]
    assert list(selectors.led_by(head.pk)) == []
    headships.name_head(actor=office_actor, department_id=department.pk, user_id=head.pk)
    assert (list(selectors.led_by(head.pk)), list(selectors.led_by(stranger.pk))) == ([team], [other])
    assert selectors.leaders_of([team.pk, other.pk]) == {team.pk: {leader.pk, head.pk}, other.pk: {stranger.pk}}
    assert responsibility.heads_of(school.pk) == {leader.pk, head.pk}


def test_a_department_has_one_head_and_past_terms_stay(
    office_actor: Actor, cast: Cast, department: Department, team: Team, head: User
) -> None:
    successor = cast.person(Role.DEPARTMENT_HEAD)
    with clock.fixed(clock.now()) as hand:
        for user in (head, head, successor):
            headships.name_head(actor=office_actor, department_id=department.pk, user_id=user.pk)
            hand.move(hours=1)
        assert Headship.objects.count() == 2
        named, before = (
            selectors.head_of(department),
            selectors.head_of(department, clock.now() - dt.timedelta(hours=2)),
        )
        assert [row.user_id if row else None for row in (named, before)] == [successor.pk, head.pk]
        assert (list(selectors.led_by(head.pk)), list(selectors.led_by(successor.pk))) == ([], [team])
        for _ in range(2):
            headships.end_headship(actor=office_actor, department_id=department.pk)
        assert (selectors.head_of(department), list(selectors.led_by(successor.pk))) == (None, [])
    lines = AuditLine.objects.filter(verb__startswith="department.head").order_by("pk")
    assert [(line.verb, line.detail["user"]) for line in lines] == [
        ("department.head_named", head.pk),
        ("department.head_left", head.pk),
        ("department.head_named", successor.pk),
        ("department.head_left", successor.pk),
    ]


def test_only_whoever_holds_the_role_is_named_and_only_by_the_office(
    office_actor: Actor, cast: Cast, department: Department, head: User
) -> None:
    inspector = cast.person(Role.INSPECTOR)
    with pytest.raises(Conflict) as fault:
        headships.name_head(actor=office_actor, department_id=department.pk, user_id=inspector.pk)
    assert fault.value.code == "not_department_head"
    with pytest.raises(Forbidden):
        headships.name_head(actor=cast.actor(head), department_id=department.pk, user_id=head.pk)
    foreign = cast.person(Role.DEPARTMENT_HEAD, county=cast.county("linshui", "邻水区"))
    with pytest.raises(NotFound):
        headships.name_head(actor=office_actor, department_id=department.pk, user_id=foreign.pk)


def test_closing_a_department_ends_the_term_of_its_head(
    office_actor: Actor, department: Department, head: User
) -> None:
    headships.name_head(actor=office_actor, department_id=department.pk, user_id=head.pk)
    organisation.close(Department, actor=office_actor, place_id=department.pk)
    assert selectors.head_of(department) is None
    with pytest.raises(Conflict) as fault:
        headships.name_head(actor=office_actor, department_id=department.pk, user_id=head.pk)
    assert fault.value.code == "department_closed"


def test_a_team_that_moves_to_another_department_follows(
    office_actor: Actor, department: Department, team: Team, head: User
) -> None:
    headships.name_head(actor=office_actor, department_id=department.pk, user_id=head.pk)
    other = organisation.create(Department, actor=system(department.county_id), code="K04", name="学前教育科")
    teams.update_team(actor=office_actor, team_id=team.pk, department_id=other.pk)
    assert list(selectors.led_by(head.pk)) == []


def test_the_head_is_named_read_and_ended_over_the_api(
    office_client: Client, cast: Cast, department: Department, head: User
) -> None:
    path = f"/api/v1/registry/departments/{department.pk}/head"
    nobody = {"user": None, "name": "", "starts_at": None}
    assert office_client.get(path).json() == nobody
    named = office_client.put(path, {"user_id": head.pk}, format="json").json()
    assert (named["user"], office_client.get(path).json()) == (head.pk, named)
    assert cast.client(head).put(path, {"user_id": head.pk}, format="json").status_code == 403
    assert office_client.post_json(f"{path}/end").json() == nobody
