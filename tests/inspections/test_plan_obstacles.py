"""Too few people for a plan: named by rule and target when it is handed in and when it is approved."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import InspectionPlan
from backend.inspections.services import plan_steps, plans
from backend.registry.models import Target
from backend.registry.services.certificates import NewCertificate, add_certificates
from tests.fixtures.draws import FROM, DrawDesk


@pytest.fixture(autouse=True)
def october() -> Iterator[None]:
    with clock.fixed(dt.datetime(2026, 10, 26, 4, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def units(drawing: DrawDesk) -> list[Target]:
    """Two schools and an institution."""
    drawing.fieldwork.county()
    return [drawing.places.school(), drawing.places.school(), drawing.institution()]


def handed_in(drawing: DrawDesk, **fields: Any) -> InspectionPlan:
    given = {"month": "2026-11", "tracks": ["department"]} | fields
    plan = plans.create(actor=drawing.office(), **given)
    return plan_steps.submit(actor=drawing.office(), plan_id=plan.pk)


def told(plan: InspectionPlan, verb: str) -> list[tuple[str, set[str]]]:
    step = plan.transitions.get(verb=verb)
    return [(one["rule"], {target["name"] for target in one["targets"]}) for one in step.obstacles]


def names(*targets: Target) -> set[str]:
    return {target.name for target in targets}


def test_without_any_team_every_target_is_named(drawing: DrawDesk, units: list[Target]) -> None:
    assert told(handed_in(drawing), "submit") == [("no_teams", names(*units))]


def test_what_one_lacks_officers_for_is_named_and_forgotten_once_there_are(
    drawing: DrawDesk, units: list[Target]
) -> None:
    team = drawing.team(officers=1)
    plan = handed_in(drawing)
    assert told(plan, "submit") == [("officers", names(units[2]))]
    second = NewCertificate(drawing.places.people(team)[1].pk, "enforcement_card", "演A-2", FROM)
    add_certificates(actor=system(team.county_id), certificates=[second])
    leader = drawing.cast.actor(drawing.cast.person(Role.LEADERSHIP))
    assert told(plan_steps.approve(actor=leader, plan_id=plan.pk), "approve") == []
    assert told(plan, "submit") == [("officers", names(units[2]))]


def test_more_visits_than_people_have_days_for_are_told_with_how_many_there_are(
    drawing: DrawDesk, units: list[Target]
) -> None:
    drawing.team(officers=2, members=2)
    off = [f"2026-11-{day:02d}" for day in range(3, 31)]
    step = handed_in(drawing, holidays=off).transitions.get(verb="submit")
    [one] = step.obstacles
    assert (one["track"], one["rule"], one["count"]) == ("department", "capacity", 3)
    assert one["text"].endswith("至多可安排2个对象")
