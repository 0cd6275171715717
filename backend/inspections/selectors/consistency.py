"""What the teams found in a span of months, gathered for `rules.consistency`."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Q

from backend.inspections.models import Answer, Finding, FindingState, SeverityLevel, Visit
from backend.inspections.rules.applicability import items_for
from backend.inspections.rules.checklist import Item, TargetType, Template
from backend.inspections.rules.consistency import Consistency, Fact
from backend.inspections.selectors import templates
from backend.inspections.selectors.comparisons import DONE, KINDS
from backend.registry.models import InstitutionClass, Stage, Target, TargetKind, Team

SEVERITIES = tuple(str(one.value) for one in SeverityLevel)
Version = tuple[str, int]
Versions = tuple[Version, ...]


class Gathered(NamedTuple):
    """The county's teams in the order of their codes, the figures, and the items they are about by code."""

    teams: list[Team]
    figures: Consistency
    items: Mapping[str, tuple[str, Item]]


class _Row(NamedTuple):
    visit: uuid.UUID
    team: uuid.UUID
    type: str
    versions: Versions


def gather(county_id: int, first: str, last: str) -> Gathered:
    """Of the plan months `first` to `last` (YYYY-MM, both included), as things stand now. Six queries at most."""
    rows = _rows(county_id, first, last)
    known = templates.versions(county_id, {version for row in rows for version in row.versions}) if rows else {}
    items = {item.code: (template.code, item) for template in known.values() for item in template.items}
    return Gathered(
        list(Team.objects.filter(county_id=county_id).order_by("code")),
        _figures(county_id, rows, known, first, last),
        items,
    )


def _rows(county_id: int, first: str, last: str) -> list[_Row]:
    rows = Visit.objects.filter(
        county_id=county_id, plan_month__gte=first, plan_month__lte=last, kind__in=KINDS, state__in=DONE
    )
    rows = rows.filter(assignment__team__isnull=False).exclude(target__kind=TargetKind.SUSPECTED_SITE)
    rows = rows.exclude(target__institution_class=InstitutionClass.UNLICENSED)
    names = ("pk", "assignment__team_id", "target__stage", "target__institution_class", "templates")
    return [
        _Row(pk, team, stage or institution, tuple((str(code), int(version)) for code, version in pinned))
        for pk, team, stage, institution, pinned in rows.values_list(*names)
        if stage or institution
    ]


def _figures(county_id: int, rows: list[_Row], known: Mapping[Version, Template], first: str, last: str) -> Consistency:
    found: dict[uuid.UUID, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for visit, item, severity in _findings(county_id, first, last):
        found[visit][0].add(item)
        found[visit][1].add(severity)
    asked = _Asked(known, _answered(county_id, known, first, last))
    facts = (
        Fact(str(row.team), row.type, asked.of(row), frozenset(found[row.visit][0]), frozenset(found[row.visit][1]))
        for row in rows
    )
    return Consistency(facts, SEVERITIES)


def _findings(county_id: int, first: str, last: str) -> Iterable[tuple[uuid.UUID, str, str]]:
    rows = Finding.objects.filter(county_id=county_id, visit__plan_month__gte=first, visit__plan_month__lte=last)
    return rows.exclude(state=FindingState.WITHDRAWN).values_list("visit_id", "item_code", "severity")


def _answered(county_id: int, known: Mapping[Version, Template], first: str, last: str) -> dict[uuid.UUID, set[str]]:
    """The items with conditions that each visit answered; nothing is asked of the database where there are none."""
    items = [item for template in known.values() for item in template.items if item.show_if]
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    if items:
        rows = Answer.objects.filter(
            visit__county_id=county_id, visit__plan_month__gte=first, visit__plan_month__lte=last
        )
        named = Q(key__in={item.code for item in items if not item.repeat})
        for code in {item.code for item in items if item.repeat}:
            named |= Q(key__startswith=f"{code}#")
        for visit, key in rows.filter(named).values_list("visit_id", "key"):
            found[visit].add(key.partition("#")[0])
    return found


class _Asked:
    """Which items a visit could find something on; worked out once per kind of visit."""

    def __init__(self, known: Mapping[Version, Template], answered: Mapping[uuid.UUID, set[str]]) -> None:
        self._known, self._answered = known, answered
        self._usual: dict[tuple[Versions, str], tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, row: _Row) -> frozenset[str]:
        key = row.versions, row.type
        if key not in self._usual:
            self._usual[key] = self._work_out(row)
        always, sometimes = self._usual[key]
        return always | (sometimes & self._answered.get(row.visit, set())) if sometimes else always

    def _work_out(self, row: _Row) -> tuple[frozenset[str], frozenset[str]]:
        """The items with a severity that apply: those always shown, and those that have a condition."""
        target: Any = Target(stage=row.type if row.type in Stage.values else "")
        pinned = (self._known.get(version) for version in row.versions)
        items = [
            item
            for template in pinned
            if template
            for item in items_for(template, TargetType(row.type), templates.grades_of(target))
            if item.severity
        ]
        always = frozenset(item.code for item in items if not item.show_if)
        return always, frozenset(item.code for item in items if item.show_if)
