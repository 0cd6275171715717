"""How often units are entered: the yearly list, and warnings before it becomes too often (workflow.md, fact 3)."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from backend.inspections.models import Assignment, AssignmentState, InspectionPlan, PlanKind, VisitKind, VisitState
from backend.registry.models import Target, TargetKind

LIMIT = 2
"""Visits of a school in a month, besides tip checks and reviews (two tracks; product default)."""

UNCOUNTED = frozenset({VisitKind.TIP_CHECK, VisitKind.REVIEW_VISIT})
"""What follows from the school's own faults is no burden of the plan."""


@dataclass(slots=True)
class Burden:
    """Visits of a unit by kind: `month` with what is still planned in it, `year` the same of the whole year."""

    limit: int
    month: Counter[str] = field(default_factory=Counter)
    year: Counter[str] = field(default_factory=Counter)

    @property
    def counted(self) -> int:
        """Those of the month that the limit is about."""
        return sum(number for kind, number in self.month.items() if kind not in UNCOUNTED)

    @property
    def is_over(self) -> bool:
        return self.counted > self.limit


@dataclass(frozen=True, slots=True)
class Warning:
    """An assignment with which a school is visited more often than the limit says."""

    assignment: Assignment
    month: str
    counted: int
    limit: int

    @property
    def text(self) -> str:
        """One Chinese sentence."""
        month = f"{self.month[:4]}年{int(self.month[5:])}月"
        return f"“{self.assignment.target.name}”{month}已安排到访{self.counted}次，超过每月{self.limit}次的上限。"


def of_targets(county_id: int, target_ids: Iterable[uuid.UUID], month: str) -> dict[uuid.UUID, Burden]:
    """By target the visits made and still planned in `month` and its year; those called off do not count."""
    wanted, limit = list(target_ids), limit_of(county_id, month)
    found = {target: Burden(limit) for target in wanted}
    rows = Assignment.objects.filter(county_id=county_id, target__in=wanted, plan_month__startswith=month[:4])
    rows = rows.exclude(state=AssignmentState.CANCELLED).exclude(visit__state=VisitState.CANCELLED)
    for target, kind, of_month in rows.values_list("target_id", "kind", "plan_month"):
        found[target].year[kind] += 1
        found[target].month[kind] += of_month == month
    return found


def limit_of(county_id: int, month: str) -> int:
    rows = InspectionPlan.objects.filter(county_id=county_id, month=month, kind=PlanKind.MONTHLY)
    found = rows.values_list("visit_limit", flat=True).first()
    return LIMIT if found is None else found


def warnings(county_id: int, made: Iterable[Assignment]) -> list[Warning]:
    """One for each of these assignments that takes a school over its limit; they are counted themselves."""
    by_month: dict[str, list[Assignment]] = defaultdict(list)
    for row in made:
        if row.kind not in UNCOUNTED and row.target.kind == TargetKind.SCHOOL:
            by_month[row.plan_month].append(row)
    found = []
    for month, rows in sorted(by_month.items()):
        known = of_targets(county_id, {row.target_id for row in rows}, month)
        over = [(row, known[row.target_id]) for row in rows if known[row.target_id].is_over]
        found += [Warning(row, month, one.counted, one.limit) for row, one in over]
    return found


def units(county_id: int, kind: str) -> QuerySet[Target]:
    """The county's schools, or its institutions, whose checks in a year are counted (workflow.md section 0, fact 2);
    those that were closed as well: the yearly list has them.
    """
    return Target.objects.filter(county_id=county_id, kind=kind)


def schools(county_id: int) -> QuerySet[Target]:
    """See `units`."""
    return units(county_id, TargetKind.SCHOOL)
