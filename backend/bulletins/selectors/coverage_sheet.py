"""The grid of the monthly coverage sheet: unit by week, both tracks."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from typing import Any

from backend.accounts.models import County
from backend.bulletins.rules import months
from backend.bulletins.rules.ranking import placed_teams
from backend.bulletins.selectors import coverage, standings
from backend.bulletins.selectors.window import Window
from backend.core import clock
from backend.inspections.models import VisitRound
from backend.inspections.selectors.coverage import Cell, district_names
from backend.inspections.selectors.statistics import cancelled
from backend.registry.models import InstitutionClass, Stage, Track

KINDS: dict[str, str] = {
    **dict(Stage.choices),
    **dict(InstitutionClass.choices),
    Stage.NINE_YEAR: "九年一贯",
    Stage.COMPLETE_JUNIOR: "完中初中",
    Stage.SPECIAL: "特教学校",
}
"""Short, so that a line of the sheet stays a line."""

Key = tuple[uuid.UUID, str]


def gather(county_id: int, month: str) -> dict[str, Any]:
    """The sheet of a month as known now: weeks, units in scope by district and code, teams by track and rank.

    Raises `Invalid(bad_month)`.
    """
    period = months.of(month)
    window = Window(county_id, period, max(period.begins_at, min(clock.now(), period.ends_at)))
    covered = coverage.read(window)
    weeks = months.weeks(period)
    made = _made(window)
    return {
        "issuer": County.objects.get(pk=county_id).issuer,
        "month": month,
        "cut_off": window.cut_off,
        "assigned": len(covered.units.scope),
        "covered": len(covered.units.covered),
        "weeks": weeks,
        "units": _units(county_id, covered.found.cells, weeks, made, covered.units.covered),
        "teams": _teams(window, covered),
    }


def _made(window: Window) -> dict[Key, list[dt.date]]:
    """The days of valid visits by target and track, as coverage counts them: by the last round before the cut-off."""
    rows = VisitRound.objects.filter(
        visit__county_id=window.county_id,
        visit__submitted_at__gte=window.start,
        submitted_at__gte=window.start,
        submitted_at__lt=window.cut_off,
    ).exclude(visit__in=cancelled(window.county_id, window.cut_off))
    columns = ("visit_id", "counts_for_coverage", "submitted_at", "visit__target_id", "visit__track")
    last = {row[0]: row for row in rows.order_by("round").values_list(*columns)}
    found: dict[Key, list[dt.date]] = defaultdict(list)
    for _, valid, at, target, track in last.values():
        if valid:
            found[target, track].append(clock.local_date(at))
    return found


def _units(
    county_id: int,
    cells: list[Cell],
    weeks: list[tuple[dt.date, dt.date]],
    made: dict[Key, list[dt.date]],
    covered: set[uuid.UUID],
) -> list[dict[str, Any]]:
    names = district_names(county_id)
    units: dict[uuid.UUID, dict[str, Any]] = {}
    for cell in cells:
        target = cell.target
        row = units.setdefault(
            target.pk,
            {
                "name": target.name, "code": target.code, "kind": KINDS.get(target.type_code, ""),
                "district": names[target.district_id] if target.district_id else "", "covered": target.pk in covered,
                "department": None, "station": None,
            },
        )  # fmt: skip
        row[cell.track] = _by_week(weeks, made.get(cell.key, []))
    return sorted(units.values(), key=lambda row: (row["district"], row["code"]))


def _by_week(weeks: list[tuple[dt.date, dt.date]], days: list[dt.date]) -> list[int]:
    counts = Counter(next(at for at, (first, last) in enumerate(weeks) if first <= day <= last) for day in days)
    return [counts[at] for at in range(len(weeks))]


def _teams(window: Window, covered: coverage.Month) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    records = standings.teams(window, covered)
    for track in Track.values:
        ranked = placed_teams(one for one in records if one.track == track)
        found[track] = [
            {"rank": rank, "name": one.name, "assigned": one.assigned, "visited": one.visited,
             "coverage": one.coverage, "timeliness": one.timeliness}
            for rank, one in ranked
        ]  # fmt: skip
    return found
