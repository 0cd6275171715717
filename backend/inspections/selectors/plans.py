"""Plans: who may read them, and which targets they are about."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import InspectionPlan, PlanKind, PlanTarget, ScopeException
from backend.inspections.rules import planning
from backend.registry.models import Target, TargetKind, Track
from backend.registry.selectors import responsibility

READERS = (Role.OFFICE, Role.LEADERSHIP, "system")
"""Leadership sees the whole plan, teams their own assignments after the release, schools nothing (section 1.4)."""

Key = tuple[uuid.UUID, str]
"""A target and a track."""


@dataclass(frozen=True, slots=True)
class Line:
    """One target on one track in the scope of a plan, with the team (id) in charge; None: nobody is."""

    target: Target
    track: str
    team: uuid.UUID | None

    @property
    def key(self) -> Key:
        return self.target.pk, self.track

    @property
    def mark(self) -> str:
        """Unique and in the order of lists."""
        return f"{self.target.code}/{self.track}"


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


def of_month(county_id: int, month: str) -> InspectionPlan | None:
    """The county's monthly plan, in whatever state."""
    return InspectionPlan.objects.filter(county_id=county_id, month=month, kind=PlanKind.MONTHLY).first()


def approved_lines(plan: InspectionPlan) -> QuerySet[PlanTarget]:
    """The scope as it was approved last, with its targets, by code and track; empty before the first approval."""
    rows = PlanTarget.objects.filter(plan=plan, version=plan.scope_version).select_related("target")
    return rows.order_by("target__code", "track")


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


ONE_DAY = dt.timedelta(days=1)


def _gone(target: Target, day: dt.date) -> bool:
    return not target.is_active and (target.closed_on is None or target.closed_on <= day)


def exclusions(plan: InspectionPlan) -> dict[uuid.UUID, dt.date]:
    """By target the day from which it is out of the plan."""
    rows = ScopeException.objects.filter(plan=plan, included=False).values_list("target_id", "since")
    return {target: since or dt.date.min for target, since in rows}


def resolved(plan: InspectionPlan, day: dt.date | None = None) -> list[Line]:
    """What the plan's rule and exceptions take in as things stand, by code and track; teams as of `day`.

    A target excluded only from a later day on is still in; a make-up plan takes what its plan has not covered yet.
    """
    teams = responsibility.of_county(plan.county_id, day or clock.today())
    exceptions = {row.target_id: row for row in ScopeException.objects.filter(plan=plan)}
    lines = [
        Line(target, track, teams.get((target.pk, track)))
        for target in candidates(plan.county_id)
        for track in tracks_of(target)
        if track in plan.tracks
    ]
    missed = _missed(plan)
    return [line for line in lines if _wanted(plan, line, exceptions.get(line.target.pk), missed)]


def candidates(county_id: int) -> QuerySet[Target]:
    """Everything that a plan may be about, in the order of codes: no suspected sites, nothing closed."""
    rows = Target.objects.filter(county_id=county_id, is_active=True).exclude(kind=TargetKind.SUSPECTED_SITE)
    return rows.order_by("code")


def tracks_of(target: Target) -> list[str]:
    """The department track visits everything, the station track the schools of its stations."""
    stations = target.kind == TargetKind.SCHOOL and target.station_id is not None
    return [Track.DEPARTMENT.value, *([Track.STATION.value] if stations else [])]


def _wanted(plan: InspectionPlan, line: Line, exception: ScopeException | None, missed: set[Key] | None) -> bool:
    if exception is not None and exception.included:
        return True
    if exception is not None and (exception.since is None or exception.since <= plan.starts_on):
        return False
    if missed is not None and line.key not in missed:
        return False
    return planning.takes_in(plan.scope_rule, card(line))


def card(line: Line) -> planning.Card:
    target = line.target
    return planning.Card(target.kind, target.type_code, str(target.district_id or ""), str(line.team or ""))


def _missed(plan: InspectionPlan) -> set[Key] | None:
    from backend.inspections.selectors import coverage

    if plan.makes_up is None:
        return None
    return {cell.key for cell in coverage.of_plan(plan.makes_up).cells if not cell.is_covered}
