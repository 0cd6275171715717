"""The epoch: which life of the database phones have synced with (protocol, Offer)."""

from django.db import transaction

from backend.journal.turnstile import turn
from backend.sync.models.state import SyncState, state


def present() -> SyncState:
    return state()


def bump() -> SyncState:
    """After a restore: every cursor becomes invalid, phones download anew and offer what they keep."""
    with turn(), transaction.atomic():
        row, _ = SyncState.objects.select_for_update().get_or_create(pk=1)
        row.epoch += 1
        row.save(update_fields=["epoch"])
    return row
