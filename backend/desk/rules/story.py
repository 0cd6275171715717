"""Who is visited when, and what is found: the demonstration term as data, the same for the same seed. Pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from backend.core.clock import CHINA
from backend.desk.rules.term import BEGIN, HALVES, HOLIDAY, INSTITUTION_LISTS, SCHOOL_LISTS, SPECIAL_SCHOOL_LISTS, Half
from backend.inspections.rules.checklist import Severity, TargetType

SITE_LISTS = ("TY", "YX")
SATURDAY = 5
HOLIDAY_FIRST_DAYS = 3
"""Nobody is sent out on these days of the holiday."""

OFFLINE_SHARE = 0.25
"""Visits whose phone comes back to a signal 2 to 8 hours later (load model of the demonstration)."""

LATEST = dt.time(22, 45)


def drawn(*about: object) -> Random:
    """A generator of its own for each thing, the same every time."""
    return Random(" ".join(map(str, about)))  # noqa: S311 -- a story, no secret


class Unit(NamedTuple):
    """A target of the plan: `team` and `station` are team codes, `below` an account below its minimum balance."""

    code: str
    type: TargetType
    grades: tuple[int, ...]
    team: str
    station: str
    below: bool = False

    @property
    def is_school(self) -> bool:
        return bool(self.station)


@dataclass(slots=True)
class PlannedFinding:
    """`severity` is what it ends as; `how` it came there: plain, self_found (one down) or lowered with a reason."""

    item: str
    severity: Severity
    how: str = "plain"
    on_spot: bool = False


@dataclass(slots=True)
class PlannedVisit:
    """`begins` and `arrives` (the last word received) in China; `unit` None for a hidden site."""

    half: int
    number: int
    unit: Unit | None
    team: str
    day: dt.date
    templates: tuple[str, ...]
    begins: dt.datetime = BEGIN
    leaves: dt.datetime = BEGIN
    arrives: dt.datetime = BEGIN
    findings: list[PlannedFinding] = field(default_factory=list)
    minutes: dict[int, int] = field(default_factory=dict)
    """Of written homework by grade, as measured."""

    @property
    def type(self) -> TargetType:
        return self.unit.type if self.unit else TargetType.SUSPECTED

    @property
    def place(self) -> str:
        """What tells its target from others, also before a hidden site has a code."""
        return self.unit.code if self.unit else f"site{self.number}"


def visits(units: Sequence[Unit], rng: Random) -> list[PlannedVisit]:
    """Every visit of the term, in the order of their arrival, without findings."""
    planned: list[PlannedVisit] = []
    months = _Months(list(units), rng)
    for number, half in enumerate(HALVES):
        planned += _half(number, half, months, rng)
    _number(planned)
    return planned


@dataclass
class _Months:
    """What is still to be visited in the running month, by track."""

    units: list[Unit]
    rng: Random
    department: list[Unit] = field(default_factory=list)
    visited: list[Unit] = field(default_factory=list)
    station: list[Unit] = field(default_factory=list)

    def begin(self) -> None:
        self.department = self.rng.sample(self.units, len(self.units))
        self.visited, self.station = [], []

    def take(self, share: int | None) -> list[Unit]:
        """The next of the department track: up to `share` percent of all, None for the rest of the month."""
        wanted = len(self.department) if share is None else round(len(self.units) * share / 100)
        taken, self.department = self.department[:wanted], self.department[wanted:]
        self.visited += taken
        return taken

    def take_twice(self, wanted: int) -> list[Unit]:
        """Schools that the other track has been to, or goes to in these days."""
        done = set(self.station)
        free = [unit for unit in self.visited if unit.is_school and unit not in done]
        taken = self.rng.sample(free, wanted)
        self.station += taken
        return taken


def _half(number: int, half: Half, months: _Months, rng: Random) -> list[PlannedVisit]:
    if half.first_of_month:
        months.begin()
    department = months.take(half.coverage if half.first_of_month else None)
    station = months.take_twice(half.visits - len(department) - half.sites)
    whole = len(months.units)
    assert round(100 * len(months.visited) / whole) == half.coverage
    sent = [(unit, unit.team) for unit in department] + [(unit, unit.station) for unit in station]
    made = [_planned(number, at, unit, team) for at, (unit, team) in enumerate(sent)]
    _spread(made, half, rng)
    return made + [_site(number, at, half, rng) for at in range(half.sites)]


def _planned(half: int, at: int, unit: Unit, team: str) -> PlannedVisit:
    lists = SCHOOL_LISTS[(at + half) % len(SCHOOL_LISTS)] if unit.is_school else INSTITUTION_LISTS[unit.type.value]
    if unit.type is TargetType.SPECIAL:
        lists = SPECIAL_SCHOOL_LISTS
    return PlannedVisit(half, 0, unit, team, dt.date.min, lists)


def _site(half: int, at: int, period: Half, rng: Random) -> PlannedVisit:
    day = period.start + dt.timedelta(days=3 + 2 * at)
    visit = PlannedVisit(half, 0, None, f"T{2 + at:02d}", day, SITE_LISTS)
    _set_hours(visit, dt.time(14 + at, 10), rng)
    return visit


def _spread(made: list[PlannedVisit], half: Half, rng: Random) -> None:
    """Each team's visits evenly over its days: schools on school days, institutions also at weekends."""
    for kind, days in ((True, school_days(half)), (False, open_days(half))):
        of_team: dict[str, list[PlannedVisit]] = defaultdict(list)
        for visit in made:
            if visit.unit is not None and visit.unit.is_school == kind:
                of_team[visit.team].append(visit)
        for place, team in enumerate(sorted(of_team)):
            own = of_team[team]
            for at, visit in enumerate(own):
                visit.day = days[(at * len(days) // len(own) + place) % len(days)]
                _set_hours(visit, _begin(visit, rng), rng)


def school_days(half: Half) -> list[dt.date]:
    """Mondays to Fridays without the holiday."""
    return [day for day in _days(half) if day.weekday() < SATURDAY and not HOLIDAY[0] <= day <= HOLIDAY[1]]


def open_days(half: Half) -> list[dt.date]:
    """Days on which institutions are looked at."""
    closed = [HOLIDAY[0] + dt.timedelta(days=at) for at in range(HOLIDAY_FIRST_DAYS)]
    return [day for day in _days(half) if day not in closed]


def _days(half: Half) -> list[dt.date]:
    return [half.start + dt.timedelta(days=at) for at in range((half.end - half.start).days + 1)]


def _begin(visit: PlannedVisit, rng: Random) -> dt.time:
    assert visit.unit is not None
    if visit.unit.is_school:
        return rng.choice((dt.time(8, 40), dt.time(9, 30), dt.time(14, 0), dt.time(15, 10)))
    weekend = visit.day.weekday() >= SATURDAY
    return rng.choice((dt.time(9, 10), dt.time(14, 30)) if weekend else (dt.time(17, 0), dt.time(18, 20)))


def _set_hours(visit: PlannedVisit, begin: dt.time, rng: Random) -> None:
    visit.begins = dt.datetime.combine(visit.day, begin, CHINA) + dt.timedelta(minutes=rng.randrange(50))
    visit.leaves = visit.begins + dt.timedelta(minutes=rng.randint(55, 110))
    late = rng.randint(120, 480) if rng.random() < OFFLINE_SHARE else rng.randint(1, 4)
    arrives = visit.leaves + dt.timedelta(minutes=late)
    visit.arrives = min(arrives, dt.datetime.combine(visit.day, LATEST, CHINA))


def _number(planned: list[PlannedVisit]) -> None:
    """In the order of arrival, no two at the same second."""
    planned.sort(key=lambda visit: (visit.arrives, visit.team, visit.place))
    before = BEGIN
    for number, visit in enumerate(planned):
        visit.number = number
        visit.arrives = max(visit.arrives, before + dt.timedelta(seconds=1))
        before = visit.arrives


def of_half(planned: Iterable[PlannedVisit], half: int) -> list[PlannedVisit]:
    return [visit for visit in planned if visit.half == half]


def tally(planned: Iterable[PlannedVisit]) -> Mapping[str, int]:
    """Visits, findings in all, by severity, and put right on the spot."""
    found: dict[str, int] = defaultdict(int)
    for visit in planned:
        found["visits"] += 1
        for each in visit.findings:
            found["findings"] += 1
            found[each.severity.value] += 1
            found["on_spot"] += each.on_spot
    return dict(found)
