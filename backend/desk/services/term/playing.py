"""The term as a line of events, played one after another with the clock set to each."""

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.errors import Conflict
from backend.desk import demo
from backend.desk.rules import mending, story
from backend.desk.rules.faults import Faults
from backend.desk.rules.mending import PlannedNotice
from backend.desk.rules.story import PlannedFinding, PlannedVisit
from backend.desk.rules.term import BEGIN, FOUNDED, HALVES, LAST_DAY, Half
from backend.desk.services.term import stage as stages
from backend.desk.services.term.office import Office, in_china
from backend.inspections.models import Visit
from backend.inspections.rules.grading import LEVELS
from backend.registry.demo.county import YUNCHUAN

Say = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the term is played: these half-months (numbers from 0) and these teams (codes); None for all."""

    halves: tuple[int, ...] | None = None
    teams: tuple[str, ...] | None = None

    def has(self, visit: PlannedVisit) -> bool:
        return (self.halves is None or visit.half in self.halves) and (self.teams is None or visit.team in self.teams)


@dataclass
class Script:
    """The visits and notices of the term, as planned."""

    visits: list[PlannedVisit]
    notices: list[PlannedNotice]
    halves: list[Half]


def load(*, seed: str, say: Say, choice: Choice | None = None) -> Script:
    """Found the demonstration county where there is none, and play the term in it.

    Raises `Conflict`: `already_visited`, also after a run that was broken off; `founded_too_late` for a county whose
    people were not in office yet when the term began.
    """
    with clock.fixed(FOUNDED) as hand:
        demo.prepare(say)
        hand.set(BEGIN)
        county = County.objects.get(code=YUNCHUAN.code)
        _check(county)
        stage = stages.read(county)
        script = write_script(stage, seed, choice or Choice())
        for at, do in _Line(Office(stage, seed), script, say).events():
            hand.set(at)
            do()
    return script


def _check(county: County) -> None:
    if Visit.objects.filter(county_id=county.pk).exists():
        raise Conflict("already_visited", "该县已有到访记录，为免重复未作任何改动。请换一个空的数据目录（DATA）。")
    if not people.with_role(county.pk, [Role.INSPECTOR]):
        raise Conflict("founded_too_late", "该县建于学期开始之后，不能补载整个学期。请换一个空的数据目录（DATA）。")


def write_script(stage: stages.Stage, seed: str, choice: Choice) -> Script:
    """The whole term is planned whatever is played of it, so that a part is the same as in the whole."""
    rng = story.drawn("term", seed)
    visits = story.visits(stages.units(stage.county), rng)
    Faults(stage.templates, rng).plan(visits)
    notices = mending.notices(visits, _due_days(stage), rng)
    numbers = range(len(HALVES)) if choice.halves is None else choice.halves
    chosen = [visit for visit in visits if choice.has(visit)]
    return Script(chosen, [each for each in notices if choice.has(each.visit)], [HALVES[at] for at in numbers])


def _due_days(stage: stages.Stage) -> Callable[[PlannedFinding], int]:
    def days(each: PlannedFinding) -> int:
        item = stage.templates[each.item[:2]].item(each.item)
        own = item.default_days if item is not None and each.how == "plain" else None
        return own or LEVELS[each.severity].default_days

    return days


@dataclass
class _Line:
    """Puts events in the order of their instants; of one instant, in the order in which they were put."""

    office: Office
    script: Script
    say: Say
    _heap: list[tuple[dt.datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: Any = field(default_factory=count)

    def events(self) -> Iterable[tuple[dt.datetime, Callable[[], None]]]:
        self._field()
        self._notices()
        self._bulletins()
        self._nights()
        while self._heap:
            at, _, do = heapq.heappop(self._heap)
            yield at, do

    def _put(self, at: dt.datetime, do: Callable[..., None], *what: Any) -> None:
        heapq.heappush(self._heap, (at, next(self._order), lambda: do(*what)))

    def _field(self) -> None:
        for first, planned in _by(self.script.visits, lambda visit: visit.day.replace(day=1)).items():
            self._plan(first, planned)
        for day, planned in _by(self.script.visits, lambda visit: visit.day).items():
            self._put(in_china(day, 8), self.office.depart, planned)
        for visit in self.script.visits:
            self._put(visit.arrives, self.office.visit, visit)
        for day, planned in _by(self.script.visits, mending.approved_on).items():
            self._put(in_china(day, 9, 30), self.office.approve, planned)

    def _plan(self, first: dt.date, planned: Sequence[PlannedVisit]) -> None:
        """Opened on the 25th before the month, approved the next day, released on the last day before."""
        month, last = f"{first:%Y-%m}", first - dt.timedelta(days=1)
        self._put(in_china(last.replace(day=25), 9, 30), self.office.open_plan, month)
        self._put(in_china(last.replace(day=26), 10), self.office.approve_plan, month)
        self._put(in_china(last, 9), self.office.assign, month, planned)
        self._put(in_china(last, 17), self.office.release_plan, month)

    def _notices(self) -> None:
        for day, planned in _by(self.script.notices, lambda one: one.approved_on).items():
            self._put(in_china(day, 15), self.office.draft, planned)
        for day, planned in _by(self.script.notices, lambda one: one.issued_on).items():
            self._put(in_china(day, 10), self.office.issue, planned)
            self._put(in_china(day, 16), self.office.acknowledge, planned)
        for notice in self.script.notices:
            for day, parts in _by(notice.parts, lambda part: part.reported_on).items():
                if notice.decided_on or self._half_answered(notice, day):
                    self._put(in_china(day, 16, 30), self.office.report, notice, parts)
        closing = [notice for notice in self.script.notices if notice.decided_on]
        for day, planned in _by(closing, lambda one: one.decided_on).items():
            assert day is not None
            self._put(in_china(day, 11), self.office.decide, planned)

    def _half_answered(self, notice: PlannedNotice, day: dt.date) -> bool:
        """Of notices that stay open, those run that are not over yet: their first parts are answered."""
        return day <= LAST_DAY and notice.last_report > LAST_DAY

    def _bulletins(self) -> None:
        for half in self.script.halves:
            after = half.end + dt.timedelta(days=1)
            self._put(in_china(after, 9), self.office.compile, half)
            self._put(in_china(mending.next_working_day(after), 11), self.office.sign, half)

    def _nights(self) -> None:
        """Of the days on which something happens; the product has nothing to do after others."""
        last = max((visit.day for visit in self.script.visits), default=LAST_DAY)
        for day in sorted({clock.local_date(at) for at, _, _ in self._heap} | {LAST_DAY}):
            self._put(in_china(day, 23, 30), self._night, day, last)

    def _night(self, day: dt.date, last: dt.date) -> None:
        self.office.night()
        if day <= last or day == LAST_DAY:
            self.say(
                f"{day.month}月{day.day}日：累计到访{len(self.office.made)}次，通知书{len(self.office.notices)}份。"
            )


def _by(things: Iterable[T], key: Callable[[T], Any]) -> dict[Any, Sequence[T]]:
    found: dict[Any, list[T]] = defaultdict(list)
    for each in things:
        found[key(each)].append(each)
    return dict(sorted(found.items()))
