"""Assignments: who is sent, who may read, and what late work is worth."""

import datetime as dt
import uuid

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import Assignment
from backend.inspections.services import answers, assignments, recusals, visits
from backend.inspections.services.answers import NewAnswer
from backend.inspections.services.assignments import NewAssignment, usual_reveal
from backend.journal import grants
from backend.journal.models import FeedRow, Outbox
from tests.fixtures.visits import Fieldwork


def readers(assignment: Assignment) -> set[int]:
    return grants.readers(assignment.scope)


def test_nobody_but_the_planners_list_knows_a_planned_assignment(fieldwork: Fieldwork) -> None:
    planned = fieldwork.planned()
    assert readers(planned) == set()
    assert not FeedRow.objects.filter(kind="assignment").exists()
    assert planned.templates == [["TY", 1]]


def test_without_a_choice_the_checklists_are_those_that_fit_the_target(fieldwork: Fieldwork) -> None:
    planned = fieldwork.planned(templates=())
    assert [code for code, _ in planned.templates] == ["TY", "AQ", "BX", "JS", "KH", "SD", "WX", "ZY"]


def test_the_reveal_is_two_hours_before_the_day_unless_said_otherwise() -> None:
    china = dt.timezone(dt.timedelta(hours=8))
    assert usual_reveal(dt.date(2026, 11, 20)) == dt.datetime(2026, 11, 20, 6, 30, tzinfo=china)


def test_leader_from_the_reveal_crew_from_departure_office_from_release(fieldwork: Fieldwork) -> None:
    with clock.fixed(clock.now()) as hand:
        planned = fieldwork.planned(reveal_at=clock.now() + dt.timedelta(hours=1))
        office = fieldwork.cast.person(Role.OFFICE).pk
        leader, member = (user.pk for user in fieldwork.crew(planned))
        assignments.release(actor=fieldwork.office_of(planned), assignment_id=planned.pk)
        assert {leader, member, office} & readers(planned) == {office}
        hand.move(hours=1)
        assert {leader, member, office} & readers(planned) == {office, leader}
        assert grants.readers(planned.target.scope) == {leader}
        assignments.accept(actor=fieldwork.leader(planned), assignment_id=planned.pk)
        assignments.depart(actor=fieldwork.leader(planned), assignment_id=planned.pk)
        assert {leader, member, office} & readers(planned) == {office, leader, member}
        assert grants.readers(planned.target.scope) == {leader, member}


def test_only_the_leader_accepts_declines_and_departs(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun()
    member = fieldwork.member(visit.assignment)
    with pytest.raises(Forbidden):
        assignments.depart(actor=member, assignment_id=visit.assignment_id)
    stranger = fieldwork.leader(fieldwork.released())
    with pytest.raises(NotFound):
        assignments.accept(actor=stranger, assignment_id=visit.assignment_id)


def test_declining_needs_a_reason_tells_the_office_and_ends_the_leaders_sight(fieldwork: Fieldwork) -> None:
    released = fieldwork.released()
    leader = fieldwork.leader(released)
    with pytest.raises(Invalid):
        assignments.decline(actor=leader, assignment_id=released.pk, reason=" ")
    declined = assignments.decline(actor=leader, assignment_id=released.pk, reason="车辆故障")
    assert (declined.state, declined.reason) == ("planned", "车辆故障")
    assert readers(released) == set()
    assert Outbox.objects.filter(kind="assignment.declined").exists()
    again = assignments.release(actor=fieldwork.office_of(released), assignment_id=released.pk)
    assert again.leader_id in readers(again)


def test_cancelling_closes_the_scope_and_is_refused_once_a_visit_began(fieldwork: Fieldwork) -> None:
    released = fieldwork.released()
    assignments.cancel(actor=fieldwork.office_of(released), assignment_id=released.pk, reason="学校放假")
    assert readers(released) == set()
    assert not FeedRow.objects.filter(object_id=str(released.pk)).exclude(document=None).exists()
    with pytest.raises(Conflict, match="bad_state"):
        visits.start(actor=fieldwork.leader(released), visit_id=uuid7(), assignment_id=released.pk)
    begun = fieldwork.begun()
    with pytest.raises(Conflict, match="visit_begun"):
        assignments.cancel(actor=fieldwork.office_of(begun.assignment), assignment_id=begun.assignment_id, reason="x")


def test_only_the_office_plans(fieldwork: Fieldwork) -> None:
    planned = fieldwork.planned()
    leader = fieldwork.leader(planned)
    new = NewAssignment(planned.target_id, planned.team_id or uuid7(), planned.leader_id, [], clock.today())
    for call in (
        lambda: assignments.assign(actor=leader, new=new),
        lambda: assignments.release(actor=leader, assignment_id=planned.pk),
        lambda: assignments.cancel(actor=leader, assignment_id=planned.pk, reason="x"),
    ):
        with pytest.raises(Forbidden):
            call()


def test_a_plan_with_one_bad_line_is_refused_whole_and_names_it(fieldwork: Fieldwork) -> None:
    good = fieldwork.planned()
    county = fieldwork.office_of(good)
    liaison = fieldwork.cast.person(Role.SCHOOL_LIAISON)
    line = NewAssignment(good.target_id, good.team_id or uuid7(), good.leader_id, [], clock.today(), ("TY",))
    bad = NewAssignment(good.target_id, good.team_id or uuid7(), liaison.pk, [], clock.today(), ("TY",))
    with pytest.raises(Invalid) as refused:
        assignments.assign_many(actor=county, news=[line, bad])
    assert refused.value.extra["path"] == "items.1.leader"
    assert Assignment.objects.count() == 1


def test_work_done_under_an_assignment_is_accepted_after_a_reassignment(fieldwork: Fieldwork) -> None:
    released = fieldwork.released()
    before = fieldwork.leader(released)
    fresh = fieldwork.places.people(fieldwork.places.team())
    crew = [user.pk for user in fresh]
    moved = assignments.reassign(
        actor=fieldwork.office_of(released), assignment_id=released.pk, leader=crew[0], crew=crew
    )
    assert before.user_id not in readers(moved)
    assert before.user_id not in grants.readers(moved.target.scope)
    assert crew[0] in readers(moved)
    begun = visits.start(actor=before, visit_id=uuid7(), assignment_id=released.pk, rev=1)
    assert begun.new
    result = answers.set_answers(actor=before, visit_id=begun.visit.pk, answers={"TY-01": NewAnswer("yes")}, n=1)
    assert result.status == "applied"
    assert before.user_id not in readers(moved)


def test_never_granted_unknown_and_recused_are_all_late_assignment(fieldwork: Fieldwork) -> None:
    assignment = fieldwork.begun().assignment
    member, stranger = fieldwork.member(assignment), fieldwork.leader(fieldwork.released())
    recusals.declare(actor=member, assignment_id=assignment.pk, kind="own_employer")
    told = set()
    for actor, wanted in ((stranger, assignment.pk), (stranger, uuid.uuid4()), (member, assignment.pk)):
        with pytest.raises(Conflict) as refused:
            visits.start(actor=actor, visit_id=uuid7(), assignment_id=wanted)
        told.add((refused.value.code, refused.value.detail))
    assert {code for code, _ in told} == {"late_assignment"}
    assert len(told) == 1


def test_work_after_ones_own_recusal_is_late_assignment(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun()
    member = fieldwork.member(visit.assignment)
    recusal = recusals.declare(
        actor=member, assignment_id=visit.assignment_id, kind="left_recently", reason="两年前调离"
    )
    assert recusals.declare(actor=member, assignment_id=visit.assignment_id, kind="other").pk == recusal.pk
    assert member.user_id not in readers(visit.assignment) | grants.readers(visit.target.scope)
    with pytest.raises(Conflict, match="late_assignment"):
        answers.set_answers(actor=member, visit_id=visit.pk, answers={"TY-01": NewAnswer("yes")}, n=1)
    assert Outbox.objects.filter(kind="recusal.declared", recipient_id=visit.assignment.leader_id).exists()


def test_two_phones_that_begin_the_same_visit_meet_in_one(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun()
    member, other_id = fieldwork.member(visit.assignment), uuid7()
    joined = visits.start(actor=member, visit_id=other_id, assignment_id=visit.assignment_id)
    assert (joined.visit.pk, joined.new) == (visit.pk, False)
    answers.set_answers(actor=member, visit_id=other_id, answers={"TY-01": NewAnswer("yes")}, n=1)
    assert visit.answers.get().key == "TY-01"
    assert visits.start(actor=member, visit_id=visit.pk, assignment_id=visit.assignment_id).new is False


def test_a_leader_sent_twice_to_a_school_keeps_its_history_when_one_visit_is_called_off(fieldwork: Fieldwork) -> None:
    first = fieldwork.released()
    assert first.team is not None
    second = fieldwork.released(first.target, first.team)
    assignments.cancel(actor=fieldwork.office_of(first), assignment_id=first.pk, reason="重复安排")
    assert grants.readers(first.target.scope) == {second.leader_id}


def test_an_inspector_may_begin_where_nobody_was_sent_in_a_scope_of_its_own(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    fieldwork.county()
    team = fieldwork.places.team()
    leader, inspector = fieldwork.places.people(team)
    school = fieldwork.places.school()
    begun = visits.start(actor=fieldwork.cast.actor(inspector), visit_id=uuid7(), target_id=school.pk).visit
    assert (begun.assignment.own, begun.assignment.team) == (True, team)
    assert {inspector.pk, leader.pk, office_actor.user_id} <= readers(begun.assignment)
    with pytest.raises(Forbidden):
        visits.start(actor=office_actor, visit_id=uuid7(), target_id=school.pk)
    with pytest.raises(NotFound):
        visits.start(actor=fieldwork.cast.actor(inspector), visit_id=uuid7(), target_id=uuid7())
