"""Plans: who makes, approves and releases them, and what they are about."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import (
    Assignment,
    ChecklistTemplate,
    InspectionPlan,
    PlanKind,
    PlanTarget,
    TemplateStatus,
)
from backend.inspections.models.plan_lifecycle import PLAN_MOVES, PlanState
from backend.inspections.selectors import plans as selectors
from backend.inspections.services import assignments, monthly, plan_steps, plans
from backend.inspections.services.assignments import NewAssignment
from backend.inspections.tasks import open_plans
from backend.journal.models import FeedRow, Outbox
from backend.journal.writing import write
from backend.registry.models import BEGINNING, AreaStation, Target, TargetKind, Team, Track
from backend.registry.services import responsibility, targets
from backend.registry.services.responsibility import NewTerm
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork

NOON = dt.datetime(2026, 11, 3, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


@pytest.fixture
def actors(cast: Cast, fieldwork: Fieldwork) -> dict[str, Actor]:
    """Two of the office, one of leadership, one of a team."""
    fieldwork.county()
    people = {"author": Role.OFFICE, "colleague": Role.OFFICE, "leader": Role.LEADERSHIP, "inspector": Role.INSPECTOR}
    return {name: cast.actor(cast.person(role)) for name, role in people.items()}


@pytest.fixture
def schools(fieldwork: Fieldwork) -> list[Target]:
    """Three schools of one team, the first of a station with a crew; and an institution."""
    team, crew = fieldwork.places.team(), fieldwork.places.team(track=Track.STATION)
    rows = [fieldwork.places.school(team=team) for _ in range(4)]
    with write(actor=system(team.county_id)) as change:
        crew.station = AreaStation.objects.create(county_id=team.county_id, code="S1", name="第一片区督导站")
        crew.save()
        rows[0].station = crew.station
        rows[3].kind, rows[3].stage, rows[3].institution_class = TargetKind.INSTITUTION, "", "non_subject"
        for row in rows:
            row.save()
        responsibility.follow(change, rows, since=BEGINNING)
    return rows


def drafted(actors: dict[str, Actor], **fields: Any) -> InspectionPlan:
    return plans.create(actor=actors["author"], **({"month": "2026-11"} | fields))


def approved(actors: dict[str, Actor], plan: InspectionPlan | None = None, **fields: Any) -> InspectionPlan:
    plan = plan or drafted(actors, **fields)
    plan_steps.submit(actor=actors["author"], plan_id=plan.pk)
    return plan_steps.approve(actor=actors["leader"], plan_id=plan.pk)


def for_plan(plan: InspectionPlan, target: Target, team: Team, fieldwork: Fieldwork, **more: Any) -> Assignment:
    people = [person.pk for person in fieldwork.places.people(team)]
    new = NewAssignment(target.pk, team.pk, people[0], people, clock.today(), ("TY",), plan=plan.pk, **more)
    return assignments.assign(actor=system(plan.county_id), new=new)


def test_a_plan_goes_its_way_and_its_crews_learn_of_their_assignments_only(
    actors: dict[str, Actor], schools: list[Target], fieldwork: Fieldwork
) -> None:
    plan = approved(actors)
    team = Team.objects.get(track=Track.DEPARTMENT)
    first, second = (for_plan(plan, school, team, fieldwork, reveal_at=clock.now()) for school in schools[:2])
    targets.close_target(actor=actors["author"], target_id=schools[1].pk, status="已停办")
    out = plan_steps.release(actor=actors["author"], plan_id=plan.pk)
    assert (out.released, out.held_back) == ([first.pk], [second.pk])
    assert set(FeedRow.objects.filter(kind="assignment").values_list("object_id", flat=True)) == {str(first.pk)}
    with pytest.raises(Invalid, match="reason_missing"):
        plan_steps.close(actor=actors["author"], plan_id=plan.pk)
    closed = plan_steps.close(actor=actors["author"], plan_id=plan.pk, reason="全县停课")
    assert Assignment.objects.get(pk=second.pk).state == "cancelled"
    steps = [(row.verb, row.before, row.after, row.actor_name, row.reason) for row in closed.transitions.order_by("pk")]
    author, leader = actors["author"].name, actors["leader"].name
    assert steps == [
        ("create", "", "draft", author, ""),
        ("submit", "draft", "submitted", author, ""),
        ("approve", "submitted", "approved", leader, ""),
        ("release", "approved", "released", author, ""),
        ("close", "released", "closed", author, "全县停课"),
    ]
