"""Sealing the audit trail: a hash chain per county, made in batches by a duty, so that it is no lock for writers.

Hash of a line = SHA-256 of the hash of the line sealed before it (64 hex digits, empty for the first), a newline, and
the RFC 8785 canonical JSON of the line's content. Whoever keeps one root can later prove that no line before it was
changed, removed or slipped in.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from backend.core import clock, codec
from backend.core.actor import system
from backend.journal.models import AuditChain, AuditLine, AuditSeal, SealedLine
from backend.journal.writing import write

BATCH = 5000


def content_of(line: AuditLine) -> dict[str, Any]:
    """What a line says, as it is hashed."""
    return {
        "id": line.pk,
        "county": line.county_id,
        "at": clock.to_ms(line.at),
        "actor": line.actor_id,
        "name": line.actor_name,
        "device": str(line.device_id) if line.device_id else None,
        "verb": line.verb,
        "kind": line.kind,
        "object": line.object_id,
        "detail": line.detail,
    }


def link(before: str, line: AuditLine) -> str:
    """The hash of `line` after a line with the hash `before`."""
    return hashlib.sha256(before.encode() + b"\n" + codec.canonical(content_of(line))).hexdigest()


def seal_all() -> int:
    """Seal what every county has written since. Returns how many lines were sealed."""
    waiting = AuditLine.objects.filter(sealed__isnull=True).order_by().values_list("county_id", flat=True).distinct()
    return sum(seal(county_id) for county_id in sorted(waiting))


def seal(county_id: int) -> int:
    """Append the county's unsealed lines to its chain, oldest first."""
    with write(actor=system(county_id)):
        AuditChain.objects.bulk_create([AuditChain(county_id=county_id)], ignore_conflicts=True)
        chain = AuditChain.objects.select_for_update().get(pk=county_id)
        lines = AuditLine.objects.filter(county_id=county_id, sealed__isnull=True).order_by("pk")[:BATCH]
        sealed = [_append(chain, line) for line in lines]
        if sealed:
            SealedLine.objects.bulk_create(sealed)
            chain.save()
            AuditSeal.objects.create(county_id=county_id, root=chain.root, length=chain.length, sealed_at=clock.now())
    return len(sealed)


def _append(chain: AuditChain, line: AuditLine) -> SealedLine:
    chain.root, chain.length = link(chain.root, line), chain.length + 1
    return SealedLine(line=line, county_id=chain.county_id, place=chain.length, hash=chain.root)


@dataclass(frozen=True)
class Verification:
    """`broken_at`: the place of the first line that does not fit, None when all do."""

    lines: int
    broken_at: int | None
    root: str


def verify(county_id: int) -> Verification:
    """Recompute the county's chain from its lines, and compare with every hash and every seal kept."""
    root, place = "", 0
    seals = dict(AuditSeal.objects.filter(county_id=county_id).values_list("length", "root"))
    for row in _chain_of(county_id).iterator(chunk_size=2000):
        place += 1
        root = link(root, row.line)
        if row.place != place or row.hash != root or seals.pop(place, root) != root:
            return Verification(place, place, root)
    chain = AuditChain.objects.filter(pk=county_id).first()
    whole = not seals and (chain is None or (chain.root, chain.length) == (root, place))
    return Verification(place, None if whole else place + 1, root)


def _chain_of(county_id: int) -> QuerySet[SealedLine]:
    return SealedLine.objects.filter(county_id=county_id).select_related("line").order_by("place")


def daily_root(county_id: int, day: dt.date) -> AuditSeal | None:
    """The last seal made before the end of `day` in China; papers print it."""
    end = clock.midnight(day + dt.timedelta(days=1))
    return AuditSeal.objects.filter(county_id=county_id, sealed_at__lt=end).order_by("-length").first()
