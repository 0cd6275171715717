"""Which bytes notices still need, and for how long (docs/operations.md, How long evidence is kept)."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from backend.core.actor import Actor
from backend.inspections.models import Evidence
from backend.inspections.selectors.keeping import keys
from backend.notices.models import (
    EscalationPaper,
    IssuedCopy,
    NoticeEvidence,
    NoticePhoto,
    PaperCode,
    RectificationNotice,
)
from backend.notices.models.answers import ProofKind
from backend.notices.rules.lifecycle import State
from backend.notices.selectors.notices import scoped

ENDED = (State.CLOSED, State.WITHDRAWN)

KINDS = {ProofKind.BEFORE: "photo", ProofKind.AFTER: "photo", ProofKind.DOCUMENT: "document"}
"""What a unit's evidence is, for the terms of `DUDAO_RETENTION`."""


def needed(hashes: Collection[str]) -> Iterator[str]:
    """Those of `hashes` that are a paper, or a unit's evidence whose time is not over."""
    yield from PaperCode.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    yield from RectificationNotice.objects.filter(pdf_sha256__in=hashes).values_list("pdf_sha256", flat=True)
    yield from EscalationPaper.objects.filter(pdf_sha256__in=hashes).values_list("pdf_sha256", flat=True)
    yield from IssuedCopy.objects.filter(sha256__in=hashes).values_list("sha256", flat=True)
    proofs = NoticeEvidence.objects.filter(sha256__in=hashes, expired_at__isnull=True)
    yield from proofs.values_list("sha256", flat=True)


def over(before: Mapping[str, dt.datetime]) -> QuerySet[Any]:
    """Units' evidence with bytes whose notice was closed or withdrawn before the instant of its kind: `ended_at`."""
    late = Q(pk__in=[])
    for kind, plain in KINDS.items():
        if plain in before:
            late |= Q(kind=kind, ended_at__lt=before[plain])
    ended_at = Case(
        When(notice__state=State.CLOSED, then=F("notice__closed_at")),
        When(notice__state=State.WITHDRAWN, then=F("notice__withdrawn_at")),
    )
    return NoticeEvidence.objects.filter(expired_at__isnull=True).annotate(ended_at=ended_at).filter(late)


def in_open_notices(evidence_ids: Collection[str]) -> Iterator[str]:
    """Those of visits whose notice is neither closed nor withdrawn."""
    waiting = RectificationNotice.objects.exclude(state__in=ENDED).values("visit_id")
    rows = Evidence.objects.filter(pk__in=keys(evidence_ids), visit__in=waiting)
    return (str(key) for key in rows.values_list("pk", flat=True))


def had_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` could have a unit's evidence, or a photo of a notice, until its bytes were deleted."""
    proofs = NoticeEvidence.objects.filter(
        county_id=actor.county_id, sha256=sha256, state=NoticeEvidence.State.VERIFIED, expired_at__isnull=False
    )
    photos = NoticePhoto.objects.filter(copy__sha256=sha256, copy__evidence__expired_at__isnull=False)
    of = Q(pk__in=proofs.values("notice_id")) | Q(pk__in=photos.values("item__notice_id"))
    return scoped(actor).filter(of).exists()
