"""Assignments at the desk: found, released, sent with other people, called off."""

import re
from typing import Any

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import Assignment
from backend.inspections.services import assignments, recusals
from backend.registry.services.conflicts import Declaration, record
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork


@pytest.fixture
def office(cast: Cast, fieldwork: Fieldwork) -> Seat:
    fieldwork.county()
    return Seat(cast.person(Role.OFFICE))


def test_the_list_costs_the_same_however_long(
    office: Seat, fieldwork: Fieldwork, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        fieldwork.planned()
    with django_assert_max_num_queries(15):
        assert office.opens("desk_assignments").count("第") >= 3


def test_filters_narrow_and_nonsense_does_not(office: Seat, fieldwork: Fieldwork) -> None:
    planned, released = fieldwork.planned(), fieldwork.released()
    text = office.opens("desk_assignments", state="planned", day=clock.today().isoformat())
    assert (planned.target.name in text, released.target.name in text) == (True, False)
    assert released.target.name in office.opens("desk_assignments", team="kein uuid", month="2026-99", day="gestern")


def test_one_and_a_whole_day_are_released(office: Seat, fieldwork: Fieldwork) -> None:
    first, second, third = (fieldwork.planned() for _ in range(3))
    office.done("release", "desk_assignments", row=first.pk)
    assert "已下达2项任务" in office.done("release_day", "desk_assignments", day=clock.today().isoformat())
    for one in (first, second, third):
        one.refresh_from_db()
    assert [one.state for one in (first, second, third)] == ["released"] * 3


def test_one_is_arranged_by_hand_and_refused_in_words(office: Seat, fieldwork: Fieldwork) -> None:
    team = fieldwork.places.team()
    school, (leader, member) = fieldwork.places.school(), fieldwork.places.people(team)
    fields = {"target": school.name, "team": str(team.pk), "leader": str(leader.pk), "crew": [str(member.pk)]}
    fields |= {"scheduled_on": clock.today().isoformat(), "kind": "tip_check", "mode": "covert", "plan": ""}
    told = office.done("assign", "desk_assignments", **fields)
    row = Assignment.objects.get(target=school)
    assert (school.name in told, row.kind, row.mode, row.state) == (True, "tip_check", "covert", "planned")
    late = office.does("assign", "desk_assignments", **fields | {"scheduled_on": "2026-01-05", "target": school.code})
    assert refusal(late) == (400, "安排日期不能早于今天。")


def test_other_people_are_sent_and_the_old_ones_are_named_as_gone(office: Seat, fieldwork: Fieldwork) -> None:
    row = fieldwork.released()
    team = fieldwork.places.team()
    leader, member = fieldwork.places.people(team)
    office.done(
        "reassign", "desk_assignment", row.pk, leader=str(leader.pk), crew=[str(member.pk)], reason="原组长出差"
    )
    row.refresh_from_db()
    assert (row.leader_id, {one.pk for one in fieldwork.crew(row)}) == (leader.pk, {leader.pk, member.pk})


def test_who_must_stay_away_is_marked_and_refused(office: Seat, fieldwork: Fieldwork, cast: Cast) -> None:
    row = fieldwork.planned()
    leader, member = fieldwork.places.people(fieldwork.places.team())
    tie = Declaration(row.target_id, "family_employed")
    record(actor=cast.actor(office.user), user_id=member.pk, declaration=tie)
    marked = re.findall(r">([^<]+)——应当回避", office.opens("desk_assignment", row.pk))
    assert [each.startswith(f"{member.name}（") for each in marked] == [True, True]  # as leader and as member
    answer = office.does("reassign", "desk_assignment", row.pk, leader=str(leader.pk), crew=[str(member.pk)])
    assert refusal(answer) == (400, f"{member.name}与检查对象存在利害关系，当日应当回避。")


def test_a_declared_recusal_stands_on_the_page(
    office: Seat, fieldwork: Fieldwork, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    row = fieldwork.released()
    assignments.depart(actor=fieldwork.leader(row), assignment_id=row.pk)
    member = fieldwork.crew(row)[1]
    recusals.declare(actor=cast.actor(member), assignment_id=row.pk, kind="own_employer", reason="原工作单位")
    with django_assert_max_num_queries(15):
        text = office.opens("desk_assignment", row.pk)
    assert (f"{member.name}已声明回避" in text, "原工作单位" in text) == (True, True)


def test_its_checklists_are_called_by_name(office: Seat, fieldwork: Fieldwork) -> None:
    row = fieldwork.released()
    [common] = [version for code, version in row.templates if code == "TY"]
    assert re.search(rf"督查通用页[^<]*（TY 第{common}版）", office.opens("desk_assignment", row.pk))


def test_called_off_with_a_reason_and_never_once_a_visit_began(office: Seat, fieldwork: Fieldwork) -> None:
    row = fieldwork.released()
    office.done("cancel", "desk_assignment", row.pk, reason="学校停水停课")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("cancelled", "学校停水停课")
    begun = fieldwork.begun()
    assert office.offers("desk_assignment", begun.assignment_id) == {"reassign"}


def test_what_changed_meanwhile_is_shown_before_anybody_else_is_sent(office: Seat, fieldwork: Fieldwork) -> None:
    row = fieldwork.planned()
    sent = hidden(office.opens("desk_assignment", row.pk), "cancel") | {"reason": "改期"}
    assignments.release(actor=system(row.county_id), assignment_id=row.pk)
    answer = office.client.post(reverse("desk_assignment_do", args=[row.pk, "cancel"]), sent)
    assert (refusal(answer)[0], "改期" in answer.content.decode()) == (409, True)


def test_assignments_are_secret_from_teams_units_and_other_counties(fieldwork: Fieldwork, cast: Cast) -> None:
    row = fieldwork.released()
    for role in (Role.TEAM_LEADER, Role.INSPECTOR, Role.SCHOOL_LIAISON):
        seat = Seat(cast.person(role))
        assert [seat.status("desk_assignments"), seat.status("desk_assignment", row.pk)] == [403, 403]
    foreign = Seat(cast.person(Role.OFFICE, county=cast.county("B")))
    assert (foreign.status("desk_assignment", row.pk), row.target.name in foreign.opens("desk_assignments")) == (
        404,
        False,
    )
    assert Seat(cast.person(Role.LEADERSHIP)).offers("desk_assignment", row.pk) == set()
