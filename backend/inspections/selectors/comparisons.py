"""Dual check (双督查): what the two tracks found of one target in one month, for those who oversee both."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import (
    CrewMember,
    Finding,
    FindingState,
    Publication,
    Visit,
    VisitKind,
    VisitRound,
    VisitState,
)
from backend.inspections.rules.checklist import Template
from backend.inspections.rules.comparison import Pair, Side, compare
from backend.inspections.selectors import templates
from backend.registry.models import Target, TargetKind, Track

KINDS = (
    VisitKind.ROUTINE,
    VisitKind.SPECIAL,
    VisitKind.COMPREHENSIVE,
    VisitKind.ADMINISTRATIVE_CHECK,
    VisitKind.JOINT_CHECK,
)
"""Visits of the plan; reviews, tip checks and guidance look at something else."""

DONE = (VisitState.SUBMITTED, VisitState.APPROVED)
UNISSUED = (FindingState.RECORDED, FindingState.CONFIRMED, FindingState.IN_NOTICE, FindingState.RECTIFIED_ON_SPOT)
READ = (
    "content",
    "submitted_at",
    "visit__track",
    "visit__templates",
    "visit__target__id",
    "visit__assignment__team__name",
)


@dataclass(slots=True)
class Comparison:
    """Both tracks' newest submitted visits of one target, and their items side by side (department first)."""

    target: Target
    department: VisitRound
    station: VisitRound
    pairs: list[Pair]


def comparable(actor: Actor, month: str) -> QuerySet[Target]:
    """The targets that both tracks have submitted a visit of in this month, and whose comparison `actor` may see.

    Whoever belongs to a crew that was sent there in that month may not, until both visits are approved and every
    finding stands in a notice that was issued: the tracks are independent, whatever else somebody's office is.
    """
    rows = _targets(actor)
    both = rows.filter(*(Exists(_visits(month).filter(target=OuterRef("pk"), track=track)) for track in Track))
    if not _sent(actor, month).exists():
        return both
    return both.exclude(Q(pk__in=_sent(actor, month).values("assignment__target")) & _open(month))


def _targets(actor: Actor) -> QuerySet[Target]:
    """Schools and licensed institutions; a suspected site is known to its crew and the office only."""
    rows = Target.objects.filter(county_id=actor.county_id).exclude(kind=TargetKind.SUSPECTED_SITE)
    return rows.exclude(stage="", institution_class="")


def _visits(month: str) -> QuerySet[Visit]:
    return Visit.objects.filter(plan_month=month, kind__in=KINDS, state__in=DONE)


def _sent(actor: Actor, month: str) -> QuerySet[CrewMember]:
    return CrewMember.objects.filter(user_id=actor.user_id or 0, assignment__plan_month=month)


def _open(month: str) -> Q:
    """Something of the month is not yet known to the unit itself."""
    here = {"target": OuterRef("pk"), "plan_month": month}
    unapproved = Visit.objects.filter(**here, kind__in=KINDS).exclude(
        state__in=[VisitState.APPROVED, VisitState.CANCELLED]
    )
    unissued = Finding.objects.filter(
        target=OuterRef("pk"), visit__plan_month=month, publication=Publication.CREW, state__in=UNISSUED
    )
    return Q(Exists(unapproved)) | Q(Exists(unissued))


def compared(county_id: int, month: str, targets: Sequence[Target]) -> list[Comparison]:
    """The comparisons of these targets, in their order; targets without a pair are left out. Four queries at most."""
    rounds = _newest(month, targets)
    wanted = {(str(code), int(version)) for row in rounds.values() for code, version in row.visit.templates}
    known = templates.versions(county_id, wanted) if wanted else {}
    return [
        _comparison(target, rounds[target.pk, Track.DEPARTMENT], rounds[target.pk, Track.STATION], known)
        for target in targets
        if (target.pk, Track.DEPARTMENT) in rounds and (target.pk, Track.STATION) in rounds
    ]


def _newest(month: str, targets: Iterable[Target]) -> dict[tuple[uuid.UUID, str], VisitRound]:
    """By target and track the round that stands of the visit submitted last."""
    rows = VisitRound.objects.filter(
        visit__in=_visits(month).filter(target__in=[target.pk for target in targets]), round=F("visit__round")
    )
    rows = rows.select_related("visit__target", "visit__assignment__team").only(*READ).order_by("submitted_at", "pk")
    return {(row.visit.target_id, row.visit.track): row for row in rows}


def _comparison(
    target: Target, department: VisitRound, station: VisitRound, known: dict[tuple[str, int], Template]
) -> Comparison:
    first, second = (_side(row, known) for row in (department, station))
    return Comparison(target, department, station, compare(first, second, templates.target_type(target)))


def _side(row: VisitRound, known: dict[tuple[str, int], Template]) -> Side:
    pinned = (known.get((str(code), int(version))) for code, version in row.visit.templates)
    return Side(tuple(template for template in pinned if template), row.content["answers"])


def one(actor: Actor, month: str, target_id: uuid.UUID) -> tuple[Target, Comparison | None]:
    """The comparison of one target; None where there is none, or none for this actor yet. Raises `NotFound`."""
    target = _targets(actor).filter(pk=target_id).first()
    if target is None:
        raise NotFound("target", target_id)
    seen = comparable(actor, month).filter(pk=target_id).exists()
    found = compared(actor.county_id, month, [target]) if seen else []
    return target, found[0] if found else None
