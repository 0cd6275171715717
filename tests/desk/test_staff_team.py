"""What a leader's desk shows of the own team, lets be done there, and never shows of others."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.errors import Forbidden, Invalid, NotFound
from backend.inspections.models import Assignment
from backend.inspections.services import assignments
from backend.journal.models import Outbox
from backend.notices.models import RectificationNotice
from backend.notices.services import drafts
from backend.registry.models import Department
from backend.registry.services import organisation, teams
from tests.desk.clicking import Seat, refusal
from tests.desk.test_staff_frame import form
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork
from tests.inspections.test_plans import NOON


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def task(fieldwork: Fieldwork) -> Assignment:
    return fieldwork.released()


def test_a_leader_begins_with_the_own_team_and_sees_nothing_of_another(fieldwork: Fieldwork, task: Assignment) -> None:
    other = fieldwork.submitted(fieldwork.filled(fieldwork.begun(fieldwork.released())))
    client = signed_in(task.leader)
    assert client.get("/desk/")["Location"] == reverse("desk_team")
    page = text(client, "desk_team")
    assert task.team is not None
    assert other.assignment.team is not None
    told = [word in page for word in (task.team.name, task.target.name, other.assignment.team.name, other.target.name)]
    assert told == [True, True, False, False]
    for name in ("desk_team_task", "desk_team_candidate"):
        assert client.get(reverse(name, args=[other.assignment_id])).status_code == 404


def test_a_task_that_is_not_yet_revealed_is_on_no_page(fieldwork: Fieldwork) -> None:
    with clock.fixed(NOON):
        later = fieldwork.released(reveal_at=clock.now() + dt.timedelta(hours=2))
        planned = fieldwork.planned(team=later.team)
        client = signed_in(later.leader)
        page = text(client, "desk_team")
        assert [row.target.name in page for row in (later, planned)] == [False, False]
        for row in (later, planned):
            assert client.get(reverse("desk_team_task", args=[row.pk])).status_code == 404


def test_a_leader_sends_other_people_of_the_team(fieldwork: Fieldwork, task: Assignment) -> None:
    leader, member = fieldwork.crew(task)[:2]
    client, address = signed_in(leader), reverse("desk_team_task", args=[task.pk])
    fields = form(client.get(address), "reassign") | {"leader": str(member.pk), "reason": "组长开会"}
    assert client.post(f"{address}/do/reassign", fields).status_code == 302
    task.refresh_from_db()
    assert (task.leader_id, [user.pk for user in fieldwork.crew(task)]) == (member.pk, [member.pk])


def test_a_leader_sends_nobody_of_another_team_and_nobody_to_anothers_task(
    cast: Cast, fieldwork: Fieldwork, task: Assignment
) -> None:
    other = fieldwork.released()
    actor, stranger = cast.actor(task.leader), other.leader_id
    with pytest.raises(Invalid):
        assignments.reassign(actor=actor, assignment_id=task.pk, leader=stranger, crew=[])
    with pytest.raises(NotFound):
        assignments.reassign(actor=actor, assignment_id=other.pk, leader=task.leader_id, crew=[])
    member = cast.actor(fieldwork.crew(task)[1])
    with pytest.raises(Forbidden):
        assignments.reassign(actor=member, assignment_id=task.pk, leader=task.leader_id, crew=[])


def test_a_leader_drafts_the_notice_of_an_own_visit_and_the_office_is_told(
    cast: Cast, fieldwork: Fieldwork, task: Assignment
) -> None:
    visit = fieldwork.begun(task)
    fieldwork.finding(visit, fieldwork.leader(task))
    visit = fieldwork.approved(fieldwork.submitted(fieldwork.filled(visit)))
    client, address = signed_in(task.leader), reverse("desk_team_candidate", args=[visit.pk])
    assert visit.target.name in text(client, "desk_team")
    chosen = [str(pk) for pk in visit.findings.values_list("pk", flat=True)]
    fields = {**form(client.get(address), "draft"), "finding_ids": chosen}
    answer = client.post(f"{address}/do/draft", fields)
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk_team"))
    notice = RectificationNotice.objects.get()
    assert (notice.state, notice.drafted_by) == ("draft", task.leader_id)
    office = User.objects.filter(role_assignments__role=Role.OFFICE)
    told = Outbox.objects.filter(kind="notice.drafted").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(office.values_list("pk", flat=True))
    assert "草稿" in text(client, "desk_team")
    draft = Seat(task.leader)
    assert ("尚未签发" in draft.opens("desk_team_notice", notice.pk), draft.offers("desk_team_notice", notice.pk)) == (
        True,
        set(),
    )
    assert Seat(fieldwork.released().leader).status("desk_team_notice", notice.pk) == 404


def test_nobody_drafts_for_another_team(cast: Cast, fieldwork: Fieldwork, task: Assignment) -> None:
    visit = fieldwork.begun(fieldwork.released())
    fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    visit = fieldwork.approved(fieldwork.submitted(fieldwork.filled(visit)))
    with pytest.raises(NotFound):
        drafts.draft_from_visit(actor=cast.actor(task.leader), visit_id=visit.pk)
    with pytest.raises(Forbidden):
        drafts.draft_from_visit(actor=fieldwork.member(visit.assignment), visit_id=visit.pk)


def test_who_leads_no_team_is_told_so(cast: Cast) -> None:
    assert "还没有负责的督查组" in text(signed_in(cast.person(Role.DEPARTMENT_HEAD)), "desk_team")


def test_a_head_of_a_department_has_the_desk_of_its_teams(cast: Cast, fieldwork: Fieldwork, task: Assignment) -> None:
    """Named at the page of the department; from then on its teams' tasks and visits, and nothing of another team's."""
    office, head = Seat(cast.person(Role.OFFICE)), Seat(cast.person(Role.DEPARTMENT_HEAD, username="k03_head"))
    department = organisation.create(Department, actor=cast.actor(office.user), code="K03", name="基础教育科")
    assert task.team is not None
    teams.update_team(actor=cast.actor(office.user), team_id=task.team.pk, department_id=department.pk)
    other = fieldwork.submitted(fieldwork.filled(fieldwork.begun(fieldwork.released())))
    mine = fieldwork.submitted(fieldwork.filled(fieldwork.begun(task)))
    place = ("desk_place", "departments", department.pk)
    assert "尚未任命" in office.opens(*place)
    assert refusal(office.does("name_head", *place, username=task.leader.username))[0] == 409
    assert "k03_head" in office.done("name_head", *place, username="k03_head")
    page = head.opens("desk_team")
    told = [word in page for word in (task.team.name, mine.target.name, other.target.name)]
    assert told == [True, True, False]
    assert (head.status("desk_visit", mine.pk), head.status("desk_visit", other.pk)) == (200, 404)
    assert "approve" in head.offers("desk_visit", mine.pk)
    office.done("end_head", *place, sure="on")
    assert ("还没有负责的督查组" in head.opens("desk_team"), head.status("desk_visit", mine.pk)) == (True, 404)


def test_tracks_are_compared_only_once_both_are_known_to_the_unit(fieldwork: Fieldwork, task: Assignment) -> None:
    assert "还没有可比对的单位" in text(signed_in(task.leader), "desk_team_tracks")


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADERSHIP, Role.INSPECTOR, Role.SCHOOL_LIAISON])
def test_the_teams_desk_is_no_page_of_others(cast: Cast, role: Role) -> None:
    assert signed_in(cast.person(role)).get(reverse("desk_team")).status_code == 403


def test_it_asks_fifteen_times_at_most(fieldwork: Fieldwork, task: Assignment) -> None:
    client = signed_in(task.leader)
    with CaptureQueriesContext(connection) as asked:
        text(client, "desk_team")
    assert len(asked) <= 15


def test_every_link_of_a_leaders_own_visit_opens(fieldwork: Fieldwork, task: Assignment) -> None:
    visit = fieldwork.submitted(fieldwork.filled(fieldwork.begun(task)))
    seat = Seat(task.leader)
    links = set(re.findall(r'href="(/desk/[^"#]*)', seat.opens("desk_visit", visit.pk)))
    assert reverse("desk_team_task", args=[task.pk]) in links
    assert {link: seat.client.get(link).status_code for link in links if seat.client.get(link).status_code != 200} == {
        "/desk/": 302
    }
