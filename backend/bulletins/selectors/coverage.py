"""Coverage of the month to date, as `inspections` defines it, with its course from day to day.

In all, a unit counts once, whichever track visited it (every target once a month, workflow.md section 1.3): the same
share as `units` of the coverage of plans. Per track and team it counts on each track that is in charge of it.
"""

import calendar
import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from backend.bulletins.rules.figures import Figure, Figures, counted, measured, percent
from backend.bulletins.selectors.window import Window
from backend.core import clock
from backend.inspections.selectors.coverage import Coverage, Share, coverage
from backend.registry.models import Team

MOMENT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Month:
    """The month's coverage at the cut-off, what it should be by then, and when each covered unit first was."""

    found: Coverage
    units: Share
    teams: list[Team]
    goal: float | None
    arrivals: dict[uuid.UUID, dt.datetime]


def read(window: Window) -> Month:
    """The month of the period up to the cut-off."""
    last = window.cut_off - MOMENT
    found = coverage(window.county_id, window.period.month, cut_off=last)
    arrivals: dict[uuid.UUID, dt.datetime] = {}
    for cell in found.cells:
        if cell.covered_at is not None:
            arrivals[cell.target.pk] = min(cell.covered_at, arrivals.get(cell.target.pk, cell.covered_at))
    return Month(found, found.units, _teams(window), goal(last), arrivals)


def _teams(window: Window) -> list[Team]:
    """The teams at work at the cut-off, department track first."""
    open_ = Q(closed_at__isnull=True) | Q(closed_at__gte=window.cut_off)
    return list(Team.objects.filter(open_, county_id=window.county_id).order_by("track", "code"))


def figures(month: Month) -> Figures:
    """Coverage in all, by track and by team: assigned, visited, percent. Records are targets."""
    shares = {row.team.pk: row.share for row in month.found.teams}
    out: Figures = {}
    for team in month.teams:
        out |= _three(f"team.{team.code}", shares[team.pk])
    for track, share in month.found.tracks.items():
        out |= _three(f"coverage.track.{track}", share)
    out |= _three("coverage.both", month.found.both) | _three("coverage", month.units)
    return out | {"coverage.target": measured("target", (), month.goal)}


def _three(key: str, share: Share) -> dict[str, Figure]:
    return {
        f"{key}.assigned": counted("target", share.scope),
        f"{key}.visited": counted("target", share.covered),
        f"{key}.rate": measured("target", share.covered, percent(len(share.covered), len(share.scope))),
    }


def by_day(month: Month, window: Window) -> list[dict[str, Any]]:
    """Percent at the end of each day of the period, and the target: the month's days gone, in percent.

    `actual` is None for days after the cut-off and where nothing is to be visited.
    """
    days = (window.period.end - window.period.start).days + 1
    return [_day(month, window, window.period.start + dt.timedelta(days=at)) for at in range(days)]


def _day(month: Month, window: Window, day: dt.date) -> dict[str, Any]:
    night = clock.midnight(day + dt.timedelta(days=1))
    visited = sum(at < night for at in month.arrivals.values())
    actual = percent(visited, len(month.units.scope)) if night <= window.cut_off else None
    return {"day": day.isoformat(), "actual": actual, "target": goal(clock.midnight(day))}


def goal(at: dt.datetime) -> float | None:
    """What should be covered by now (时间进度): the share of the month of `at` that is gone at the end of its day, in
    percent.
    """
    day = clock.local_date(at)
    return percent(day.day, calendar.monthrange(day.year, day.month)[1])
