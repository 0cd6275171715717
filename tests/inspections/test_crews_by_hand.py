"""Crews that somebody puts together obey what the draw obeys: avoidance, and officers for checks of institutions."""

import datetime as dt

import pytest

from backend.core import clock
from backend.core.errors import Invalid
from backend.inspections.models import Assignment
from backend.inspections.services import assignments
from backend.inspections.services.assignments import NewAssignment
from backend.registry.services import conflicts
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
