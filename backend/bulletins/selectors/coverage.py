"""Coverage of the month to date, as `inspections` defines it, with its course from day to day.

In all, a target that two tracks are in charge of counts twice (demonstration county: 436 = 115 x 2 + 206).
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
from backend.inspections.models import VisitRound
from backend.inspections.selectors.coverage import Coverage, Share, coverage
from backend.registry.models import Team

Pair = tuple[str, uuid.UUID]
"""A track and a target that it is to visit."""


@dataclass(frozen=True, slots=True)
class Month:
    """The month's coverage at the cut-off, what it should be by then, and when each covered pair first was."""

    found: Coverage
    teams: list[Team]
    goal: float | None
    arrivals: dict[Pair, dt.datetime]

    @property
    def due(self) -> int:
        return sum(len(share.scope) for share in self.found.tracks.values())


def read(window: Window) -> Month:
    """The month of the period up to the cut-off."""
    found = coverage(window.county_id, window.period.month, cut_off=window.cut_off - dt.timedelta(microseconds=1))
    covered = {(track, target) for track, share in found.tracks.items() for target in share.covered}
    first = clock.midnight(window.period.start.replace(day=1))
    rows = VisitRound.objects.filter(
        visit__county_id=window.county_id,
        counts_for_coverage=True,
        submitted_at__gte=first,
        submitted_at__lt=window.cut_off,
    )
    arrivals: dict[Pair, dt.datetime] = {}
    for track, target, at in rows.order_by("submitted_at").values_list(
        "visit__track", "visit__target_id", "submitted_at"
    ):
        if (track, target) in covered:
            arrivals.setdefault((track, target), at)
    return Month(found, _teams(window), _goal(window.cut_off - dt.timedelta(microseconds=1)), arrivals)


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
    return out | _three("coverage.both", month.found.both) | _whole(month)


def _three(key: str, share: Share) -> dict[str, Figure]:
    return {
        f"{key}.assigned": counted("target", share.scope),
        f"{key}.visited": counted("target", share.covered),
        f"{key}.rate": measured("target", share.covered, percent(len(share.covered), len(share.scope))),
    }


def _whole(month: Month) -> Figures:
    scope = {target for share in month.found.tracks.values() for target in share.scope}
    covered = {target for _, target in month.arrivals}
    return {
        "coverage.assigned": measured("target", scope, month.due),
        "coverage.visited": measured("target", covered, len(month.arrivals)),
        "coverage.rate": measured("target", covered, percent(len(month.arrivals), month.due)),
        "coverage.target": measured("target", (), month.goal),
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
    actual = percent(visited, month.due) if night <= window.cut_off else None
    return {"day": day.isoformat(), "actual": actual, "target": _goal(clock.midnight(day))}


def _goal(at: dt.datetime) -> float | None:
    """The share of its month that is gone at the end of the day of `at`, in percent."""
    day = clock.local_date(at)
    return percent(day.day, calendar.monthrange(day.year, day.month)[1])
