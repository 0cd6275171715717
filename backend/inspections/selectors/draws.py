"""Draws: who may read them, the record that anybody can check, and what is made public afterwards."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Draw, DrawnTarget, DrawState, Finding, FindingState, VisitState
from backend.inspections.models.draw import DrawOutcome
from backend.inspections.rules import draw_record
from backend.registry.models import Target, TargetKind, Team
from backend.registry.rules.workdays import Calendar
from backend.registry.selectors.calendar import calendar

READERS = (Role.OFFICE, Role.LEADERSHIP, "system")
"""A draw is secret from everybody else, also from those it sends out (workflow.md section 12)."""

DISPLAY_DAYS = 20
"""Working days that the result of a drawn check of an institution is on display (workflow.md section 2)."""


def scoped(actor: Actor) -> QuerySet[Draw]:
    """The draws of the county, for the office and leadership; nobody else knows of any."""
    rows = Draw.objects.filter(county_id=actor.county_id)
    return rows if actor.has(*READERS) else rows.none()


def matching(
    actor: Actor, *, month: str | None = None, track: str | None = None, state: str | None = None
) -> QuerySet[Draw]:
    """Those that fit every filter given."""
    wanted = {"month": month, "track": track, "state": state}
    return scoped(actor).filter(**{name: value for name, value in wanted.items() if value is not None})


def get(actor: Actor, draw_id: uuid.UUID) -> Draw:
    """Raises `NotFound` for unknown and for not the actor's to see."""
    row = scoped(actor).filter(pk=draw_id).first()
    if row is None:
        raise NotFound("draw", draw_id)
    return row


def drawn(draw: Draw) -> QuerySet[DrawnTarget]:
    """What was drawn, in order, with targets, teams and leaders."""
    return draw.drawn.select_related("target", "team", "leader").order_by("position")


def names_of(rows: Sequence[DrawnTarget]) -> dict[int, str]:
    """The names of everybody in the crews of `rows`."""
    ids = {user_id for row in rows for user_id in row.crew}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def record(draw: Draw, *, names: bool = False) -> dict[str, Any]:
    """All that is needed to check the draw (`rules.draw_record`), under pseudonyms; seed and salt once they are told.

    `names` adds who is behind the pseudonyms, for those who may know.
    """
    told = draw.revealed_at is not None
    outcome = DrawOutcome.objects.filter(draw=draw).first()
    found: dict[str, Any] = {
        "algorithm": draw.algorithm,
        "draw": str(draw.pk),
        "month": draw.month,
        "track": draw.track,
        "state": draw.state,
        "sealed_at": draw.sealed_at,
        "drawn_at": draw.drawn_at,
        "operator": draw.operator_name,
        "witness": draw.witness_name,
        "replaces": str(draw.replaces_id) if draw.replaces_id else None,
        "reason": draw.reason,
        "parameters": draw.parameters,
        "targets": draw.library.targets,
        "inspectors": draw.library.inspectors,
        "hashes": draw.hashes,
        "commitment": draw.commitment,
        "seed": draw.seal.seed if told else None,
        "salt": draw.seal.salt if told else None,
        "contribution": draw.contribution,
        "result": outcome.result if outcome else [],
        "result_hash": draw.result_hash,
        "impossible": {one["rule"]: one["targets"] for one in draw.obstacles},
        "explanation": EXPLANATION,
    }
    return found | {"names": names_behind(draw)} if names else found


def names_behind(draw: Draw) -> dict[str, str]:
    """Pseudonym -> name, of targets, people and teams."""
    known = draw.library.identities
    targets = {str(row.pk): row.name for row in Target.objects.filter(pk__in=known["targets"].values())}
    teams = {str(row.pk): row.name for row in Team.objects.filter(pk__in=known["teams"].values())}
    people = {row.pk: row.name for row in User.objects.filter(pk__in=known["people"].values())}
    return {
        **{name: targets[id] for name, id in known["targets"].items()},
        **{name: teams[id] for name, id in known["teams"].items()},
        **{name: people[id] for name, id in known["people"].items()},
    }


def checked(draw: Draw) -> list[draw_record.Finding]:
    """The stored draw checked from its own seed, and compared with what was stored beside it and logged."""
    whole = record(draw) | {"seed": draw.seal.seed, "salt": draw.seal.salt}
    found = draw_record.check(draw_record.of(whole))
    if draw.result_hash:
        found.append(draw_record.Finding("rows", agrees=_rows_agree(draw, whole["result"])))
    return found


def _rows_agree(draw: Draw, result: list[dict[str, Any]]) -> bool:
    """Whether the lines that assignments are made from say what the result says."""
    known = draw.library.identities
    wanted = [
        (
            line["position"],
            known["targets"][line["target"]],
            known["teams"][line["team"]],
            line["day"],
            known["people"][line["leader"]],
            [known["people"][name] for name in line["crew"]],
        )
        for line in result
    ]
    kept = [
        (row.position, str(row.target_id), str(row.team_id), row.scheduled_on.isoformat(), row.leader_id, row.crew)
        for row in draw.drawn.order_by("position")
    ]
    return wanted == kept


@dataclass(frozen=True, slots=True)
class Shown:
    """The result of one drawn check of an institution, on display until `until` (included)."""

    row: DrawnTarget
    checked_on: dt.date
    until: dt.date
    findings: int

    @property
    def on_display(self) -> bool:
        return clock.today() <= self.until


def publicity(actor: Actor, month: str) -> list[Shown]:
    """Drawn checks of institutions of a month whose results are approved: nothing before the visit is done."""
    rows = DrawnTarget.objects.filter(
        draw__in=scoped(actor).filter(month=month, state=DrawState.CONFIRMED),
        target__kind=TargetKind.INSTITUTION,
        assignment__visit__state=VisitState.APPROVED,
    )
    rows = rows.select_related("target", "team", "draw", "assignment__visit").order_by("target__code")
    counted, days = _findings([row.assignment.visit.pk for row in rows if row.assignment]), calendar()
    return [_shown(row, counted, days) for row in rows]


def _shown(row: DrawnTarget, counted: dict[uuid.UUID, int], days: Calendar) -> Shown:
    assert row.assignment is not None
    visit = row.assignment.visit
    approved = clock.local_date(visit.approved_at or visit.submitted_at or clock.now())
    return Shown(
        row,
        clock.local_date(visit.submitted_at or clock.now()),
        days.step(approved, DISPLAY_DAYS),
        counted.get(visit.pk, 0),
    )


def _findings(visits: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    found: dict[uuid.UUID, int] = {}
    rows = Finding.objects.filter(visit__in=visits).exclude(state=FindingState.WITHDRAWN)
    for visit_id in rows.values_list("visit_id", flat=True):
        found[visit_id] = found.get(visit_id, 0) + 1
    return found


EXPLANATION = (
    "本记录用于核验随机抽取。抽取前，系统冻结检查对象名录和检查人员名录，生成随机种子，并公布封存摘要；封存后任何人不能更改名录和种子。"
    "抽取时由操作人和见证人共同在场，见证词与种子一起决定结果。种子公布后，任何人可按公开算法，用本记录重新抽取，结果应完全一致。"
    "每个对象被抽中的可能性与权重成正比，权重由基本权重、逾期未整改问题、一票否决问题、近30日举报和本学期是否到访相加得出。"
    "检查人员从持证且无利害关系的人员中随机确定；检查培训机构时，至少两人持有行政执法证。名录中的编号为本次抽取专用的代号。"
)
