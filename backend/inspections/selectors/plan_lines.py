"""What plans are made of: targets on tracks, by rule and exception, or as they were approved."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.core import clock
from backend.inspections.models import InspectionPlan, PlanKind, PlanTarget, ScopeException
from backend.inspections.rules import planning
from backend.inspections.selectors.places import Place
from backend.registry.models import Target, TargetKind, Track
from backend.registry.selectors import responsibility

ONE_DAY = dt.timedelta(days=1)

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


def of_month(county_id: int, month: str) -> InspectionPlan | None:
    """The county's monthly plan, in whatever state."""
    return InspectionPlan.objects.filter(county_id=county_id, month=month, kind=PlanKind.MONTHLY).first()


def approved_lines(plan: InspectionPlan) -> QuerySet[PlanTarget]:
    """The scope as it was approved last, with its targets, by code and track; empty before the first approval."""
    rows = PlanTarget.objects.filter(plan=plan, version=plan.scope_version).select_related("target")
    return rows.order_by("target__code", "track")


def exclusions(plan: InspectionPlan) -> dict[uuid.UUID, dt.date]:
    """By target the day from which it is out of the plan."""
    return {row.target_id: row.since or dt.date.min for row in plan.exceptions.all() if not row.included}


def taken_in(plan: InspectionPlan, day: dt.date | None, missed: set[Key] | None) -> list[Line]:
    """What the plan's rule and exceptions take in as things stand, by code and track; teams as of `day`.

    A target excluded only from a later day on is still in. `missed`: of a make-up plan what its plan has not covered.
    """
    teams = responsibility.of_county(plan.county_id, day or clock.today())
    exceptions = {row.target_id: row for row in plan.exceptions.all()}
    lines = [
        Line(target, track, teams.get((target.pk, track)))
        for target in candidates(plan.county_id)
        for track in tracks_of(target)
        if track in plan.tracks
    ]
    return [line for line in lines if _wanted(plan, line, exceptions.get(line.target.pk), missed)]


def candidates(county_id: int) -> QuerySet[Target]:
    """Everything that a plan may be about, in the order of codes: no suspected sites, nothing closed."""
    rows = Target.objects.filter(county_id=county_id, is_active=True).exclude(kind=TargetKind.SUSPECTED_SITE)
    return rows.order_by("code")


def tracks_of(target: Target | Place) -> list[str]:
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
