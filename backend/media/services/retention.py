"""The end of the time for which evidence is kept: bytes go, facts stay (docs/operations.md, How long evidence is kept).

Each batch is one transaction: who still may not go is asked in it, the rooms note what is deleted and write their audit
lines, and the blobs are condemned. The bytes go right after it. A run that dies in between is ended by the next one or
by the duty `media.remove`.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

from django.conf import settings

from backend.core import clock
from backend.core.actor import system
from backend.journal.writing import write
from backend.media import registry, terms
from backend.media.services import removal
from backend.media.terms import Due, Retainer

BATCH = 200


@dataclass(slots=True)
class Share:
    """What of one county, sort and kind was deleted, or would be.

    `files` and `bytes` are those that nobody else needs; `first` is when the oldest of the visits or notices ended.
    """

    count: int = 0
    files: int = 0
    bytes: int = 0
    first: dt.datetime | None = None


@dataclass(slots=True)
class Retained:
    """By (county id, label of the sort, kind). `held`: how many stay although their time is over, by reason.

    `shared` files stay because something else needs the same bytes; `later` wait for the next run: they were touched
    within the last hour.
    """

    shares: dict[tuple[int, str, str], Share] = field(default_factory=dict)
    held: Counter[str] = field(default_factory=Counter)
    shared: int = 0
    later: int = 0


@dataclass(slots=True)
class _Batch:
    """`free` of holds; `going` by hash the size of the files that go; `needed` the hashes of those that stay."""

    free: list[Due] = field(default_factory=list)
    going: dict[str, int] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)


class _Undone(Exception):
    """Takes a dry run back."""


def limits() -> dict[str, dt.datetime]:
    """By kind, the instant before which a visit or notice must have ended for its evidence to go."""
    return {kind: clock.now() - dt.timedelta(days=days) for kind, days in settings.RETENTION.items()}


def retain(*, dry_run: bool = False) -> Retained:
    """Delete the bytes of all evidence whose time is over and which nothing holds; with `dry_run` only count.

    Raises `StorageDown`; what is deleted by then stays so, the rest is due as before.
    """
    done = Retained()
    for one in terms.retainers():
        for batch in _batches(one.due(limits())):
            _retain(one, batch, done, dry_run=dry_run)
    return done


def _retain(one: Retainer, rows: list[Due], done: Retained, *, dry_run: bool) -> None:
    batch = _Batch()
    try:
        with write(actor=system(rows[0].county_id)):
            _expire(one, rows, batch, done)
            if dry_run:
                raise _Undone
    except _Undone:
        pass
    else:
        batch.going = _remove(batch.going, done)
    _count(one, batch, done)


def _expire(one: Retainer, rows: list[Due], batch: _Batch, done: Retained) -> None:
    held = terms.held([each.id for each in rows])
    done.held.update(held.values())
    batch.free = [each for each in rows if each.id not in held]
    one.expire([each.id for each in batch.free])
    hashes = {each.sha256: each.size for each in batch.free}
    batch.needed = registry.needed(hashes)
    batch.going = {sha256: size for sha256, size in hashes.items() if sha256 not in batch.needed}
    removal.condemn(batch.going)


def _remove(going: dict[str, int], done: Retained) -> dict[str, int]:
    """Delete the bytes; those that are gone."""
    gone = {each.sha256: each.size for each in removal.remove_due(among=going)}
    done.later += len(going) - len(gone)
    return gone


def _count(one: Retainer, batch: _Batch, done: Retained) -> None:
    left = dict(batch.going)
    for each in batch.free:
        share = done.shares.setdefault((each.county_id, one.label, each.kind), Share())
        share.count += 1
        share.first = min(share.first or each.ended_at, each.ended_at)
        if (size := left.pop(each.sha256, None)) is not None:
            share.files, share.bytes = share.files + 1, share.bytes + size
    done.shared += len(batch.needed)


def _batches(due: Iterable[Due]) -> Iterator[list[Due]]:
    """Read whole before the first is deleted: what is being read must not change meanwhile. One county each."""
    rows = sorted(due, key=lambda each: (each.county_id, each.ended_at, each.id))
    for _, of_county in groupby(rows, key=lambda each: each.county_id):
        while batch := list(islice(of_county, BATCH)):
            yield batch
