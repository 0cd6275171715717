"""What goes wrong at which visit of the demonstration term, until the figures of each half-month are met. Pure.

An item fails at most once at a target in the term: so no finding is a repeat, and every severity is the item's own,
or one level lower where the unit had found and mended it itself or the inspector says why.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from backend.desk.rules.story import PlannedFinding, PlannedVisit, of_half
from backend.desk.rules.term import (
    BELOW_MINIMUM,
    EARLY_HOMEWORK,
    HALVES,
    HIDDEN_SITE,
    HOMEWORK_MEANS,
    OVER_LIMIT,
    TYPICAL,
    VETOES,
    Half,
)
from backend.inspections.rules.answer_keys import AnswerKey
from backend.inspections.rules.applicability import items_for
from backend.inspections.rules.checklist import Item, Severity, Template
from backend.inspections.rules.grading import LADDER, can_fix_on_spot

MOST_PER_VISIT = 6
MOST_OF_AN_ITEM = 26
"""Of items that are not typical, in the whole term: fewer than of those that are."""

LAST_PRIMARY = 6
LIMITS = {True: 60, False: 90}
SPECIAL = frozenset({*OVER_LIMIT.values(), EARLY_HOMEWORK, BELOW_MINIMUM, HIDDEN_SITE})
"""Items with a story of their own, not drawn with the others."""

NOT_DRAWN = frozenset({"TY", "YX", "JS"})
"""Checklists whose items are about the visit itself, about hidden sites, or what single teachers said."""


@dataclass
class Faults:
    """Puts findings into planned visits."""

    templates: Mapping[str, Template]
    rng: Random
    known: set[tuple[str, str]] = field(default_factory=set)
    used: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    items: dict[tuple[object, ...], dict[str, Item]] = field(default_factory=dict)

    def plan(self, planned: Sequence[PlannedVisit]) -> None:
        """Fill every half-month."""
        quotas = _quotas()
        for number, half in enumerate(HALVES):
            own = of_half(planned, number)
            left = half.grades()
            self._special(own, half, number, left)
            self._typical(own, quotas[number], left)
            for severity in (Severity.SERIOUS, Severity.MODERATE, Severity.MINOR):
                self._others(own, severity, left)
            self._mend(own, half)
            self._homework(own, half)

    # -- which

    def _special(self, own: Sequence[PlannedVisit], half: Half, number: int, left: dict[Severity, int]) -> None:
        sites = [visit for visit in own if visit.unit is None]
        for visit, how in zip(sites, ("plain", "lowered"), strict=False):
            self._put(visit, HIDDEN_SITE, how, left)
        for code in VETOES[number]:
            self._put(self._free(own, code), code, "plain", left)
        for _ in range(half.over_limit):
            code = self.rng.choice(list(OVER_LIMIT.values()))
            self._put(self._free(own, code), code, "plain", left)
        for _ in range(half.early_homework):
            self._put(self._free(own, EARLY_HOMEWORK), EARLY_HOMEWORK, "plain", left)
        for visit in own:
            if visit.unit is not None and visit.unit.below and self._may(visit, BELOW_MINIMUM):
                self._put(visit, BELOW_MINIMUM, "plain", left)

    def _typical(self, own: Sequence[PlannedVisit], quota: Mapping[str, int], left: dict[Severity, int]) -> None:
        """About half keep their level; of others the unit knew, or they were few. Where no visit is left none fails."""
        for code, wanted in quota.items():
            for at in range(wanted):
                how = "plain" if at % 2 == 0 else self.rng.choice(("self_found", "lowered"))
                if Severity(self._item_of(code).severity or "") is Severity.MINOR:
                    how = "plain"
                if any(self._may(visit, code) for visit in own):
                    self._put(self._free(own, code), code, how, left)

    def _others(self, own: Sequence[PlannedVisit], severity: Severity, left: dict[Severity, int]) -> None:
        while left[severity] > 0:
            visit, code, how = self._any(own, severity)
            self._put(visit, code, how, left)

    def _any(self, own: Sequence[PlannedVisit], severity: Severity) -> tuple[PlannedVisit, str, str]:
        """One of the least busy of some visits, and of its items one that has rarely failed."""
        visit = min(self.rng.sample(own, 3), key=lambda one: len(one.findings))
        found = [(code, how) for code, how in self._choices(visit, severity) if self._may(visit, code)]
        if not found:
            return self._any(own, severity)
        code, how = min(self.rng.sample(found, min(4, len(found))), key=lambda one: self.used[one[0]])
        return visit, code, how

    def _choices(self, visit: PlannedVisit, severity: Severity) -> Iterator[tuple[str, str]]:
        """Items of this severity, and where a unit of this kind has few such items those one level above."""
        above = LADDER[LADDER.index(severity) + 1]
        for item in self._items(visit).values():
            if self._has_a_story(item.code) or self.used[item.code] >= MOST_OF_AN_ITEM:
                continue
            if item.severity == severity:
                yield item.code, "plain"
            elif item.severity == above and severity is Severity.MINOR:
                yield item.code, "self_found"

    def _has_a_story(self, code: str) -> bool:
        return code in SPECIAL or code in TYPICAL or code[:2] in NOT_DRAWN

    # -- where

    def _items(self, visit: PlannedVisit) -> dict[str, Item]:
        """What can fail at it, by code."""
        grades = visit.unit.grades if visit.unit else ()
        key = (visit.templates, visit.type, grades)
        if key not in self.items:
            lists = (items_for(self.templates[code], visit.type, grades or None) for code in visit.templates)
            self.items[key] = {item.code: item for each in lists for item in each if item.severity}
        return self.items[key]

    def _item_of(self, code: str) -> Item:
        item = self.templates[code[:2]].item(code)
        assert item is not None
        return item

    def _may(self, visit: PlannedVisit, code: str) -> bool:
        if code not in self._items(visit) or len(visit.findings) >= MOST_PER_VISIT:
            return False
        return (visit.place, code) not in self.known

    def _free(self, own: Sequence[PlannedVisit], code: str) -> PlannedVisit:
        able = [visit for visit in own if self._may(visit, code)]
        return min(self.rng.sample(able, min(3, len(able))), key=lambda one: len(one.findings))

    def _put(self, visit: PlannedVisit, code: str, how: str, left: dict[Severity, int]) -> None:
        base = Severity(self._item_of(code).severity or "")
        severity = base if how == "plain" else LADDER[LADDER.index(base) - 1]
        visit.findings.append(PlannedFinding(code, severity, how))
        self.known.add((visit.place, code))
        self.used[code] += 1
        left[severity] -= 1

    # -- how it goes on

    def _mend(self, own: Sequence[PlannedVisit], half: Half) -> None:
        """Some of the lighter findings are put right while the inspectors stay."""
        light = [each for visit in own for each in visit.findings if can_fix_on_spot(each.severity)]
        for each in self.rng.sample(light, half.on_spot):
            each.on_spot = True

    def _homework(self, own: Sequence[PlannedVisit], half: Half) -> None:
        """Minutes by grade whose mean is the term's, over the limit only where that is found."""
        for grade, mean in HOMEWORK_MEANS.items():
            primary = grade <= LAST_PRIMARY
            code = OVER_LIMIT[primary]
            measured = [v for v in own if v.unit and grade in v.unit.grades and "ZY" in v.templates]
            over = [
                v for v in measured if any(f.item == code for f in v.findings) and self._longest(v, primary) == grade
            ]
            for visit in measured:
                limit = LIMITS[primary]
                spread = round(self.rng.gauss(mean, 5))
                high = limit + self.rng.randint(3, 12)
                visit.minutes[grade] = high if visit in over else min(max(spread, mean - 12), limit)
            self._settle([v for v in measured if v not in over], grade, mean * len(measured) - _sum(measured, grade))

    def _longest(self, visit: PlannedVisit, primary: bool) -> int:
        """The grade of the unit in which the limit is broken: its highest of that part of the school."""
        assert visit.unit is not None
        return max(grade for grade in visit.unit.grades if (grade <= LAST_PRIMARY) == primary)

    def _settle(self, visits: Sequence[PlannedVisit], grade: int, missing: int) -> None:
        """Spread what is missing from the sum, a minute at a time, within the limit."""
        limit = LIMITS[grade <= LAST_PRIMARY]
        at = 0
        while missing and visits:
            visit, step = visits[at % len(visits)], 1 if missing > 0 else -1
            if 0 < visit.minutes[grade] + step <= limit:
                visit.minutes[grade] += step
                missing -= step
            at += 1


def _sum(visits: Sequence[PlannedVisit], grade: int) -> int:
    return sum(visit.minutes[grade] for visit in visits)


def _quotas() -> list[dict[str, int]]:
    """The typical findings by half-month, in proportion to all findings of each."""
    whole = sum(half.findings for half in HALVES)
    shares: list[dict[str, int]] = [{} for _ in HALVES]
    for code, wanted in TYPICAL.items():
        so_far = given = 0
        for share, half in zip(shares, HALVES, strict=True):
            so_far += half.findings
            share[code] = round(wanted * so_far / whole) - given
            given += share[code]
    return shares


def failing_keys(template: Template, visit: PlannedVisit, rooms: Sequence[int]) -> dict[str, PlannedFinding]:
    """Answer key -> finding, for what fails in this checklist; `rooms` are the numbers of the classes looked at."""
    found: dict[str, PlannedFinding] = {}
    for each in visit.findings:
        item = template.item(each.item)
        if item is not None:
            found[str(AnswerKey(item.code, _number(item, visit, rooms)))] = each
    return found


def _number(item: Item, visit: PlannedVisit, rooms: Sequence[int]) -> int | None:
    if item.repeat is None:
        return None
    if item.repeat == "class":
        return rooms[0]
    first, last = item.grades or (1, 9)
    grades = visit.unit.grades if visit.unit else ()
    return max(grade for grade in grades if first <= grade <= last)
