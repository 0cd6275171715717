"""What the teams found in a span of months, counted by the database for `rules.consistency`."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from backend.inspections.models import Answer, Finding, FindingState, SeverityLevel, Visit
from backend.inspections.rules.applicability import items_for
from backend.inspections.rules.checklist import Item, TargetType, Template
from backend.inspections.rules.consistency import Consistency
from backend.inspections.selectors import templates
from backend.inspections.selectors.comparisons import DONE, KINDS
from backend.registry.models import InstitutionClass, Stage, Target, TargetKind, Team

SEVERITIES = tuple(str(one.value) for one in SeverityLevel)
Version = tuple[str, int]

GROUP = ("assignment__team", "target__stage", "target__institution_class", "templates")
"""Visits of one team at one type of target with the same checklists could find the same things."""


class Gathered(NamedTuple):
    """The county's teams in the order of their codes, the figures, and the items they are about by code."""

    teams: list[Team]
    figures: Consistency
    items: Mapping[str, tuple[str, Item]]


class _Group(NamedTuple):
    team: str
    type: str
    versions: tuple[Version, ...]


def gather(county_id: int, first: str, last: str) -> Gathered:
    """Of the plan months `first` to `last` (YYYY-MM, both included), as things stand now. Eight queries at most."""
    visits = _visits(county_id, first, last)
    counted = [(_group(*row[:4]), row[4]) for row in visits.values_list(*GROUP).annotate(n=Count("pk")).order_by()]
    wanted = {version for group, _ in counted for version in group.versions}
    asked = _Asked(templates.versions(county_id, wanted) if wanted else {})
    figures = Consistency(SEVERITIES)
    for group, number in counted:
        figures.add_visits(group.team, group.type, (*asked.of(group)[0], *SEVERITIES), number)
    _add_findings(figures, visits, asked)
    if asked.conditional:
        _add_conditional(figures, visits, asked)
    return Gathered(list(Team.objects.filter(county_id=county_id).order_by("code")), figures, asked.items)


def _visits(county_id: int, first: str, last: str) -> QuerySet[Visit]:
    rows = Visit.objects.filter(
        county_id=county_id, plan_month__gte=first, plan_month__lte=last, kind__in=KINDS, state__in=DONE
    )
    rows = rows.filter(assignment__team__isnull=False).exclude(target__kind=TargetKind.SUSPECTED_SITE)
    rows = rows.exclude(target__institution_class=InstitutionClass.UNLICENSED)
    return rows.exclude(target__stage="", target__institution_class="")


def _group(team: uuid.UUID, stage: str, institution: str, pinned: list[Any]) -> _Group:
    return _Group(str(team), stage or institution, tuple((str(code), int(version)) for code, version in pinned))


def _add_findings(figures: Consistency, visits: QuerySet[Visit], asked: "_Asked") -> None:
    for group, item, number in _found(visits, "item_code"):
        if item in asked.of(group)[0]:
            figures.add_found(group.team, group.type, item, number)
    for group, severity, number in _found(visits, "severity"):
        figures.add_found(group.team, group.type, severity, number)


def _found(visits: QuerySet[Visit], name: str) -> Iterator[tuple[_Group, str, int]]:
    """By group and item or severity the visits with at least one standing finding."""
    rows = Finding.objects.filter(visit__in=visits).exclude(state=FindingState.WITHDRAWN)
    grouped = rows.values_list(*(f"visit__{each}" for each in GROUP), name)
    for row in grouped.annotate(n=Count("visit", distinct=True)).order_by():
        yield _group(*row[:4]), row[4], row[5]


def _add_conditional(figures: Consistency, visits: QuerySet[Visit], asked: "_Asked") -> None:
    """Items with conditions count where they were answered, visit by visit; there are few of them."""
    rows = Finding.objects.filter(visit__in=visits, item_code__in=asked.conditional).exclude(
        state=FindingState.WITHDRAWN
    )
    found = set(rows.values_list("visit_id", "item_code"))
    for visit, group, items in _answered(visits, asked.conditional):
        for item in items & asked.of(group)[1]:
            figures.add_visits(group.team, group.type, [item], 1)
            figures.add_found(group.team, group.type, item, int((visit, item) in found))


def _answered(visits: QuerySet[Visit], items: Iterable[str]) -> Iterator[tuple[uuid.UUID, _Group, set[str]]]:
    named = Q(key__in=list(items))
    for code in items:
        named |= Q(key__startswith=f"{code}#")
    rows = Answer.objects.filter(named, visit__in=visits)
    groups: dict[uuid.UUID, _Group] = {}
    given: dict[uuid.UUID, set[str]] = defaultdict(set)
    for visit, key, *group in rows.values_list("visit_id", "key", *(f"visit__{each}" for each in GROUP)):
        groups[visit] = _group(*group)
        given[visit].add(key.partition("#")[0])
    for visit, group in groups.items():
        yield visit, group, given[visit]


class _Asked:
    """Which items a group of visits could find something on; worked out once per group."""

    def __init__(self, known: Mapping[Version, Template]) -> None:
        self._known = known
        self._usual: dict[tuple[str, tuple[Version, ...]], tuple[frozenset[str], frozenset[str]]] = {}
        self.items = {item.code: (template.code, item) for template in known.values() for item in template.items}
        self.conditional = sorted(code for code, (_, item) in self.items.items() if item.show_if)

    def of(self, group: _Group) -> tuple[frozenset[str], frozenset[str]]:
        """The items with a severity that apply: those always shown, and those that have a condition."""
        key = group.type, group.versions
        if key not in self._usual:
            self._usual[key] = self._work_out(group)
        return self._usual[key]

    def _work_out(self, group: _Group) -> tuple[frozenset[str], frozenset[str]]:
        grades = templates.grades_of(Target(stage=group.type if group.type in Stage.values else ""))
        items = [
            item
            for version in group.versions
            if version in self._known
            for item in items_for(self._known[version], TargetType(group.type), grades)
            if item.severity
        ]
        always = frozenset(item.code for item in items if not item.show_if)
        return always, frozenset(item.code for item in items if item.show_if)
