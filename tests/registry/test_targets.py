"""Keeping targets and their contacts; who may know of which."""

from datetime import timedelta
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.codec import loads
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.journal.models import AuditLine, FeedRow
from backend.registry.models import Target, TargetKind, Track
from backend.registry.selectors import responsibility
from backend.registry.selectors import targets as selectors
from backend.registry.services import contacts, targets
from backend.registry.services.contacts import NewContact
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


def school(actor: Actor, code: str = "SCH001", **fields: object) -> Target:
    wanted = {"name": "澄江第一小学", "stage": "primary"} | fields
    return targets.create_target(actor=actor, kind=TargetKind.SCHOOL, code=code, **wanted)  # type: ignore[arg-type]


def test_a_new_school_has_its_card_in_the_countys_feed(office_actor: Actor) -> None:
    row = school(office_actor, students=600, longitude=108.7132, latitude=30.9322)
    fed = FeedRow.objects.select_related("scope").get(kind="target", object_id=str(row.pk))
    assert fed.scope.name == f"county:{office_actor.county_id}"
    assert loads(fed.document or "") == {
        "rev": 1,
        "code": "SCH001",
        "name": "澄江第一小学",
        "kind": "school",
        "type": "primary",
        "category": "",
        "status": "",
        "active": True,
        "grades": [1, 2, 3, 4, 5, 6],
        "district": "",
        "students": 600,
        "classes": None,
        "location": {"lng": 108.7132, "lat": 30.9322, "datum": "wgs84"},
        "address": "",
        "phone": "",
    }


def test_a_change_is_told_once_and_no_change_not_at_all(office_actor: Actor) -> None:
    row = school(office_actor)
    for _ in range(2):
        targets.update_target(actor=office_actor, target_id=row.pk, name="澄江中心小学", students=610)
    assert FeedRow.objects.get(kind="target", object_id=str(row.pk)).rev == 2
    assert [line.detail for line in AuditLine.objects.filter(verb="target.changed")] == [
        {"fields": ["name", "students"]}
    ]


def test_the_way_to_a_school_is_on_its_card_once_the_office_has_written_it(office_actor: Actor) -> None:
    row = school(office_actor)
    assert "directions" not in row.journal_document()
    way = "县城北站乘7路到桥头，下车往西走300米。"
    changed = targets.update_target(actor=office_actor, target_id=row.pk, directions=way)
    assert changed.journal_document()["directions"] == way


def test_closing_and_reopening(office_actor: Actor) -> None:
    row = school(office_actor)
    closed = targets.close_target(actor=office_actor, target_id=row.pk, status="已停办")
    assert (closed.is_active, closed.status) == (False, "已停办")
    opened = targets.reopen_target(actor=office_actor, target_id=row.pk)
    assert (opened.is_active, opened.status) == (True, "")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stage": ""}, "kind"),
        ({"institution_class": "subject"}, "kind"),
        ({"longitude": 108.7}, "coordinates"),
        ({"longitude": 30.93, "latitude": 108.71}, "coordinates"),
    ],
)
def test_contradictions_are_refused(office_actor: Actor, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as fault:
        school(office_actor, **fields)
    assert (fault.value.code, Target.objects.count()) == (code, 0)


def test_a_target_is_in_charge_of_a_department_team_only(office_actor: Actor, places: Places) -> None:
    with pytest.raises(Invalid) as fault:
        school(office_actor, team_id=places.team(track=Track.STATION).pk)
    assert fault.value.code == "track_mismatch"


def test_a_team_of_another_county_does_not_exist(office_actor: Actor, cast: Cast, places: Places) -> None:
    foreign = places.team(county=cast.county("linshui", "邻水区"))
    with pytest.raises(NotFound):
        school(office_actor, team_id=foreign.pk)


def test_codes_are_taken_once_in_a_county(office_actor: Actor) -> None:
    school(office_actor)
    with pytest.raises(Conflict) as fault:
        school(office_actor)
    assert fault.value.code == "code_taken"


def test_only_the_office_registers(cast: Cast, inspector: User) -> None:
    with pytest.raises(Forbidden):
        school(cast.actor(inspector))


def test_a_contact_acts_for_the_unit_while_the_term_lasts(office_actor: Actor, cast: Cast, places: Places) -> None:
    row, user = places.school(), cast.person(Role.SCHOOL_LIAISON)
    with clock.fixed(clock.now()) as hand:
        now = clock.now()
        term = contacts.add_contact(
            actor=office_actor,
            contact=NewContact(row.pk, user.pk, "教导主任", starts_at=now, ends_at=now + timedelta(days=30)),
        )
        assert (selectors.contacts(row), list(selectors.of_contact(user.pk))) == ({user.pk}, [row])
        assert list(selectors.scoped(cast.actor(user))) == [row]
        hand.move(days=30)
        assert (selectors.contacts(row), list(selectors.of_contact(user.pk))) == (set(), [])
        assert selectors.contacts(row, now) == {user.pk}
        assert contacts.end_contact(actor=office_actor, contact_id=term.pk).ends_at == now + timedelta(days=30)


def test_ending_a_contact_ends_what_the_account_sees(office_actor: Actor, places: Places, cast: Cast) -> None:
    row = places.school()
    user = places.liaison(row)
    contacts.end_contact(actor=office_actor, contact_id=row.contacts.get().pk)
    assert list(selectors.scoped(cast.actor(user))) == []


def test_a_contact_has_an_account_of_the_right_kind_and_one_term_at_a_time(
    office_actor: Actor, cast: Cast, places: Places
) -> None:
    row, liaison = places.school(), cast.person(Role.SCHOOL_LIAISON)
    for role in (Role.INSPECTOR, Role.INSTITUTION_CONTACT):
        with pytest.raises(Conflict) as fault:
            contacts.add_contact(actor=office_actor, contact=NewContact(row.pk, cast.person(role).pk))
        assert fault.value.code == "not_unit_role"
    with pytest.raises(Conflict) as twice:
        contacts.add_contacts(actor=office_actor, contacts=[NewContact(row.pk, liaison.pk)] * 2)
    assert (twice.value.code, row.contacts.count()) == ("contact_overlaps", 0)


def test_contacts_of_other_counties_do_not_exist(office_actor: Actor, cast: Cast, places: Places) -> None:
    neighbour = cast.county("linshui", "邻水区")
    foreign = places.school(county=neighbour)
    places.liaison(foreign)
    with pytest.raises(NotFound):
        contacts.end_contact(actor=office_actor, contact_id=foreign.contacts.get().pk)
    with pytest.raises(NotFound):
        contacts.add_contact(actor=office_actor, contact=NewContact(foreign.pk, cast.person(Role.SCHOOL_LIAISON).pk))


def test_each_track_has_its_own_round_of_targets(places: Places, office_actor: Actor) -> None:
    team, crew = places.team(), places.team(track=Track.STATION)
    one, closed = places.school(team=team), places.school(team=team)
    targets.close_target(actor=office_actor, target_id=closed.pk, status="已停办")
    assert list(responsibility.in_charge_of(team)) == [one]
    assert list(responsibility.in_charge_of(crew)) == []


@pytest.mark.parametrize("role", [Role.MEMBER_DEPARTMENT, Role.INSTITUTION_CONTACT, Role.SCHOOL_LIAISON])
def test_people_outside_see_no_targets(cast: Cast, places: Places, role: Role) -> None:
    places.school()
    assert list(selectors.scoped(cast.actor(cast.person(role)))) == []
