"""Everything a circular says, gathered once and frozen: plain JSON data."""

from typing import Any

from backend.accounts.models import County
from backend.bulletins.models import Circular
from backend.bulletins.rules import figures as rules
from backend.bulletins.rules import naming
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.rules.periods import Period
from backend.bulletins.selectors import (
    coverage,
    findings,
    institutions,
    managements,
    rectification,
    schools,
    standings,
    units,
    visits,
)
from backend.bulletins.selectors.findings import GRAVE
from backend.bulletins.selectors.window import Window
from backend.bulletins.selectors.window import findings as window_findings
from backend.inspections.models import FindingState, SeverityLevel
from backend.inspections.rules.citations import stored_citation

SCHEMA = 1
SERIES = "督通"
KNOWN_TO_UNIT = (FindingState.IN_NOTICE, FindingState.RECTIFYING, FindingState.REPORTED, FindingState.RETURNED,
                 FindingState.CLOSED)  # fmt: skip
MOST_PROBLEMS = 40


def gather(window: Window) -> dict[str, Any]:
    """The facts of one month. The same window gives the same facts as long as the rows behind them stand."""
    covered = coverage.read(window)
    lines = rectification.ledger(window)
    own = (
        visits.figures(window)
        | coverage.figures(covered)
        | findings.figures(window)
        | schools.figures(window)
        | institutions.figures(window)
        | managements.figures(window)
        | rectification.figures(window, lines)
    )
    before = previous(window.county_id, window.period)
    county = County.objects.get(pk=window.county_id)
    return {
        "schema": SCHEMA,
        "county": {"name": county.name, "issuer": county.issuer, "mark": f"{county.number_prefix}{SERIES}"},
        "month": window.period.month,
        "cut_off": window.cut_off.isoformat().replace("+00:00", "Z"),
        "categories": findings.categories(window),
        "disposals": institutions.disposals(window.county_id),
        "problems": problems(window),
        "groups": standings.groups(window),
        "units": units.names(window.county_id),
        "figures": rules.compared(own, before.facts["figures"] if before else None),
    }


def previous(county_id: int, period: Period) -> Circular | None:
    """The circular of the month before, if it stands."""
    month = period.before().month
    return Circular.objects.filter(county_id=county_id, month=month).exclude(state=State.WITHDRAWN).first()


def problems(window: Window) -> list[dict[str, Any]]:
    """Serious findings that an issued notice has told the unit of: whom the circular may name, the gravest first."""
    rows = window_findings(window).filter(severity__in=GRAVE, state__in=KNOWN_TO_UNIT).select_related("target")
    rows = rows.exclude(severity=SeverityLevel.VETO, veto_candidate=True)  # nobody has confirmed it
    ranked = sorted(rows, key=lambda row: (row.severity != SeverityLevel.VETO, row.recorded_at, row.pk))
    return [
        {
            "finding": str(row.pk),
            "unit": row.target.name,
            "text": naming.shortened(row.text, naming.LONGEST_FACT),
            "basis": stored_citation(row.legal_basis[0]) if row.legal_basis else "",
            "severity": SeverityLevel(row.severity).label,
            "state": FindingState(row.state).label,
        }
        for row in ranked
        if row.target.type_code not in naming.NEVER_NAMED
    ][:MOST_PROBLEMS]
