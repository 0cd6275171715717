"""Plans: who may read them, and which targets they are about."""

import datetime as dt
import uuid

from django.db.models import QuerySet

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import InspectionPlan
from backend.inspections.selectors import coverage
from backend.inspections.selectors.plan_lines import ONE_DAY, Line, approved_lines, exclusions, taken_in
from backend.registry.models import Target
from backend.registry.selectors import responsibility

READERS = (Role.OFFICE, Role.LEADERSHIP, "system")
"""Leadership sees the whole plan, teams their own assignments after the release, schools nothing (section 1.4)."""


def scoped(actor: Actor) -> QuerySet[InspectionPlan]:
    """The plans of the county, for the office and leadership; nobody else knows of any."""
    rows = InspectionPlan.objects.filter(county_id=actor.county_id)
    return rows if actor.has(*READERS) else rows.none()


def matching(
    actor: Actor, *, month: str | None = None, kind: str | None = None, state: str | None = None
) -> QuerySet[InspectionPlan]:
    """Those that fit every filter given."""
    wanted = {"month": month, "kind": kind, "state": state}
    return scoped(actor).filter(**{name: value for name, value in wanted.items() if value is not None})


def get(actor: Actor, plan_id: uuid.UUID) -> InspectionPlan:
    """Raises `NotFound` for unknown and for not the actor's to see."""
    plan = scoped(actor).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("inspection_plan", plan_id)
    return plan


def scope(plan: InspectionPlan, on: dt.date | None = None) -> list[Line]:
    """What the plan sends crews to on `on` (default today): as approved, without what left since, by code and track.

    Before its approval what its rule and exceptions say. `team` is the team in charge on that day.
    """
    day = on or clock.today()
    if not plan.is_frozen:
        return [line for line in resolved(plan, day) if not _gone(line.target, day)]
    left, teams = exclusions(plan), responsibility.of_county(plan.county_id, day)
    lines = [Line(row.target, row.track, teams.get((row.target_id, row.track))) for row in approved_lines(plan)]
    return [line for line in lines if not _gone(line.target, day) and left.get(line.target.pk, day + ONE_DAY) > day]


def _gone(target: Target, day: dt.date) -> bool:
    return not target.is_active and (target.closed_on is None or target.closed_on <= day)


def resolved(plan: InspectionPlan, day: dt.date | None = None) -> list[Line]:
    """What the plan takes in as things stand, see `plan_lines.taken_in`."""
    return taken_in(plan, day, coverage.missed(plan))
