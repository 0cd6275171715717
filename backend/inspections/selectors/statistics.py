"""Figures about visits for bulletins, every figure with the records behind it.

Counted are submitted rounds, which never change, by the time we received them: a period compiled again later says the
same. Of a visit submitted several times the last round before the cut-off counts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backend.inspections.models import (
    Assignment,
    AssignmentState,
    Evidence,
    EvidenceKindName,
    Finding,
    FindingState,
    VisitRound,
    VisitTransition,
)

HOMEWORK_ITEMS = ("ZY-07", "ZY-08")
"""Items whose answers are minutes of written homework by grade."""


@dataclass(frozen=True, slots=True)
class Window:
    """Submitted at or after `since` and before `until`, and received at or before `cut_off`."""

    since: dt.datetime
    until: dt.datetime
    cut_off: dt.datetime


@dataclass(slots=True)
class Figure:
    """A count with the ids of the records that it counts."""

    ids: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.ids)

    def add(self, id: object) -> None:
        if str(id) not in self.ids:
            self.ids.append(str(id))

    def as_json(self) -> dict[str, Any]:
        return {"count": self.count, "ids": sorted(self.ids)}


@dataclass(slots=True)
class TeamFigures:
    """What one team did: `assigned` are assignments, `visited` visits, `targets` the distinct targets validly visited,
    `photos` and `findings` theirs; `scores` one per visit."""

    team: str
    name: str
    track: str
    assigned: Figure = field(default_factory=Figure)
    visited: Figure = field(default_factory=Figure)
    targets: Figure = field(default_factory=Figure)
    photos: Figure = field(default_factory=Figure)
    findings: Figure = field(default_factory=Figure)
    scores: list[int] = field(default_factory=list)

    @property
    def average_score(self) -> float | None:
        """Mean of the scores (0–100), None without a visit."""
        return sum(self.scores) / len(self.scores) if self.scores else None


@dataclass(slots=True)
class Minutes:
    """Minutes of written homework a day in one grade: one value per visit that measured it."""

    values: list[float] = field(default_factory=list)
    visits: Figure = field(default_factory=Figure)

    @property
    def mean(self) -> float | None:
        return sum(self.values) / len(self.values) if self.values else None


def rounds(county_id: int, window: Window) -> list[VisitRound]:
    """The round that counts of every visit submitted in the window, cancelled ones left out, oldest first."""
    rows = VisitRound.objects.filter(
        visit__county_id=county_id,
        submitted_at__gte=window.since,
        submitted_at__lt=window.until,
        submitted_at__lte=window.cut_off,
    )
    rows = rows.exclude(visit__in=cancelled(county_id, window.cut_off))
    last: dict[Any, VisitRound] = {}
    for row in rows.select_related("visit__target", "visit__assignment__team").order_by("round"):
        last[row.visit_id] = row
    return sorted(last.values(), key=lambda row: (row.submitted_at, row.pk))


def cancelled(county_id: int, cut_off: dt.datetime) -> Any:
    """The visits called off by then."""
    rows = VisitTransition.objects.filter(visit__county_id=county_id, verb="cancel", at__lte=cut_off)
    return rows.values("visit")


def team_figures(county_id: int, window: Window) -> list[TeamFigures]:
    """Per team what it was assigned and did in the window, in the order of the teams' codes."""
    teams: dict[Any, TeamFigures] = {}
    for assignment in _assigned(county_id, window):
        _team(teams, assignment).assigned.add(assignment.pk)
    found = rounds(county_id, window)
    photos = _photos([row.visit_id for row in found])
    for row in found:
        figures = _team(teams, row.visit.assignment)
        figures.visited.add(row.visit_id)
        figures.scores.append(row.score)
        if row.counts_for_coverage:
            figures.targets.add(row.visit.target_id)
        for photo in photos[row.visit_id]:
            figures.photos.add(photo)
        for finding in row.content["findings"]:
            figures.findings.add(finding["id"])
    return list(teams.values())


def _assigned(county_id: int, window: Window) -> Iterable[Assignment]:
    rows = Assignment.objects.filter(
        county_id=county_id,
        scheduled_on__gte=window.since.date(),
        scheduled_on__lt=window.until.date(),
        released_at__lte=window.cut_off,
        team__isnull=False,
    )
    return rows.exclude(state=AssignmentState.CANCELLED).select_related("team").order_by("team__code", "pk")


def _team(teams: dict[Any, TeamFigures], assignment: Assignment) -> TeamFigures:
    team = assignment.team
    if team is None:
        return teams.setdefault(None, TeamFigures("", "未编组", assignment.track))
    return teams.setdefault(team.pk, TeamFigures(str(team.pk), team.name, team.track))


def _photos(visit_ids: list[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    rows = Evidence.objects.filter(visit__in=visit_ids, kind=EvidenceKindName.PHOTO)
    for visit_id, pk in rows.values_list("visit_id", "pk"):
        found[visit_id].append(pk)
    return found


def findings(county_id: int, window: Window) -> list[Finding]:
    """The findings of the counted rounds, withdrawn ones left out, in the order of their visits and numbers."""
    ids = [one["id"] for row in rounds(county_id, window) for one in row.content["findings"]]
    rows = Finding.objects.filter(pk__in=ids).exclude(state=FindingState.WITHDRAWN)
    return list(rows.select_related("target", "visit").order_by("visit__submitted_at", "number"))


def findings_by(rows: Iterable[Finding], name: str) -> dict[str, Figure]:
    """Findings counted by one of their fields: `template_code`, `severity`, `item_code`, `state`."""
    found: dict[str, Figure] = defaultdict(Figure)
    for row in rows:
        found[str(getattr(row, name))].add(row.pk)
    return dict(found)


def fixed_on_spot(rows: Iterable[Finding]) -> Figure:
    """Those that were put right while the inspectors stayed (即知即改)."""
    found = Figure()
    for row in rows:
        if row.rectified_on_spot:
            found.add(row.pk)
    return found


def homework_minutes(county_id: int, window: Window) -> dict[int, Minutes]:
    """By grade (3–9) the minutes of written homework measured on the visits of the window."""
    return minutes_of(rounds(county_id, window))


def minutes_of(rows: Iterable[VisitRound]) -> dict[int, Minutes]:
    """By grade the minutes of written homework that these rounds measured."""
    found: dict[int, Minutes] = defaultdict(Minutes)
    for row in rows:
        for key, answer in row.content["answers"].items():
            code, _, grade = key.partition("#")
            if code in HOMEWORK_ITEMS and grade.isdigit() and isinstance(answer["value"], int | float):
                found[int(grade)].values.append(float(answer["value"]))
                found[int(grade)].visits.add(row.visit_id)
    return {grade: found[grade] for grade in sorted(found)}
