"""Which bytes the evidence of visits still needs, and for how long (docs/operations.md, How long evidence is kept)."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from backend.inspections.models import Evidence, EvidenceCopy, Finding, FindingState, VisitState
from backend.inspections.models.visit import VisitTransition

SETTLED = (FindingState.CLOSED, FindingState.WITHDRAWN, FindingState.REFERRED)
"""States of a finding after which nobody here has to prove it any more."""


def needed(hashes: Collection[str]) -> Iterator[str]:
    """Those of `hashes` that are evidence, or a copy of one, whose time is not over."""
    yield from Evidence.objects.filter(sha256__in=hashes, expired_at__isnull=True).values_list("sha256", flat=True)
    copies = EvidenceCopy.objects.filter(sha256__in=hashes, evidence__expired_at__isnull=True)
    yield from copies.values_list("sha256", flat=True)


def over(before: Mapping[str, dt.datetime]) -> QuerySet[Any]:
    """Evidence with bytes whose visit was approved or cancelled before the instant of its kind; with `ended_at`."""
    late = Q(pk__in=[])
    for kind, limit in before.items():
        late |= Q(kind=kind, ended_at__lt=limit)
    return Evidence.objects.filter(expired_at__isnull=True).annotate(ended_at=_ended_at()).filter(late)


def _ended_at() -> Case:
    """When the visit was approved, or cancelled; null while it is neither."""
    cancelled = VisitTransition.objects.filter(visit=OuterRef("visit"), after=VisitState.CANCELLED).order_by("-at")
    return Case(
        When(visit__state=VisitState.APPROVED, then=F("visit__approved_at")),
        When(visit__state=VisitState.CANCELLED, then=Subquery(cancelled.values("at")[:1])),
    )


def unsettled(evidence_ids: Collection[str]) -> Iterator[str]:
    """Those of visits with a finding that is not closed, withdrawn or referred yet."""
    open_findings = Finding.objects.filter(visit=OuterRef("visit")).exclude(state__in=SETTLED)
    rows = Evidence.objects.filter(Exists(open_findings), pk__in=keys(evidence_ids))
    return (str(key) for key in rows.values_list("pk", flat=True))


def keys(evidence_ids: Collection[str]) -> list[uuid.UUID]:
    """The ids among them that can be ours."""
    found = []
    for each in evidence_ids:
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return found
