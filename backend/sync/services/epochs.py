"""The epoch: which life of the database phones have synced with (protocol, Offer)."""

import secrets

from django.db import transaction

from backend.core import clock
from backend.journal.turnstile import turn
from backend.sync.models.state import SyncState, state


def present() -> SyncState:
    return state()


def bump() -> SyncState:
    """After a restore: every cursor becomes invalid, phones download anew and offer what they keep."""
    with turn(), transaction.atomic():
        row, _ = SyncState.objects.select_for_update().get_or_create(pk=1)
        row.epoch, row.mark = beyond(row.epoch)
        row.save(update_fields=["epoch", "mark"])
    return row


def beyond(known: int) -> tuple[int, str]:
    """Number and mark of the epoch after a restore: a name that no epoch bore before, also none that this machine never
    heard of.

    One backup may be restored twice, the second time where nothing is left of the first: `known` + 1 would then be
    given twice, and phones of the first life would take the second for it. So it is at least the minutes since 1970;
    and because both may happen in one minute, or under clocks that are wrong, a mark is drawn by lot (64 bits).
    """
    return max(known + 1, clock.now_ms() // 60_000), secrets.token_hex(8)
