"""How far backups reach (protocol, Pull: `durable`)."""

import datetime as dt

from django.db import transaction

from backend.journal.turnstile import turn
from backend.sync.models.state import SyncState


def reach(*, at: dt.datetime) -> dt.datetime:
    """A verified backup or replica holds every operation received until `at`; the bound that now stands.

    It only ever moves forward: phones have let go of what was behind it.
    """
    with turn(), transaction.atomic():
        row, _ = SyncState.objects.select_for_update().get_or_create(pk=1)
        if row.durable_at is None or row.durable_at < at:
            row.durable_at = at
            row.save(update_fields=["durable_at"])
    return row.durable_at
