"""Bytes of photos whose fact is in custody and not judged for good."""

import uuid
from collections.abc import Collection, Iterator

from backend.media import registry
from backend.media.models import Holding
from backend.sync.models import Operation
from backend.sync.models.verdict import Status

UNDECIDED = (Status.HELD, Status.QUARANTINED, Status.ERROR)


def needed(hashes: Collection[str]) -> Iterator[str]:
    """Those of `hashes` that came for an evidence which waits for something, or for a person."""
    held = list(Holding.objects.filter(blob__sha256__in=hashes).values_list("evidence_id", "blob__sha256"))
    waiting = _waiting() if any(evidence_id for evidence_id, _ in held) else set()
    return (sha256 for evidence_id, sha256 in held if evidence_id in waiting)


def _waiting() -> set[str]:
    """Ids of evidence, as media has them."""
    rows = Operation.objects.filter(kind="evidence", verdict__status__in=UNDECIDED, review__isnull=True)
    return {_plain(each) for each in rows.values_list("object_id", flat=True)}


def _plain(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return text


registry.keeper(needed)
