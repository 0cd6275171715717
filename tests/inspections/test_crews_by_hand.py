"""Crews that somebody puts together obey what the draw obeys: avoidance, and officers for checks of institutions."""

import datetime as dt

import pytest

from backend.core import clock
from backend.core.errors import Conflict, Invalid
from backend.core.ids import uuid7
from backend.inspections.models import Assignment
from backend.inspections.services import assignments, recusals, visits
from backend.inspections.services.assignments import NewAssignment
from backend.registry.services import conflicts, targets
from backend.registry.services.conflicts import Declaration
from tests.fixtures.draws import DrawDesk


def test_nobody_with_a_conflict_on_the_day_is_sent(drawing: DrawDesk) -> None:
    drawing.fieldwork.county()
    team, school, office = drawing.team(), drawing.places.school(), drawing.office()
    leader, tied, third = (user.pk for user in drawing.places.people(team))
    until = clock.today()
    declaration = Declaration(school.pk, "family_employed", valid_until=until)
    row = conflicts.record(actor=office, user_id=tied, declaration=declaration)

    def line(crew: list[int], days: int = 0) -> NewAssignment:
        return NewAssignment(school.pk, team.pk, leader, crew, clock.today() + dt.timedelta(days=days), ("TY",))

    with pytest.raises(Invalid) as refused:
        assignments.assign_many(actor=office, news=[line([leader, third]), line([leader, tied])])
    assert (refused.value.code, refused.value.extra["path"], refused.value.extra["users"]) == (
        "crew_conflict",
        "items.1.crew",
        [tied],
    )
    assert not Assignment.objects.exists()
    made = assignments.assign(actor=office, new=line([leader, third]))
    with pytest.raises(Invalid, match="crew_conflict"):
        assignments.reassign(actor=office, assignment_id=made.pk, leader=tied, crew=[third])
    assert assignments.assign(actor=office, new=line([leader, tied], days=1)).leader_id == leader
    conflicts.decide(actor=office, conflict_id=row.pk, state="rejected", reason="不实")
    assert assignments.reassign(actor=office, assignment_id=made.pk, leader=tied, crew=[third]).leader_id == tied


@pytest.mark.parametrize("kind", ["administrative_check", "joint_check"])
def test_a_check_of_an_institution_needs_two_officers_whose_cards_are_good(drawing: DrawDesk, kind: str) -> None:
    drawing.fieldwork.county()
    team, institution, office = drawing.team(officers=2), drawing.institution(), drawing.office()
    first, second, civil = (user.pk for user in drawing.places.people(team))

    def line(crew: list[int], kind: str = kind) -> NewAssignment:
        return NewAssignment(institution.pk, team.pk, first, crew, clock.today(), ("TY",), kind=kind)

    with pytest.raises(Invalid, match="crew_certificates"):
        assignments.assign(actor=office, new=line([first, civil]))
    made = assignments.assign(actor=office, new=line([first, second]))
    with pytest.raises(Invalid, match="crew_certificates"):
        assignments.reassign(actor=office, assignment_id=made.pk, leader=civil, crew=[first])
    assert assignments.assign(actor=office, new=line([first, civil], "tip_check")).kind == "tip_check"


def test_a_conflict_that_came_up_since_the_planning_stops_the_release(drawing: DrawDesk) -> None:
    drawing.fieldwork.county()
    team, school, office = drawing.team(), drawing.places.school(), drawing.office()
    leader, tied, _ = (user.pk for user in drawing.places.people(team))
    crew = NewAssignment(school.pk, team.pk, leader, [leader, tied], clock.today(), ("TY",))
    made = assignments.assign(actor=office, new=crew)
    row = conflicts.record(actor=office, user_id=tied, declaration=Declaration(school.pk, "own_employer"))
    with pytest.raises(Invalid) as refused:
        assignments.release_many(actor=office, assignment_ids=[made.pk])
    assert (refused.value.code, refused.value.extra["users"], refused.value.extra["target"]) == (
        "crew_conflict",
        [tied],
        str(school.pk),
    )
    conflicts.decide(actor=office, conflict_id=row.pk, state="rejected", reason="不实")
    assert assignments.release(actor=office, assignment_id=made.pk).state == "released"


def test_who_stayed_away_on_a_task_is_not_sent_to_that_unit_again_by_hand(drawing: DrawDesk) -> None:
    drawing.fieldwork.county()
    team, school, office = drawing.team(), drawing.places.school(), drawing.office()
    leader, tied, third = (user.pk for user in drawing.places.people(team))
    sent = drawing.fieldwork.released(school, team)
    assignments.depart(actor=drawing.fieldwork.leader(sent), assignment_id=sent.pk)
    recusals.declare(actor=drawing.fieldwork.member(sent), assignment_id=sent.pk, kind="near_relative")
    with pytest.raises(Invalid, match="crew_conflict"):
        assignments.reassign(actor=office, assignment_id=sent.pk, leader=leader, crew=[tied, third])
    new = NewAssignment(school.pk, team.pk, tied, [third], clock.today(), ("TY",))
    with pytest.raises(Invalid, match="crew_conflict"):
        assignments.assign(actor=office, new=new)


def test_nobody_comes_by_on_their_own_where_they_must_stay_away(drawing: DrawDesk) -> None:
    """The work is kept, as that of everybody who stays away; a leader who must is not told of the visit of others."""
    drawing.fieldwork.county()
    team, school, office = drawing.team(), drawing.places.school(), drawing.office()
    leader, tied, third = drawing.places.people(team)
    for user in (leader, tied):
        conflicts.record(actor=office, user_id=user.pk, declaration=Declaration(school.pk, "own_employer"))
    with pytest.raises(Conflict, match="late_assignment"):
        visits.start(actor=drawing.cast.actor(tied), visit_id=uuid7(), target_id=school.pk)
    begun = visits.start(actor=drawing.cast.actor(third), visit_id=uuid7(), target_id=school.pk).visit
    assert [row.user for row in begun.assignment.present()] == [third]


def test_a_crew_is_not_sent_to_a_unit_that_was_closed_meanwhile(drawing: DrawDesk) -> None:
    planned, office = drawing.fieldwork.planned(), drawing.office()
    targets.close_target(actor=office, target_id=planned.target_id, status="已停办")
    with pytest.raises(Conflict, match="target_closed"):
        assignments.release(actor=office, assignment_id=planned.pk)
    assert Assignment.objects.get(pk=planned.pk).state == "planned"
