"""The serious list, and candidates for typical cases."""

import datetime as dt
import uuid
from typing import Any

from backend.bulletins.rules import naming
from backend.bulletins.selectors.findings import GRAVE
from backend.bulletins.selectors.window import Window, findings
from backend.inspections.models import Finding, FindingState, SeverityLevel
from backend.inspections.rules.citations import stored_citation
from backend.inspections.selectors import copies

MOST_CASES = 8
MOST_PHOTOS = 2
"""Of one case: a row of the paper."""
WEIGHT = {SeverityLevel.VETO: 0, SeverityLevel.SERIOUS: 1, SeverityLevel.MODERATE: 2, SeverityLevel.MINOR: 3}
UNCONFIRMED = (FindingState.RECORDED, FindingState.RECTIFIED_ON_SPOT)
"""Until the visit is approved nobody is to be held up as a case."""


def serious(window: Window) -> list[dict[str, Any]]:
    """Every serious finding and veto of the window, by name, whatever its state, the gravest first."""
    grave = findings(window).filter(severity__in=GRAVE).select_related("target")
    return [_case(row, named=True) for row in sorted(grave, key=_order)]


def candidates(window: Window) -> list[dict[str, Any]]:
    """The gravest confirmed findings of the window, at most eight, with the place as it may be printed and the hashes
    of those copies of their photos that may be shown.
    """
    confirmed = sorted(findings(window).exclude(state__in=UNCONFIRMED).only("severity", "recorded_at"), key=_order)
    chosen = [row.pk for row in confirmed[:MOST_CASES]]
    rows = Finding.objects.select_related("target").in_bulk(chosen)
    photos = copies.of_findings(window.county_id, chosen)
    return [
        _case(rows[pk], named=False) | {"photos": [copy.sha256 for copy in photos.get(pk, [])[:MOST_PHOTOS]]}
        for pk in chosen
    ]


def _order(row: Finding) -> tuple[int, dt.datetime, uuid.UUID]:
    return WEIGHT[SeverityLevel(row.severity)], row.recorded_at, row.pk


def _case(row: Finding, *, named: bool) -> dict[str, Any]:
    place = naming.place(row.target.name, row.target.type_code, row.severity)
    shown = row.target.name if named else place
    return {
        "finding": str(row.pk),
        "unit": row.target.name,
        "type": row.target.type_code,
        "place": shown,
        "text": naming.fact(row.text, row.target.name, shown),
        "basis": _basis(row.legal_basis),
        "severity": _severity(row),
        "state": FindingState(row.state).label,
    }


def _severity(row: Finding) -> str:
    label = SeverityLevel(row.severity).label
    return f"{label}（候选）" if row.severity == SeverityLevel.VETO and row.veto_candidate else label


def _basis(entries: list[dict[str, str]]) -> str:
    """The first document named, with its article."""
    return stored_citation(entries[0]) if entries else ""
