"""Everything an issue says, gathered once and frozen: plain JSON data."""

from typing import Any

from backend.accounts.models import County
from backend.bulletins.models import Bulletin
from backend.bulletins.rules import figures as rules
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.rules.periods import Period
from backend.bulletins.selectors import (
    cases,
    coverage,
    findings,
    institutions,
    managements,
    missing,
    practices,
    rectification,
    schools,
    supplement,
    units,
    visited,
    visits,
)
from backend.bulletins.selectors.window import Window

SCHEMA = 2
"""Of the snapshot; a snapshot is read by the schema it was written in."""


def gather(window: Window) -> dict[str, Any]:
    """The facts of one window. The same window gives the same facts as long as the rows behind them stand."""
    covered = coverage.read(window)
    lines = rectification.ledger(window)
    extract, others = rectification.extract(window, lines)
    before = previous(window.county_id, window.period)
    own = (
        visits.figures(window)
        | visits.by_team(window, covered.teams)
        | coverage.figures(covered)
        | findings.figures(window)
        | schools.figures(window)
        | institutions.figures(window)
        | managements.figures(window)
        | supplement.figures(window)
        | rectification.figures(window, lines)
        | missing.figures()
    )
    return {
        "schema": SCHEMA,
        **_head(window, before),
        "teams": [{"code": team.code, "name": team.name, "track": team.track} for team in covered.teams],
        "districts": rectification.districts(lines),
        "categories": findings.categories(window),
        "disposals": institutions.disposals(window.county_id),
        "units": units.names(window.county_id),
        "coverage_by_day": coverage.by_day(covered, window),
        "visited": visited.schools(window),
        "serious": cases.serious(window),
        "cases": cases.candidates(window),
        "practices": practices.candidates(window, lines),
        "late": rectification.late_list(window, lines),
        "ledger": extract,
        "ledger_others": others,
        "figures": rules.compared(own, before.facts["figures"] if before else None),
    }


def _head(window: Window, before: Bulletin | None) -> dict[str, Any]:
    county = County.objects.get(pk=window.county_id)
    period = window.period
    return {
        "county": {"name": county.name, "issuer": county.issuer},
        "period": {"start": period.start.isoformat(), "end": period.end.isoformat()},
        "cut_off": window.cut_off.isoformat().replace("+00:00", "Z"),
        "previous": {"start": before.period_start.isoformat(), "snapshot_hash": before.snapshot_hash}
        if before
        else None,
    }


def previous(county_id: int, period: Period) -> Bulletin | None:
    """The issue of the period before, if it stands and its figures are of the whole period."""
    earlier = period.before()
    rows = Bulletin.objects.filter(county_id=county_id, period_start=earlier.start, cut_off=earlier.ends_at)
    return rows.exclude(state=State.WITHDRAWN).first()
