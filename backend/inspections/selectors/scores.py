"""The score of a visit, explained finding by finding (workflow.md section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.inspections.models import Finding, FindingState, VetoView, Visit, VisitState
from backend.inspections.models.finding import SeverityLevel
from backend.inspections.rules.checklist import Severity, Template
from backend.inspections.rules.grading import LADDER, LEVELS
from backend.inspections.rules.scoring import FULL_SCORE
from backend.inspections.selectors import templates

SCORED = (VisitState.SUBMITTED, VisitState.APPROVED)


@dataclass(frozen=True, slots=True)
class Explained:
    """`score` is what the findings give now; `provisional` until a round is submitted."""

    score: int
    deducted: int
    provisional: bool
    lines: list[dict[str, Any]]
    left_out: list[dict[str, Any]]


def explain(visit: Visit, known: Sequence[Template] | None = None) -> Explained:
    """Wants `findings` in order, each with its `veto_opinions`; `known`: its templates, where they are at hand."""
    findings = list(visit.findings.all())
    texts = {item.code: item.text for template in known or templates.pinned(visit) for item in template.items}
    counted = [row for row in findings if row.state != FindingState.WITHDRAWN]
    lines = [_line(row, texts.get(row.item_code, "")) for row in counted]
    deducted = sum(line["points"] for line in lines)
    return Explained(
        max(0, FULL_SCORE - deducted),
        deducted,
        visit.state not in SCORED,
        lines,
        [_left_out(row) for row in findings if row.state == FindingState.WITHDRAWN],
    )


def _line(row: Finding, question: str) -> dict[str, Any]:
    return {
        "finding": row.pk,
        "number": row.number,
        "item": row.item_code,
        "question": question,
        "text": row.text,
        "base_severity": row.base_severity,
        "severity": row.severity,
        "points": LEVELS[Severity(row.severity)].deduction,
        "reasons": _reasons(row),
    }


def _reasons(row: Finding) -> list[str]:
    """Why the level is not, or not yet, the item's own."""
    said = []
    if row.repeated:
        said.append("十二个月内同一条目重犯，上调一级")
    if row.self_found_fixed:
        said.append("检查前已自查自改，下调一级")
    if row.chosen_severity and row.severity_reason:
        said.append(f"督查员认定为“{SeverityLevel(row.chosen_severity).label}”：{row.severity_reason}")
    return said + _of_veto(row)


def _of_veto(row: Finding) -> list[str]:
    if row.veto_candidate:
        return ["一票否决候选，待听取意见并经两人认定"]
    views = [one for one in row.veto_opinions.all() if one.leads]
    if row.severity == Severity.VETO:
        return ["经听取意见、两人认定为一票否决"]
    lifted = [one for one in views if one.view == VetoView.LIFT]
    return [f"一票否决候选未予认定：{lifted[-1].reason}"] if lifted else []


def _left_out(row: Finding) -> dict[str, Any]:
    return {"finding": row.pk, "number": row.number, "item": row.item_code, "reason": "已撤销"}


def rule() -> list[dict[str, Any]]:
    """Points per level, the lightest first."""
    return [{"severity": level, "name": LEVELS[level].name_zh, "points": LEVELS[level].deduction} for level in LADDER]
