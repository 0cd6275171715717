"""Monthly coverage (workflow.md section 1.3): distinct targets validly visited among those in scope.

A visit is valid when it was submitted and not cancelled, its crew arrived inside the geofence or gave a reason, all
mandatory items were answered, and it was signed or the refusal noted. The last round received by the cut-off counts.

In scope is what the month's plan approved; without a plan, every active school and institution. What is closed,
merged or on holiday leaves the scope on its day, unless it was covered before. A covered target counts for the team in
charge on the day of its first valid visit, one that is not for the team in charge at the month's end (or the cut-off).
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, Min, OuterRef, prefetch_related_objects

from backend.core import clock
from backend.inspections.models import InspectionPlan, PlanKind, VisitRound
from backend.inspections.rules import planning
from backend.inspections.selectors import places, plan_lines
from backend.inspections.selectors.places import Place
from backend.inspections.selectors.plan_lines import Key
from backend.inspections.selectors.statistics import Window, cancelled, rounds
from backend.registry.models import SchoolDistrict, Target, TargetKind, Team, TeamInCharge, Track

Ids = set[uuid.UUID]


@dataclass(slots=True)
class Share:
    """Targets in scope, and those of them covered."""

    scope: Ids = field(default_factory=set)
    covered: Ids = field(default_factory=set)

    @property
    def percent(self) -> float | None:
        """0–100; None where nothing is in scope."""
        return 100 * len(self.covered) / len(self.scope) if self.scope else None

    def add(self, cell: "Cell") -> None:
        self.scope.add(cell.target.pk)
        if cell.is_covered:
            self.covered.add(cell.target.pk)


@dataclass(slots=True)
class TeamShare:
    team: Team
    share: Share


@dataclass(frozen=True, slots=True)
class Cell:
    """One target on one track: the team it counts for (id; None: nobody is in charge), and its first valid visit."""

    target: Place
    track: str
    team: uuid.UUID | None
    covered_at: dt.datetime | None

    @property
    def key(self) -> Key:
        return self.target.pk, self.track

    @property
    def is_covered(self) -> bool:
        return self.covered_at is not None


@dataclass
class Coverage:
    """One month or campaign, cell by cell; by track, by team, and what both tracks visited (双督查)."""

    county_id: int
    month: str
    cells: list[Cell]
    in_charge: "InCharge"
    plan: InspectionPlan | None = None

    @cached_property
    def teams(self) -> list[TeamShare]:
        """Every team of the county, in the order of codes; one query."""
        return _by_team(self.county_id, self.cells)

    @property
    def tracks(self) -> dict[str, Share]:
        return {str(track.value): share(cell for cell in self.cells if cell.track == track) for track in Track}

    @property
    def both(self) -> Share:
        one, other = self.tracks[Track.DEPARTMENT], self.tracks[Track.STATION]
        return Share(one.scope & other.scope, one.covered & other.covered)

    @property
    def units(self) -> Share:
        """Distinct units, whichever track visited them: what 每月全覆盖 asks for (workflow.md section 1.3)."""
        return share(self.cells)

    def by(self, name: Callable[[Cell], str]) -> dict[tuple[str, str], Share]:
        """Shares by a name of the cell and its track, sorted."""
        found: dict[tuple[str, str], Share] = defaultdict(Share)
        for cell in self.cells:
            found[name(cell), cell.track].add(cell)
        return dict(sorted(found.items()))


def share(cells: Iterable[Cell]) -> Share:
    found = Share()
    for cell in cells:
        found.add(cell)
    return found


def coverage(county_id: int, month: str, *, cut_off: dt.datetime | None = None) -> Coverage:
    """Coverage of a month, `YYYY-MM`, as known at `cut_off` (default now)."""
    known = cut_off or clock.now()
    plan = plan_lines.of_month(county_id, month)
    if plan is not None and (not plan.is_frozen or plan.approved_at is None or plan.approved_at > known):
        plan = None
    return _counted(month, _Period(county_id, *planning.bounds(month), known), plan)


def of_plan(plan: InspectionPlan, *, cut_off: dt.datetime | None = None) -> Coverage:
    """Coverage of a plan. A special campaign counts its own visits only; the other kinds every valid visit."""
    own = plan.pk if plan.kind == PlanKind.SPECIAL_CAMPAIGN else None
    first, last = (plan.starts_on, plan.ends_on) if own else planning.bounds(plan.month)
    return _counted(plan.month, _Period(plan.county_id, first, last, cut_off or clock.now(), own), plan)


def missed(plan: InspectionPlan) -> set[Key] | None:
    """Of a make-up plan what the plan that it makes up has not covered; None for the others."""
    if plan.makes_up is None:
        return None
    return {cell.key for cell in of_plan(plan.makes_up).cells if not cell.is_covered}


def first_visits(county_id: int, first: dt.date, last: dt.date) -> dict[Key, dt.datetime]:
    """By target and track when its first valid visit of these days was received."""
    return _first_visits(_Period(county_id, first, last, clock.now()))


@dataclass(frozen=True, slots=True)
class _Period:
    """From `first` to `last`, as known at `known`; `own`: only the visits of this plan count."""

    county_id: int
    first: dt.date
    last: dt.date
    known: dt.datetime
    own: uuid.UUID | None = None

    @property
    def window(self) -> Window:
        return Window(clock.midnight(self.first), clock.midnight(self.last + plan_lines.ONE_DAY), self.known)

    @property
    def day(self) -> dt.date:
        """The last day that is told of."""
        return min(self.last, clock.local_date(self.known))


def _counted(month: str, period: _Period, plan: InspectionPlan | None) -> Coverage:
    in_charge = InCharge(period.county_id)
    cells = _cells(period, plan, in_charge)
    return Coverage(period.county_id, month, cells, in_charge, plan)


def _cells(period: _Period, plan: InspectionPlan | None, in_charge: "InCharge") -> list[Cell]:
    covered, last = _first_visits(period), period.day
    cells = []
    for target, track, left in _scope(period, plan):
        at = covered.get((target.pk, track))
        if at is None and left is not None and left <= last:
            continue
        day = last if at is None else clock.local_date(at)
        cells.append(Cell(target, track, in_charge.on(day, target.pk, track), at))
    return cells


def _scope(period: _Period, plan: InspectionPlan | None) -> Iterator[tuple[Place, str, dt.date | None]]:
    """Each target and track, and the day from which it is no longer in scope, if there is one."""
    left: dict[uuid.UUID, dt.date] = {}
    if plan is None:
        rows = Target.objects.filter(county_id=period.county_id).exclude(kind=TargetKind.SUSPECTED_SITE)
        known = [place for place in places.of(rows.order_by("code")) if place.is_active or place.closed_on]
        pairs = [(place, track) for place in known for track in plan_lines.tracks_of(place)]
    elif plan.is_frozen:
        pairs = places.of_scope(plan_lines.approved_lines(plan))
        left = plan_lines.exclusions(plan)
    else:
        prefetch_related_objects([plan], "exceptions")  # read once for the rule and for who has left
        lines = plan_lines.taken_in(plan, period.day, missed(plan))
        pairs = [(places.place(line.target), line.track) for line in lines]
        left = plan_lines.exclusions(plan)
    for target, track in pairs:
        until = _sooner(target.closed_on, left.get(target.pk) if left else None)
        if until is None or until > period.first or plan is not None:
            yield target, track, until


def _sooner(one: dt.date | None, other: dt.date | None) -> dt.date | None:
    return one or other if one is None or other is None else min(one, other)


def _first_visits(period: _Period) -> dict[Key, dt.datetime]:
    """By target and track when its first valid visit was received."""
    window = period.window
    seen = {"submitted_at__gte": window.since, "submitted_at__lt": window.until, "submitted_at__lte": window.cut_off}
    later = VisitRound.objects.filter(visit=OuterRef("visit"), round__gt=OuterRef("round"), **seen)
    rows = VisitRound.objects.filter(
        ~Exists(later),
        **seen,
        counts_for_coverage=True,
        visit__county_id=period.county_id,
    ).exclude(visit__in=cancelled(period.county_id, window.cut_off))
    rows = rows.exclude(visit__target__kind=TargetKind.SUSPECTED_SITE)
    if period.own is not None:
        rows = rows.filter(visit__assignment__plan=period.own)
    first = rows.values_list("visit__target_id", "visit__track").annotate(Min("submitted_at"))
    return {(target, track): at for target, track, at in first}


class _Term(NamedTuple):
    starts_on: dt.date
    ends_on: dt.date | None
    team: uuid.UUID


class InCharge:
    """Which team is in charge of what on any day."""

    def __init__(self, county_id: int) -> None:
        self._terms: dict[Key, list[_Term]] = defaultdict(list)
        rows = TeamInCharge.objects.filter(target__county_id=county_id)
        columns = rows.values_list("target_id", "track", "starts_on", "ends_on", "team_id")
        for target, track, starts_on, ends_on, team in columns:
            self._terms[target, track].append(_Term(starts_on, ends_on, team))

    def on(self, day: dt.date, target: uuid.UUID, track: str) -> uuid.UUID | None:
        """The id of the team in charge on `day`; None: no team was."""
        for term in self._terms.get((target, track), ()):
            if term.starts_on <= day and (term.ends_on is None or term.ends_on > day):
                return term.team
        return None


def _by_team(county_id: int, cells: Iterable[Cell]) -> list[TeamShare]:
    shares: dict[uuid.UUID | None, Share] = defaultdict(Share)
    for cell in cells:
        shares[cell.team].add(cell)
    teams = Team.objects.filter(county_id=county_id).order_by("code")
    return [TeamShare(team, shares[team.pk]) for team in teams]


def district_names(county_id: int) -> dict[uuid.UUID, str]:
    return dict(SchoolDistrict.objects.filter(county_id=county_id).values_list("pk", "name"))


def by_day(county_id: int, first: dt.date, last: dt.date, *, cut_off: dt.datetime) -> list[tuple[dt.date, Ids]]:
    """For every day from `first` to `last` the targets covered from `first` to the end of that day, either track."""
    window = Window(clock.midnight(first), clock.midnight(last + dt.timedelta(days=1)), cut_off)
    on: dict[dt.date, Ids] = defaultdict(set)
    for row in rounds(county_id, window):
        if row.counts_for_coverage:
            on[clock.local_date(row.submitted_at)].add(row.visit.target_id)
    so_far: Ids = set()
    days = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        so_far = so_far | on[day]
        days.append((day, so_far))
    return days
