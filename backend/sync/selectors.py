"""Reading the state of custody."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from backend.core import statements
from backend.core.lookup import find, kept
from backend.sync.models import DeviceLog, Operation, StrayOperation, Verdict
from backend.sync.models.verdict import SETTLED


@dataclass(slots=True)
class Device:
    """What is open of one device's work: up to `have` its numbers are complete, up to `settled` nothing is open.

    `chain` is the end of its chain: as long as it is the same, nothing came from the device.
    """

    have: int = 0
    settled: int = 0
    chain: str = ""
    open: dict[uuid.UUID, int] = field(default_factory=dict)
    """Operations in custody that wait for a judgement or a decision, with their numbers."""

    @property
    def clear_to(self) -> int:
        """The number up to which nothing is missing and nothing is open."""
        return min([self.have, *(n - 1 for n in self.open.values())])


@dataclass(slots=True)
class Docket:
    """What the judgement that is running finds open, kept up as it goes on; verdicts are written only at its end.

    `judged`: those of the open ones that were judged before (`held` or `error`).
    """

    devices: dict[uuid.UUID, Device]
    judged: set[uuid.UUID]

    def settle(self, operation: Operation) -> None:
        """The operation has a final status now."""
        if operation.device_id in self.devices:
            self.devices[operation.device_id].open.pop(operation.pk, None)

    def is_open(self, operation: Operation) -> bool:
        """Whether it waits for a judgement."""
        device = self.devices.get(operation.device_id)
        return device is not None and operation.pk in device.open


docket: ContextVar[Docket | None] = ContextVar("sync_docket", default=None)
"""Of the judgement that is running."""


OPEN = """
    SELECT have, settled, chain, NULL, NULL, NULL FROM sync_devicelog WHERE device_id = %s
    UNION ALL
    SELECT 0, 0, '', o.id, o.n, (SELECT v.status FROM sync_verdict v WHERE v.operation_id = o.id)
    FROM sync_operation o
    WHERE o.device_id = %s AND o.n > (SELECT d.settled FROM sync_devicelog d WHERE d.device_id = %s)
    AND COALESCE((SELECT v.status FROM sync_verdict v WHERE v.operation_id = o.id), 'error') IN ('held', 'error')
    AND (SELECT count(*) FROM sync_review r WHERE r.operation_id = o.id) = 0
"""
"""By values, where joins would do: whatever a database thinks of the tables, it can only look each up by its key."""


def open_work(device_ids: Collection[uuid.UUID]) -> Docket:
    """What is open of these devices' work."""
    found = Docket({}, set())
    for device_id in device_ids:
        rows = statements.rows(OPEN, kept(Operation, device_id=device_id) * 3)
        for have, settled, chain, pk, n, status in rows:
            if pk is None:
                found.devices[device_id] = Device(have, settled, chain)
                continue
            operation_id = pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk)
            found.devices[device_id].open[operation_id] = n
            if status is not None:
                found.judged.add(operation_id)
    return found


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
    running = docket.get()
    known = running if running is not None and device_id in running.devices else open_work([device_id])
    device = known.devices.get(device_id, Device())
    if device.have < upto:
        return device.have + 1
    open_ones = [pk for pk, n in device.open.items() if n <= upto]
    rows = find(Operation, only=["id", "n", "body"], order="n", id=open_ones)
    return next((row.n for row in rows if object_id in row.body), None)


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
