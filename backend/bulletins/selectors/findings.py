"""Figures of findings: categories, severities, on-spot corrections."""

from backend.bulletins.rules.figures import Figures, counted
from backend.bulletins.selectors.window import Window, findings
from backend.inspections.models import ChecklistTemplate, SeverityLevel
from backend.registry.models import TargetKind

GRAVE = (SeverityLevel.SERIOUS, SeverityLevel.VETO)


def figures(window: Window) -> Figures:
    """Findings in all, by severity, by category (checklist), and those corrected while the inspectors were there."""
    rows = list(findings(window).values_list("pk", "severity", "template_code", "rectified_on_spot", "target__kind"))
    out = {
        "findings": counted("finding", (row[0] for row in rows)),
        "findings.grave": counted("finding", (row[0] for row in rows if row[1] in GRAVE)),
        "findings.on_spot": counted("finding", (row[0] for row in rows if row[3])),
    }
    for kind in TargetKind.values:
        out[f"findings.kind.{kind}"] = counted("finding", (row[0] for row in rows if row[4] == kind))
    for severity in SeverityLevel.values:
        out[f"findings.severity.{severity}"] = counted("finding", (row[0] for row in rows if row[1] == severity))
    for code in {row[2] for row in rows}:
        out[f"findings.category.{code}"] = counted("finding", (row[0] for row in rows if row[2] == code))
    return out


def categories(window: Window) -> list[dict[str, str]]:
    """The checklists in which anything was found, the most findings first: `{code, name}`."""
    codes = list(findings(window).values_list("template_code", flat=True))
    rows = ChecklistTemplate.objects.filter(county_id=window.county_id, code__in=set(codes)).order_by("version")
    names = dict(rows.values_list("code", "name"))
    ranked = sorted(set(codes), key=lambda code: (-codes.count(code), code))
    return [{"code": code, "name": short_name(names.get(code, code))} for code in ranked]


def short_name(name: str) -> str:
    """The name of a checklist without its explanation in brackets."""
    return name.split("（")[0]
