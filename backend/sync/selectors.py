"""Reading the state of custody."""

import uuid
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet

from backend.core.lookup import find, find_one
from backend.sync.models import DeviceLog, Operation, StrayOperation, Verdict
from backend.sync.models.verdict import SETTLED

settled_here: ContextVar[set[uuid.UUID]] = ContextVar("sync_settled_here")
"""Operations settled in the judgement transaction that is running; their verdicts are written at its end."""


def verdicts(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Verdict]:
    """The verdicts on those of `ids` that were judged, with operation and review."""
    judged = [row.pk for row in find(Verdict, only=["operation_id"], operation_id=list(ids))]
    return {row.pk: row for row in _with_review(judged)} if judged else {}


def _with_review(ids: Sequence[uuid.UUID]) -> QuerySet[Verdict]:
    return Verdict.objects.filter(pk__in=ids).select_related("operation__review")


def first_unsettled(device_id: uuid.UUID, upto: int, object_id: str) -> int | None:
    """The first number ≤ `upto` of the device that a submit must still wait for, None when there is none.

    A number that has not arrived might belong to the visit, so it is waited for; one that has arrived counts only
    when it speaks of `object_id` and is neither settled nor decided by a reviewer (protocol, Operations: `upto`).
    """
    log = find_one(DeviceLog, device_id=device_id)
    have = log.have if log else 0
    if have < upto:
        return have + 1
    open_ones = _unsettled(device_id, upto) - settled_here.get(set())
    rows = find(Operation, only=["id", "n", "body"], order="n", id=open_ones)
    return next((row.n for row in rows if object_id in row.body), None)


UNSETTLED = """
    SELECT o.id FROM sync_operation o
    LEFT JOIN sync_verdict v ON v.operation_id = o.id
    LEFT JOIN sync_review r ON r.operation_id = o.id
    WHERE o.device_id = %s AND o.n <= %s AND r.operation_id IS NULL
    AND (v.operation_id IS NULL OR v.status IN ('held', 'error'))
"""


def _unsettled(device_id: uuid.UUID, upto: int) -> set[uuid.UUID]:
    """The device's operations up to a number that wait for a judgement or a decision."""
    key = Operation._meta.get_field("device_id")
    with connection.cursor() as cursor:
        cursor.execute(UNSETTLED, [key.get_db_prep_value(device_id, connection), upto])
        return {found if isinstance(found, uuid.UUID) else uuid.UUID(found) for (found,) in cursor.fetchall()}


def lacking(user_id: int, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of `ids` that are not in custody for this user, or whose fate is open here (protocol, Offer).

    A backup may hold an operation in custody that was judged only after it was made. The status that the phone heard
    belongs to the life that is lost: it has to hear the present one before the operation may leave its screen.
    """
    decided = Q(verdict__status__in=SETTLED) | Q(review__isnull=False)
    known = set(Operation.objects.filter(decided, pk__in=ids, user_id=user_id).values_list("pk", flat=True))
    return [each for each in ids if each not in known]


def stats(county_id: int | None = None) -> dict[str, Any]:
    """What is stuck and since when: counts and oldest received time by status, and per device what it still lacks.

    `county_id` None: the whole deployment.
    """
    mine = {"county_id": county_id} if county_id is not None else {}
    operations = Operation.objects.filter(**mine)
    unjudged = operations.filter(verdict__isnull=True)
    by_status = operations.filter(verdict__isnull=False).values_list("verdict__status")
    rows = by_status.annotate(count=Count("pk"), oldest=Min("received_at")).order_by("verdict__status")
    gaps = DeviceLog.objects.filter(top__gt=F("have"), **mine).order_by("device_id")
    return {
        "operations": operations.count(),
        "unjudged": unjudged.aggregate(count=Count("pk"), oldest=Min("received_at")),
        "by_status": {status: {"count": count, "oldest": oldest} for status, count, oldest in rows},
        "id_reused": StrayOperation.objects.filter(**mine).count(),
        "devices_with_gaps": [
            {"device": row.device_id, "user": row.user_id, "have": row.have, "top": row.top, "pushed_at": row.pushed_at}
            for row in gaps
        ],
    }
