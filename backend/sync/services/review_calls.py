"""Telling people that an operation waits for them: those it is shown to first, a day later the office; once each."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from backend.core import clock
from backend.core.actor import system
from backend.journal.writing import Change, write
from backend.sync.models import Operation, ReviewCall
from backend.sync.models.verdict import REVIEWABLE, Status
from backend.sync.registry import Context, registry
from backend.sync.services.reviewable import LONG_HELD, contexts, open_operations

BATCH = 200

GIVEN_UP = 3
"""Failed tries after which people hear of an operation in which the server stumbles: most stumble once."""

VOUCHED = ("late_assignment", "no_permission", "author_disabled")
"""Codes of work that lacked an authority. What else a leader's own phone could not bring in is for him to see first:
a submission that lacked an answer is no business of the office."""


def call_reviewers() -> int:
    """Tell of what is new on the desk, and the office of what lies there for a day. Returns how many operations.

    What one person is told of at once is one message: thirty operations of a lost phone are no thirty messages.
    """
    return _first_calls() + _calls_to_the_office()


def _first_calls() -> int:
    stumbling = Q(verdict__status=Status.ERROR, verdict__tries__lt=GIVEN_UP)
    new = open_operations().filter(~stumbling, review_call__isnull=True).order_by("received_at", "pk")
    return sum(_call_first(county_id, ids) for county_id, ids in _by_county(new[:BATCH]))


def _calls_to_the_office() -> int:
    due = {"review_call__office_at__isnull": True, "review_call__first_at__lte": clock.now() - LONG_HELD}
    late = open_operations().filter(**due).order_by("received_at", "pk")
    return sum(_call_office(county_id, ids) for county_id, ids in _by_county(late[:BATCH]))


def _by_county(rows: Iterable[Operation]) -> list[tuple[int, list[uuid.UUID]]]:
    found: dict[int, list[uuid.UUID]] = defaultdict(list)
    for row in rows:
        found[row.county_id].append(row.pk)
    return list(found.items())


def _call_first(county_id: int, ids: Sequence[uuid.UUID]) -> int:
    with write(actor=system(county_id)) as change:
        waiting = [row for row in _locked(ids) if not hasattr(row, "review_call")]
        about, office = contexts(waiting), registry.overseer_ids(county_id)
        now = clock.now()
        audience = {row.pk: _first(row, about[row.pk]) for row in waiting}
        ReviewCall.objects.bulk_create(
            ReviewCall(operation=row, first_at=now, office_at=None if audience[row.pk] else now) for row in waiting
        )
        told = {row: audience[row.pk] or frozenset(office) for row in waiting}
        for status in REVIEWABLE:
            part = {row: people for row, people in told.items() if row.verdict.status == status}
            _tell(change, f"operation.{status}", part)
    return len(waiting)


def _first(operation: Operation, context: Context) -> frozenset[int]:
    """Who is told first; nobody of what is their own and needs another's word to count, nor of our own failures."""
    verdict = operation.verdict
    if verdict.status == Status.ERROR:
        return frozenset()
    own = verdict.code in VOUCHED or verdict.status == Status.ID_REUSED
    return context.first - {operation.user_id} if own else context.first


def _call_office(county_id: int, ids: Sequence[uuid.UUID]) -> int:
    with write(actor=system(county_id)) as change:
        waiting = [row for row in _locked(ids) if row.review_call.office_at is None]
        ReviewCall.objects.filter(pk__in=[row.pk for row in waiting]).update(office_at=clock.now())
        office = frozenset(registry.overseer_ids(county_id))
        _tell(change, "operation.undecided", dict.fromkeys(waiting, office))
    return len(waiting)


def _locked(ids: Sequence[uuid.UUID]) -> list[Operation]:
    """Those still open, locked: of two workers the second one finds what the first one did."""
    locked = Operation.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    held = list(locked.values_list("pk", flat=True))
    rows = open_operations().select_related("verdict", "review", "review_call")
    return list(rows.filter(pk__in=held).order_by("received_at", "pk"))


def _tell(change: Change, kind: str, told: dict[Operation, frozenset[int]]) -> None:
    by_audience: dict[frozenset[int], list[Operation]] = defaultdict(list)
    for row, people in told.items():
        by_audience[people].append(row)
    for audience, rows in by_audience.items():
        change.tell(kind, audience, rows[0].verdict, count=len(rows))
