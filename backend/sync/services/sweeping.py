"""The sweeper: whatever a crash, a failure or a missing thing left without a final verdict is judged again."""

import datetime as dt
import uuid
from collections import defaultdict

from django.db.models import Q

from backend.core import clock
from backend.journal.models import FeedRow
from backend.journal.turnstile import turn
from backend.sync.models import Operation, Verdict
from backend.sync.models.verdict import Status
from backend.sync.services.judging import judge_ids

GRACE = dt.timedelta(seconds=30)
"""A push that is still at work is left alone."""

RETRY = dt.timedelta(minutes=1)
"""Pause before the first retry after a failure; it doubles with each try, up to 2^10."""

BATCH = 200


def sweep() -> int:
    """Judge what is due. Returns how many operations were tried."""
    due = _never_judged() + _failed() + _held_whose_object_exists()
    by_county: dict[int, list[uuid.UUID]] = defaultdict(list)
    for county_id, operation in due:
        by_county[county_id].append(operation)
    for county_id, ids in by_county.items():
        judge_ids(county_id, ids)
    return len(due)


def _never_judged() -> list[tuple[int, uuid.UUID]]:
    rows = Operation.objects.filter(verdict__isnull=True, received_at__lt=clock.now() - GRACE)
    return list(rows.order_by("received_at").values_list("county_id", "pk")[:BATCH])


def _failed() -> list[tuple[int, uuid.UUID]]:
    now = clock.now()
    due = Q()
    for tries in range(1, 11):
        due |= Q(tries=tries, looked_at__lt=now - RETRY * 2 ** (tries - 1))
    due |= Q(tries__gt=10, looked_at__lt=now - RETRY * 2**10)
    rows = Verdict.objects.filter(due, status=Status.ERROR, operation__review__isnull=True).order_by("looked_at")
    return list(rows.values_list("operation__county_id", "pk")[:BATCH])


def _held_whose_object_exists() -> list[tuple[int, uuid.UUID]]:
    """Held for something that exists by now, and perhaps could not be seen by the author until a later grant."""
    rows = Verdict.objects.filter(status=Status.HELD, looked_at__lt=clock.now() - RETRY, operation__review__isnull=True)
    held = list(rows.order_by("looked_at").values_list("operation__county_id", "pk", "waits_kind", "waits_id")[:BATCH])
    there = set(
        FeedRow.objects.filter(object_id__in={row[3] for row in held}, document__isnull=False).values_list(
            "kind", "object_id"
        )
    )
    stale = [row for row in held if row[2] == "operation" or (row[2], row[3]) in there]
    rest = [row[1] for row in held if row not in stale]
    with turn():
        Verdict.objects.filter(pk__in=rest).update(looked_at=clock.now())
    return [(row[0], row[1]) for row in stale]
