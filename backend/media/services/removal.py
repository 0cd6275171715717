"""Deleting what nobody needs any more: suspected first, gone a month later, and never while somebody stores it.

What rooms need they say by `registry.keeper`. `storing` tells how storing and deleting of the same bytes agree.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.db.models import QuerySet

from backend.core import clock
from backend.core.actor import system
from backend.journal.turnstile import turn
from backend.journal.writing import Change, write
from backend.media import registry, storage
from backend.media.models import Blob, Derivative, Holding
from backend.media.rules import filetypes
from backend.media.selectors import needs

log = logging.getLogger(__name__)

GRACE = dt.timedelta(days=30)
"""From the day on which nobody needs a blob to its deletion."""

SETTLING = dt.timedelta(hours=1)
"""For which bytes that came again are left alone: their fact may not be written yet."""

BATCH = 500

STEP = 20
"""Blobs deleted in one transaction: with a bucket half a second, for which other writers of SQLite wait."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Removed:
    """A deleted blob; `size` in bytes, without its derivatives."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class _File:
    """The subject of the audit line."""

    journal_id: str
    journal_scope: str = ""
    journal_kind: str = "blob"


def sweep(*, enough: Callable[[], bool] = lambda: False) -> list[Removed]:
    """Look which blobs are needed, and delete those that were not for `GRACE`; safe beside everything else."""
    storage.current().tidy()
    register_strays()
    mark()
    return remove_due(enough=enough)


def register_strays() -> int:
    """Give files that no row names a row, as needed by nobody; how many.

    A process that died between storing and booking leaves them, and derivatives that were made anew.
    """
    return sum(_register(batch) for batch in batches(storage.current().hashes()))


def _register(hashes: list[str]) -> int:
    strays = sorted(set(hashes) - needs.named(hashes))
    rows = [row for sha256 in strays if (row := _stray(sha256))]
    with turn():
        Blob.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _stray(sha256: str) -> Blob | None:
    """By the first bytes of what it is: whoever is about to book these bytes takes the row as it is."""
    store = storage.current()
    size = store.size(sha256)
    if size is None:
        return None
    head = b"".join(store.chunks(sha256, 0, min(size, filetypes.HEAD)))
    filetype = filetypes.sniff(head) or filetypes.UNKNOWN
    return Blob(sha256=sha256, size=size, filetype=filetype, remove_after=clock.now() + GRACE)


def mark() -> None:
    """Note since when blobs are needed by nobody, and forget it of those that are needed again."""
    for batch in batches(Blob.objects.order_by("pk").values_list("sha256", flat=True).iterator(chunk_size=BATCH)):
        needed = registry.needed(batch)
        rows = Blob.objects.filter(sha256__in=batch)
        _set(rows.filter(sha256__in=needed, remove_after__isnull=False), None)
        _set(rows.filter(remove_after__isnull=True).exclude(sha256__in=needed), clock.now() + GRACE)


def _set(rows: QuerySet[Blob], remove_after: dt.datetime | None) -> None:
    if rows.exists():
        with turn():
            rows.update(remove_after=remove_after)


def condemn(hashes: Collection[str]) -> None:
    """Let these go without a grace time, unless some room needs them; to be called in the transaction that says why."""
    Blob.objects.filter(sha256__in=hashes).update(remove_after=clock.now())


def due() -> QuerySet[Blob]:
    """Blobs whose grace time is over, the first suspected first."""
    return Blob.objects.filter(remove_after__lte=clock.now()).order_by("remove_after", "pk")


def remove_due(*, among: Collection[str] | None = None, enough: Callable[[], bool] = lambda: False) -> list[Removed]:
    """Delete what is due (`among` these hashes), until `enough`."""
    rows = due() if among is None else due().filter(sha256__in=among)
    keys = list(rows.values_list("pk", flat=True))
    return [gone for batch in batches(keys, STEP) if not enough() for gone in _remove(batch)]


def _remove(keys: list[int]) -> list[Removed]:
    """Delete blobs, their smaller copies and rows, except those that are needed after all or were touched just now.

    Files go inside the transaction, under the lock of their rows: a crash between the two leaves rows without a file
    that nobody needs, and the next run ends them.
    """
    county_id = Holding.objects.filter(blob__in=keys).values_list("county_id", flat=True).first()
    with write(actor=system(county_id or 0)) as change:
        found = [row for row in due().select_for_update().filter(pk__in=keys) if not _is_settling(row)]
        needed = registry.needed([row.sha256 for row in found])
        Blob.objects.filter(sha256__in=needed, pk__in=keys).update(remove_after=None)
        going = [row for row in found if row.sha256 not in needed]
        _log(change, going)
        smaller = set(Derivative.objects.filter(blob__in=going).values_list("sha256", flat=True))
        Blob.objects.filter(pk__in=[row.pk for row in going]).delete()
        for row in going:
            storage.current().delete(row.sha256)
    discard(smaller - {row.sha256 for row in going})
    return [Removed(row.sha256, row.size) for row in going]


def _is_settling(blob: Blob) -> bool:
    return blob.used_at is not None and blob.used_at > clock.now() - SETTLING


def _log(change: Change, going: Sequence[Blob]) -> None:
    """An audit line in every county whose people brought the bytes; of what nobody brought, one in the log."""
    held: dict[tuple[int, int], list[str]] = {}
    rows = Holding.objects.filter(blob__in=going).order_by("pk").values_list("blob", "county_id", "evidence_id")
    for key, county_id, evidence_id in rows:
        held.setdefault((key, county_id), []).append(evidence_id)
    known = {row.pk: row for row in going}
    for (key, county_id), evidence_ids in held.items():
        evidence = [each for each in evidence_ids if each]
        blob = known[key]
        change.log("blob.removed", _File(blob.sha256), actor=system(county_id), size=blob.size, evidence=evidence)
    for blob in going:
        log.info("blob %s (%s bytes) was needed by nobody and is deleted", blob.sha256, blob.size)


def discard(hashes: Collection[str]) -> None:
    """Delete files of derivatives whose rows are gone, unless other rows name the same bytes.

    They are put back when such a row has appeared meanwhile; and who writes such a row looks afterwards whether the
    file is still there (`storing.put_back`). Whoever is later sees the other.
    """
    store, taken = storage.current(), dict[str, bytes]()
    for sha256 in sorted(set(hashes) - needs.named(hashes)):
        with suppress(FileNotFoundError):
            taken[sha256] = b"".join(store.chunks(sha256, 0, store.size(sha256) or 0))
            store.delete(sha256)
    for sha256 in needs.named(taken):
        store.put(taken[sha256])


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """By default as many at once as keepers are asked for."""
    rest = iter(rows)
    while batch := list(islice(rest, size)):
        yield batch
