"""Keeping what phones report, and counting what they had to be sent again. Never inside a pull's snapshot."""

import logging
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.db.models import F

from backend.core import clock
from backend.core.actor import Actor
from backend.journal.turnstile import turn
from backend.sync.models import DeviceReport, ResetCause, ScopeReset
from backend.sync.wire import Pending

log = logging.getLogger(__name__)

NO_DEVICE = uuid.UUID(int=0)

TOLD = ("ops", "uploads", "bytes", "oldest_ms")


def told(actor: Actor, pending: Pending | None) -> None:
    """Keep what the phone says of its unsent work. In the ordinary case, nothing new, this costs one look."""
    if pending is None or actor.device_id is None:
        return
    news = (pending.ops, pending.uploads, pending.bytes, pending.oldest)
    with _harmless():
        if DeviceReport.objects.filter(pk=actor.device_id).values_list(*TOLD).first() == news:
            return
        with turn(), transaction.atomic():
            _keep(actor, actor.device_id, pending)


@contextmanager
def _harmless() -> Iterator[None]:
    """Bookkeeping must fail no push and no pull: what is not kept now is told again."""
    try:
        yield
    except DatabaseError:
        log.warning("a report could not be kept", exc_info=True)


def _keep(actor: Actor, device_id: uuid.UUID, pending: Pending) -> None:
    now = clock.now()
    row = DeviceReport.objects.select_for_update().filter(pk=device_id).first() or DeviceReport(device_id=device_id)
    row.county_id, row.user_id, row.told_at = actor.county_id, actor.person, now
    row.ops, row.uploads, row.bytes, row.oldest_ms = pending.ops, pending.uploads, pending.bytes, pending.oldest
    row.unsent_since = (row.unsent_since or now) if pending.ops or pending.uploads else None
    DeviceReport.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["device_id"],
        update_fields=["county_id", "user_id", *TOLD, "unsent_since", "told_at"],
    )


def count_resets(actor: Actor, scopes: Iterable[str], by_sum: Collection[str]) -> None:
    """Count the scopes that a pull sent again: those in `by_sum` for their sum, the others for a risen floor."""
    now, device = clock.now(), actor.device_id or NO_DEVICE
    rows = [
        ScopeReset(
            device_id=device,
            county_id=actor.county_id,
            user_id=actor.person,
            scope=scope,
            cause=ResetCause.SUM if scope in by_sum else ResetCause.FLOOR,
            day=clock.today(),
            last_at=now,
        )
        for scope in scopes
    ]
    if not rows:
        return
    if by_sum:
        log.warning("device %s: sums differed in %s", device, ", ".join(sorted(by_sum)))
    with _harmless(), turn(), transaction.atomic():
        ScopeReset.objects.bulk_create(rows, ignore_conflicts=True)
        for row in rows:
            same = ScopeReset.objects.filter(device_id=device, scope=row.scope, cause=row.cause, day=row.day)
            same.update(count=F("count") + 1, last_at=now)
