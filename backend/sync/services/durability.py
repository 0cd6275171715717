"""How far backups reach (protocol, Pull: `durable`)."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q

from backend.journal.turnstile import turn
from backend.sync.models.state import SyncState

FIRST = "INSERT INTO sync_syncstate (id, epoch) VALUES (1, 1) ON CONFLICT (id) DO NOTHING"


def reach(*, at: dt.datetime) -> dt.datetime:
    """A verified backup or replica holds every operation received until `at`; the bound that now stands.

    It only ever moves forward: phones have let go of what was behind it. One backs up before one migrates: only columns
    are named that the table has had from the first.
    """
    rows = SyncState.objects.filter(pk=1)
    with turn(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FIRST)
        rows.filter(Q(durable_at__isnull=True) | Q(durable_at__lt=at)).update(durable_at=at)
        reached = rows.values_list("durable_at", flat=True).get()
    return reached or at
