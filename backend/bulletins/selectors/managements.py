"""Figures of the five managements (五项管理: 作业、睡眠、手机、读物、体质), as the checklists asked of them.

Homework is the checklist ZY; sleep, phones, reading and fitness are the sections of WX. A visit *meets* one of them
where at least one of its items was judged and none failed.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.bulletins.rules.figures import Figures, counted, measured, percent
from backend.bulletins.rules.wording import MANAGEMENTS
from backend.bulletins.selectors.window import Window, findings, visits
from backend.inspections.models import ChecklistTemplate, VisitRound
from backend.inspections.rules.checklist import Item, TargetType, Template
from backend.inspections.rules.verdicts import Verdict, verdict

HOMEWORK, REST = "ZY", "WX"
SECTIONS = {"睡眠": "sleep", "手机": "phone", "读物": "reading", "体质": "fitness"}

Visits = dict[str, set[uuid.UUID]]


@dataclass(slots=True)
class Catalogue:
    """The items of both checklists in every version of the county, by code."""

    versions: dict[tuple[str, int], dict[str, Item]]
    newest: dict[str, int]

    def item(self, code: str, versions: dict[str, int]) -> Item | None:
        """The item in the version that the visit used; None for an item of another checklist."""
        template = code.partition("-")[0]
        if template not in self.newest:
            return None
        version = versions.get(template, self.newest[template])
        return self.versions.get((template, version), {}).get(code)


@dataclass(frozen=True, slots=True)
class Submitted:
    """Of one visit: its answers by key, the versions of its checklists, the stage of its school."""

    answers: dict[str, Any]
    versions: dict[str, int]
    stage: str


def figures(window: Window) -> Figures:
    """Per management: visits that looked at it, those that met it, their share; findings."""
    catalogue = _catalogue(window.county_id)
    checked: Visits = defaultdict(set)
    failed: Visits = defaultdict(set)
    for visit, own in _answers(window).items():
        for management, result in _judged(catalogue, own):
            checked[management].add(visit)
            if result is Verdict.FAIL:
                failed[management].add(visit)
    out: Figures = {}
    for code in MANAGEMENTS:
        met = checked[code] - failed[code]
        out[f"five.{code}.checked"] = counted("visit", checked[code])
        out[f"five.{code}.met"] = counted("visit", met)
        out[f"five.{code}.met.rate"] = measured("visit", met, percent(len(met), len(checked[code])))
    return out | _findings(window, catalogue)


def _judged(catalogue: Catalogue, own: Submitted) -> Iterator[tuple[str, Verdict]]:
    """The verdicts of a visit, each with the management that it is about."""
    for key, given in own.answers.items():
        item = catalogue.item(key.partition("#")[0], own.versions)
        management = _management(item) if item is not None and item.pass_rule is not None else None
        if item is None or management is None or given["value"] is None:
            continue
        result = verdict(item, given["value"], TargetType(own.stage))
        if result in (Verdict.PASS, Verdict.FAIL):
            yield management, result


def _management(item: Item) -> str | None:
    if item.code.startswith(HOMEWORK):
        return "homework"
    return SECTIONS.get(item.section)


def _catalogue(county_id: int) -> Catalogue:
    rows = ChecklistTemplate.objects.filter(county_id=county_id, code__in=(HOMEWORK, REST)).order_by("version")
    found: dict[tuple[str, int], dict[str, Item]] = {}
    newest: dict[str, int] = {}
    for row in rows:
        template: Template = row.parsed
        found[row.code, row.version] = {item.code: item for item in template.items}
        newest[row.code] = row.version
    return Catalogue(found, newest)


def _answers(window: Window) -> dict[uuid.UUID, Submitted]:
    """Per visit of a school what was last submitted before the cut-off."""
    rounds = VisitRound.objects.filter(
        visit__in=visits(window).values("pk"), submitted_at__lt=window.cut_off, visit__target__stage__gt=""
    )
    rows = rounds.order_by("visit_id", "round").values_list(
        "visit_id", "content__answers", "content__templates", "visit__target__stage"
    )
    return {visit: Submitted(answers or {}, dict(lists or ()), stage) for visit, answers, lists, stage in rows}


def _findings(window: Window, catalogue: Catalogue) -> Figures:
    own: dict[str, list[uuid.UUID]] = defaultdict(list)
    rows = findings(window).filter(template_code__in=(HOMEWORK, REST)).values_list("pk", "item_code")
    for pk, code in rows:
        item = catalogue.item(code, {})
        management = _management(item) if item else None
        if management:
            own[management].append(pk)
    return {f"five.{code}.findings": counted("finding", own[code]) for code in MANAGEMENTS}
