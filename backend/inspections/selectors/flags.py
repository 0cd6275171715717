"""What was noticed about evidence, as far as a reader may know of it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from backend.core.actor import Actor
from backend.inspections.models import Evidence, EvidenceFlag, FlagKind
from backend.inspections.selectors import evidence as evidence_rows
from backend.inspections.selectors import reviewers
from backend.inspections.selectors.assignments import EVERYTHING

FOR_OFFICE, LABEL = "for_office", "须由督导办核看"
"""Instead of a flag that would tell of evidence hidden from the reader: of the other track, for example."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A flag as it is shown; `other` is the evidence it was compared with."""

    kind: str
    text: str
    detail: dict[str, Any]
    raised_at: dt.datetime | None = None
    other: uuid.UUID | None = None


def of(actor: Actor, rows: Iterable[Evidence]) -> dict[uuid.UUID, list[Shown]]:
    """The flags of those of `rows` whose evidence `actor` reviews, by id; of others nothing.

    Wants `visit__assignment`.
    """
    mine = [row for row in rows if reviewers.reviews(actor, row.visit)]
    if not mine:
        return {}
    flags = list(EvidenceFlag.objects.filter(evidence__in=[row.pk for row in mine]).order_by("kind"))
    seen = _seen(actor, {flag.other_id for flag in flags if flag.other_id})
    found: dict[uuid.UUID, list[Shown]] = {row.pk: [] for row in mine}
    for flag in flags:
        shown = _shown(flag, seen)
        if shown not in found[flag.evidence_id]:
            found[flag.evidence_id].append(shown)
    return found


def _seen(actor: Actor, others: set[uuid.UUID]) -> set[uuid.UUID]:
    if not others or actor.has(*EVERYTHING):
        return others
    return set(evidence_rows.scoped(actor, many=False).filter(pk__in=others).values_list("pk", flat=True))


def _shown(flag: EvidenceFlag, seen: set[uuid.UUID]) -> Shown:
    if flag.other_id and flag.other_id not in seen:
        return Shown(FOR_OFFICE, LABEL, {})
    return Shown(flag.kind, FlagKind(flag.kind).label, flag.detail, flag.raised_at, flag.other_id)


def with_flag(actor: Actor, rows: QuerySet[Evidence], kind: str) -> QuerySet[Evidence]:
    """Those of `rows` that `actor` reviews and is shown a flag of `kind` for."""
    flags = EvidenceFlag.objects.filter(county_id=actor.county_id)
    visible = Q(other__isnull=True) | Q(other__in=evidence_rows.scoped(actor, many=False).values("pk"))
    if actor.has(*EVERYTHING):
        flags = flags.filter(kind=kind)
    elif kind == FOR_OFFICE:
        flags = flags.exclude(visible)
    else:
        flags = flags.filter(visible, kind=kind)
    rows = rows.filter(pk__in=flags.values("evidence"))
    if actor.has(*reviewers.REVIEWERS):
        return rows
    return rows.filter(visit__assignment__leader_id=actor.user_id)
