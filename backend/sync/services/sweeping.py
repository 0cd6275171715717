"""The sweeper: whatever a crash, a failure or a missing thing left without a final verdict is judged again.

Operations are written once and verdicts beside them, so that nothing in an operation tells that it was never judged.
To look for one is to compare two tables of a million rows. The sweeper therefore notes up to what time of receipt
everything was judged, looks from a while before that on, and only once a day at everything.
"""

import datetime as dt
import uuid
from collections import defaultdict

from django.db.models import Q, QuerySet

from backend.core import clock
from backend.core.lookup import find_one
from backend.journal.models import FeedRow
from backend.journal.rows import Batch, insert_missing
from backend.journal.turnstile import turn
from backend.sync.models import Operation, SweepMark, Verdict
from backend.sync.models.verdict import Status, undone
from backend.sync.services.judging import judge_ids

GRACE = dt.timedelta(seconds=30)
"""A push that is still at work is left alone."""

RETRY = dt.timedelta(minutes=1)
"""Pause before the first retry after a failure; it doubles with each try, up to 2^10."""

BATCH = 200

MARGIN = dt.timedelta(minutes=10)
"""How long after its time of receipt an operation may come to be seen: its transaction ends later, and the clocks of
several servers differ."""

WHOLE_EVERY = dt.timedelta(days=1)

LOST = dt.timedelta(minutes=10)
"""What has no verdict after this although it was tried gets one: `error`."""


def sweep() -> int:
    """Judge what is due. Returns how many operations were tried."""
    never = _never_judged()
    due = never + _failed() + _held_whose_object_exists()
    by_county: dict[int, list[uuid.UUID]] = defaultdict(list)
    for county_id, operation in due:
        by_county[county_id].append(operation)
    for county_id, ids in by_county.items():
        judge_ids(county_id, ids)
    _give_up([pk for _, pk in never])
    return len(due)


def _never_judged() -> list[tuple[int, uuid.UUID]]:
    now, mark = clock.now(), find_one(SweepMark, id=1) or SweepMark()
    whole = _is_due(mark, now)
    rows = Operation.objects.filter(verdict__isnull=True, received_at__lt=now - GRACE)
    if not whole:
        rows = rows.filter(received_at__gte=mark.judged_to)
    found = list(rows.order_by("received_at").values_list("county_id", "pk", "received_at")[:BATCH])
    _note(mark, min([now - MARGIN, *(received for _, _, received in found)]), now if whole else None)
    return [(county_id, pk) for county_id, pk, _ in found]


def _is_due(mark: SweepMark, now: dt.datetime) -> bool:
    """Whether to look at everything: once a day, and where the clock was put back."""
    if mark.judged_to is None or mark.whole_at is None:
        return True
    return not (mark.whole_at <= now < mark.whole_at + WHOLE_EVERY and mark.judged_to <= now)


def _note(mark: SweepMark, judged_to: dt.datetime, whole_at: dt.datetime | None) -> None:
    """Two workers at once: whichever notes last has looked itself, so either mark is true."""
    moved = mark.judged_to is None or abs(judged_to - mark.judged_to) >= RETRY
    if whole_at is None and not moved:
        return
    mark.judged_to, mark.whole_at = judged_to, whole_at or mark.whole_at
    batch = Batch()
    batch.put([mark])
    with turn():
        batch.run()


def _give_up(tried: list[uuid.UUID]) -> None:
    """What the database refuses to judge is `error`, too: people see it, and nobody looks for it for ever."""
    lost = Operation.objects.filter(pk__in=tried, verdict__isnull=True, received_at__lt=clock.now() - LOST)
    now = clock.now()
    with turn():
        insert_missing([Verdict(operation=row, status=Status.ERROR, decided_at=now, looked_at=now) for row in lost])


def _failed() -> list[tuple[int, uuid.UUID]]:
    now = clock.now()
    due = Q()
    for tries in range(1, 11):
        due |= Q(tries=tries, looked_at__lt=now - RETRY * 2 ** (tries - 1))
    due |= Q(tries__gt=10, looked_at__lt=now - RETRY * 2**10)
    rows = undecided(Status.ERROR).filter(due).order_by("looked_at")
    return list(rows.values_list("operation__county_id", "pk")[:BATCH])


def undecided(status: Status) -> QuerySet[Verdict]:
    """Of that status and not decided by a person."""
    return Verdict.objects.filter(undone(), status=status, operation__review__isnull=True)


def _held_whose_object_exists() -> list[tuple[int, uuid.UUID]]:
    """Held for something that exists by now, and perhaps could not be seen by the author until a later grant."""
    rows = undecided(Status.HELD).filter(looked_at__lt=clock.now() - RETRY)
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
