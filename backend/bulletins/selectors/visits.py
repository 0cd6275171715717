"""Figures of visits: how many, where, by whom, how well."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from backend.bulletins.rules.figures import Figures, counted, mean, measured
from backend.bulletins.selectors.window import Window, findings, visits
from backend.inspections.models import Evidence, EvidenceKindName
from backend.registry.models import TargetKind, Team, Track


def figures(window: Window) -> Figures:
    """Visits in all and by track, and the schools and institutions visited."""
    rows = list(visits(window).values_list("pk", "track", "target_id", "target__kind"))
    out = {"visits": counted("visit", (row[0] for row in rows))}
    for track in Track.values:
        out[f"visits.track.{track}"] = counted("visit", (row[0] for row in rows if row[1] == track))
    out["schools"] = counted("target", (row[2] for row in rows if row[3] == TargetKind.SCHOOL))
    return out


def by_team(window: Window, teams: Iterable[Team]) -> Figures:
    """Per team of the window: visits, photos, findings, average score."""
    made = _grouped(visits(window).values_list("assignment__team_id", "pk", "score"))
    found = _grouped(findings(window).values_list("visit__assignment__team_id", "pk"))
    photos = _grouped((team, pk) for pk, team in _photos(window))
    out: Figures = {}
    for team in teams:
        own = made[team.pk]
        scored = [(pk, score) for pk, score in own if score is not None]
        key = f"team.{team.code}"
        out[f"{key}.visits"] = counted("visit", (pk for pk, _ in own))
        out[f"{key}.photos"] = counted("evidence", (pk for (pk,) in photos[team.pk]))
        out[f"{key}.findings"] = counted("finding", (pk for (pk,) in found[team.pk]))
        out[f"{key}.score"] = measured("visit", (pk for pk, _ in scored), mean(score for _, score in scored))
    return out


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[Any, list[tuple[Any, ...]]]:
    """Rows by their first column, without it."""
    found: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for team, *rest in rows:
        found[team].append(tuple(rest))
    return found


def _photos(window: Window) -> Iterable[tuple[Any, Any]]:
    rows = Evidence.objects.filter(visit__in=visits(window).values("pk"), kind=EvidenceKindName.PHOTO)
    return rows.filter(added_at__lt=window.cut_off).values_list("pk", "visit__assignment__team_id")
