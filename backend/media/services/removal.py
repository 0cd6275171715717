"""Deleting what nobody needs any more: suspected first, gone a month later, and never while somebody stores it.

What rooms need they say by `registry.keeper`. `storing` tells how storing and deleting of the same bytes agree.
"""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

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
    return [gone for key in keys if not enough() and (gone := _remove(key))]


def _remove(key: int) -> Removed | None:
    """Delete one blob, its smaller copies, its rows; None when it is needed after all or was touched just now.

    The file goes inside the transaction, under the lock of the row: a crash between the two leaves a row without a
    file that nobody needs, and the next run ends it.
    """
    county_id = Holding.objects.filter(blob=key).values_list("county_id", flat=True).first()
    with write(actor=system(county_id or 0)) as change:
        blob = due().select_for_update().filter(pk=key).first()
        if blob is None or _is_settling(blob):
            return None
        if registry.needed([blob.sha256]):
            Blob.objects.filter(pk=key).update(remove_after=None)
            return None
        _log(change, blob)
        smaller = set(Derivative.objects.filter(blob=blob).values_list("sha256", flat=True)) - {blob.sha256}
        blob.delete()
        storage.current().delete(blob.sha256)
    for sha256 in sorted(smaller):
        discard(sha256)
    return Removed(blob.sha256, blob.size)


def _is_settling(blob: Blob) -> bool:
    return blob.used_at is not None and blob.used_at > clock.now() - SETTLING


def _log(change: Change, blob: Blob) -> None:
    """An audit line in every county whose people brought the bytes; of what nobody brought, one in the log."""
    held: dict[int, list[str]] = {}
    for county_id, evidence_id in blob.holdings.order_by("pk").values_list("county_id", "evidence_id"):
        held.setdefault(county_id, []).append(evidence_id)
    for county_id, evidence_ids in held.items():
        known = [each for each in evidence_ids if each]
        change.log("blob.removed", _File(blob.sha256), actor=system(county_id), size=blob.size, evidence=known)
    log.info("blob %s (%s bytes) was needed by nobody and is deleted", blob.sha256, blob.size)


def discard(sha256: str) -> None:
    """Delete the file of a derivative whose row is gone, unless another row names the same bytes.

    It is put back when such a row has appeared meanwhile; and who writes such a row looks afterwards whether the file
    is still there (`storing.put_back`). Whoever is later sees the other.
    """
    store = storage.current()
    if needs.named([sha256]):
        return
    try:
        data = b"".join(store.chunks(sha256, 0, store.size(sha256) or 0))
    except FileNotFoundError:
        return
    store.delete(sha256)
    if needs.named([sha256]):
        store.put(data)


def batches(hashes: Iterable[str]) -> Iterator[list[str]]:
    """As many at once as keepers are asked for."""
    rest = iter(hashes)
    while batch := list(islice(rest, BATCH)):
        yield batch
