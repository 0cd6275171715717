"""Figures of visits: how many, where, by whom, how well."""

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
    made = list(visits(window).values("pk", "score", "assignment__team_id"))
    found = list(findings(window).values("pk", "visit__assignment__team_id"))
    photos = list(_photos(window))
    out: Figures = {}
    for team in teams:
        own = [row for row in made if row["assignment__team_id"] == team.pk]
        scores = [row["score"] for row in own if row["score"] is not None]
        key = f"team.{team.code}"
        out[f"{key}.visits"] = counted("visit", (row["pk"] for row in own))
        out[f"{key}.photos"] = counted("evidence", (pk for pk, of in photos if of == team.pk))
        out[f"{key}.findings"] = counted(
            "finding", (row["pk"] for row in found if row["visit__assignment__team_id"] == team.pk)
        )
        out[f"{key}.score"] = measured("visit", (row["pk"] for row in own if row["score"] is not None), mean(scores))
    return out


def _photos(window: Window) -> Iterable[tuple[Any, Any]]:
    rows = Evidence.objects.filter(visit__in=visits(window).values("pk"), kind=EvidenceKindName.PHOTO)
    return rows.filter(added_at__lt=window.cut_off).values_list("pk", "visit__assignment__team_id")
