"""The library of targets of a draw as it stands (一单两库): who may be drawn, how likely, by which team.

Ids become pseudonyms of this one draw, made by chance: neither a list nor its order tells who is meant.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.core.errors import Conflict
from backend.inspections.models import Assignment, AssignmentState, DrawnTarget, DrawState, InspectionPlan
from backend.inspections.models.assignment import VisitKind
from backend.inspections.rules import draw_weights
from backend.inspections.rules.draw_lists import Lists, Parameters, TargetLine
from backend.inspections.rules.footing import footing
from backend.inspections.selectors import plan_lines, plans, standing
from backend.inspections.selectors.draw_people import inspector_lines
from backend.registry.models import Target, TargetKind, Team
from backend.registry.selectors import responsibility

BESIDE_THE_PLAN = (VisitKind.TIP_CHECK, VisitKind.REVIEW_VISIT)
"""Visits that a target may have beside the one that it is drawn for."""

LETTERS = {"targets": "t", "people": "p", "teams": "g"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the office asks a draw for; `count` None: all that are left. No `teams`: all of the track.

    `in_charge`: a target is visited by the team in charge of it, not by any. `mixed`: crews from several teams.
    """

    month: str
    track: str
    days: Sequence[dt.date]
    plan: InspectionPlan | None = None
    kind: str = VisitKind.ROUTINE
    target_kinds: Collection[str] = (TargetKind.SCHOOL, TargetKind.INSTITUTION)
    count: int | None = None
    crew_min: int = 2
    crew_max: int = 3
    per_day: int = 2
    teams: Collection[uuid.UUID] = ()
    in_charge: bool = False
    mixed: bool = False


@dataclass(slots=True)
class Pseudonyms:
    """Names by chance for things, each kind with a letter of its own; `identities` is the way back."""

    identities: dict[str, dict[str, Any]] = field(default_factory=lambda: {kind: {} for kind in LETTERS})
    _names: dict[tuple[str, Any], str] = field(default_factory=dict)

    def of(self, kind: str, id: Any) -> str:
        """The pseudonym of a target (`targets`), person (`people`) or team (`teams`)."""
        known = self._names.get((kind, id))
        if known is None:
            known = self._names[kind, id] = f"{LETTERS[kind]}-{secrets.token_hex(8)}"
            self.identities[kind][known] = id if isinstance(id, int) else str(id)
        return known


@dataclass(frozen=True, slots=True)
class Assembled:
    lists: Lists
    identities: dict[str, dict[str, Any]]


def assemble(county_id: int, wanted: Wanted, among: Sequence[Target] | None = None) -> Assembled:
    """Freeze both libraries; `among` instead of what is left to be drawn. Raises `Conflict(draw_empty)` when there is
    nothing to draw or nobody to send."""
    names = Pseudonyms()
    teams, targets = _teams(county_id, wanted), _targets(county_id, wanted) if among is None else among
    if not targets or not teams or not wanted.days:
        raise Conflict("draw_empty", "没有可抽取的检查对象、可派出的督查组或可安排的日期。")
    lines = sorted(_target_lines(county_id, wanted, targets, teams, names), key=lambda line: line.id)
    people = inspector_lines(county_id, wanted.days, teams, {target.pk for target in targets}, names.of)
    lists = Lists(parameters=_parameters(wanted, len(lines), teams, names), targets=lines, inspectors=people)
    return Assembled(lists, names.identities)


def kind_of(target_kind: str, wanted: str) -> str:
    """The legal footing of a visit: a check of an institution is law enforcement (workflow.md section 0)."""
    if target_kind == TargetKind.INSTITUTION and wanted == VisitKind.ROUTINE:
        return VisitKind.ADMINISTRATIVE_CHECK
    return wanted


def _teams(county_id: int, wanted: Wanted) -> list[Team]:
    rows = Team.objects.filter(county_id=county_id, track=wanted.track, closed_at__isnull=True)
    return list((rows.filter(pk__in=wanted.teams) if wanted.teams else rows).order_by("code"))


def _targets(county_id: int, wanted: Wanted) -> list[Target]:
    """Those in scope on the first day that have nobody coming on this track in the month yet."""
    if wanted.plan:
        lines = plans.scope(wanted.plan, wanted.days[0] if wanted.days else None)
        rows = [line.target for line in lines if line.track == wanted.track]
    else:
        rows = [target for target in plan_lines.candidates(county_id) if wanted.track in plan_lines.tracks_of(target)]
    gone = taken(county_id, wanted.month, wanted.track)
    return [target for target in rows if target.kind in wanted.target_kinds and target.pk not in gone]


def taken(county_id: int, month: str, track: str) -> set[uuid.UUID]:
    """Drawn without replacement inside the month: what is planned already, and what another draw has drawn."""
    planned = Assignment.objects.filter(county_id=county_id, plan_month=month, track=track)
    planned = planned.exclude(state=AssignmentState.CANCELLED).exclude(kind__in=BESIDE_THE_PLAN)
    drawn = DrawnTarget.objects.filter(
        draw__county_id=county_id, draw__month=month, draw__track=track, draw__state=DrawState.DRAWN
    )
    return {*planned.values_list("target_id", flat=True), *drawn.values_list("target_id", flat=True)}


def _target_lines(
    county_id: int, wanted: Wanted, targets: Sequence[Target], teams: Sequence[Team], names: Pseudonyms
) -> list[TargetLine]:
    known = standing.standings(county_id, [target.pk for target in targets], wanted.days[0])
    allowed = {team.pk for team in teams}
    held = responsibility.of_county(county_id, wanted.days[0]) if wanted.in_charge else {}
    lines = []
    for target in targets:
        parts = draw_weights.parts(known[target.pk])
        team = held.get((target.pk, wanted.track))
        lines.append(
            TargetLine(
                id=names.of("targets", target.pk),
                kind="school" if target.kind == TargetKind.SCHOOL else "institution",
                weight=draw_weights.weight(parts),
                parts=parts,
                officers=footing(kind_of(target.kind, wanted.kind)).certificates,
                teams=[names.of("teams", team)] if team in allowed else [],
            )
        )
    return lines


def _parameters(wanted: Wanted, available: int, teams: Sequence[Team], names: Pseudonyms) -> Parameters:
    least = max(wanted.crew_min, footing(wanted.kind).least_inspectors)
    return Parameters(
        count=wanted.count or available,
        crew_min=least,
        crew_max=max(least, wanted.crew_max),
        per_day=wanted.per_day,
        mixed=wanted.mixed,
        days=[day.isoformat() for day in wanted.days],
        teams=sorted(names.of("teams", team.pk) for team in teams),
    )
