"""When the notices of the demonstration term are issued, answered and closed, so that what is closed in each half-month
was answered in time as often as the figures say. Pure.

A visit is approved on the next working day, its notice issued on the one after. A notice is closed as a whole, one or
two working days after its last report; some are never answered.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from backend.desk.rules.story import SATURDAY, PlannedFinding, PlannedVisit
from backend.desk.rules.term import HALVES, HOLIDAY, LAST_DAY, Half
from backend.notices.rules.deadlines import due_date

NEGLECTED = 0.05
"""Share of notices that nobody answers before the end of the term."""

FIRST_DECISION = HALVES[1].start
LATEST_BY = 4
"""Days that a late report is late at most."""


@dataclass(slots=True)
class PlannedPart:
    """One finding of a notice: its deadline and the day the unit reports on it."""

    finding: PlannedFinding
    due_on: dt.date
    reported_on: dt.date

    @property
    def late(self) -> bool:
        return self.reported_on > self.due_on


@dataclass(slots=True)
class PlannedNotice:
    """`decided_on` None for one that stays open."""

    visit: PlannedVisit
    approved_on: dt.date
    issued_on: dt.date
    parts: list[PlannedPart] = field(default_factory=list)
    decided_on: dt.date | None = None

    @property
    def last_report(self) -> dt.date:
        return max(part.reported_on for part in self.parts)


DueDays = Callable[[PlannedFinding], int]


def notices(planned: Sequence[PlannedVisit], due_days: DueDays, rng: Random) -> list[PlannedNotice]:
    """A notice for every visit to a unit with findings that were not put right at once."""
    found = [notice for visit in planned if (notice := _notice(visit, due_days, rng)) is not None]
    for half in HALVES:
        if half.on_time is not None:
            _delay(found, half, rng)
    return found


def approved_on(visit: PlannedVisit) -> dt.date:
    """The working day after the visit."""
    return next_working_day(visit.day)


def next_working_day(day: dt.date, count: int = 1) -> dt.date:
    """The `count`-th working day after `day`."""
    for _ in range(count):
        day += dt.timedelta(days=1)
        while day.weekday() >= SATURDAY or HOLIDAY[0] <= day <= HOLIDAY[1]:
            day += dt.timedelta(days=1)
    return day


def _notice(visit: PlannedVisit, due_days: DueDays, rng: Random) -> PlannedNotice | None:
    open_ = [each for each in visit.findings if not each.on_spot]
    if visit.unit is None or not open_:
        return None
    approved = approved_on(visit)
    notice = PlannedNotice(visit, approved, next_working_day(approved))
    for each in open_:
        due_on = due_date(notice.issued_on, due_days(each))
        early = rng.randint(0, min(4, (due_on - notice.issued_on).days - 1))
        notice.parts.append(PlannedPart(each, due_on, due_on - dt.timedelta(days=early)))
    if rng.random() >= NEGLECTED:
        _decide(notice, rng.randint(1, 2))
    return notice


def _decide(notice: PlannedNotice, after: int) -> None:
    day = max(next_working_day(notice.last_report, after), FIRST_DECISION)
    notice.decided_on = day if day <= LAST_DAY else None


def _delay(found: Sequence[PlannedNotice], half: Half, rng: Random) -> None:
    """Let as many of the findings closed in this half-month come late as its figure says."""
    closing = [one for one in found if one.decided_on and half.start <= one.decided_on <= half.end]
    whole = sum(len(one.parts) for one in closing)
    assert half.on_time is not None
    wanted = round(whole * (100 - half.on_time) / 100)
    for notice, part, day in _could_wait(rng.sample(closing, len(closing)), half):
        if wanted:
            part.reported_on = day
            _decide(notice, 1)
            wanted -= 1
    assert not wanted


def _could_wait(closing: Sequence[PlannedNotice], half: Half) -> Iterator[tuple[PlannedNotice, PlannedPart, dt.date]]:
    """One part of each notice that can be reported after its deadline and still be decided in this half-month."""
    for notice in closing:
        part = max(notice.parts, key=lambda one: one.due_on)
        for days in range(LATEST_BY, 0, -1):
            day = part.due_on + dt.timedelta(days=days)
            if next_working_day(day) <= half.end:
                yield notice, part, day
                break
