"""What came under an id already taken by other content, put where people can decide about it (protocol, Review).

In custody it lies beside the operation that has the id. Here it becomes an operation under an id of its own, word for
word, at the end of its device's chain: read, accepted, refiled and dismissed like all the others. Its phone was told
`id_reused` under the id that it used; the document of its fate names that id as `reused`.
"""

import logging

from django.db import DataError

from backend.core import clock
from backend.core.actor import system
from backend.core.ids import uuid7
from backend.journal.writing import write
from backend.sync.models import DeviceLog, Operation, StrayOperation, Verdict
from backend.sync.models.verdict import Status
from backend.sync.services.custody import read_row, run_hooks
from backend.sync.wire import read_op

log = logging.getLogger(__name__)

BATCH = 200


def adopt() -> int:
    """Put on the desk what lies in custody as a stray. Returns how many there were."""
    waiting = StrayOperation.objects.filter(adopted__isnull=True).order_by("received_at").values_list("pk", "county_id")
    return sum(_adopt(pk, county_id) for pk, county_id in waiting[:BATCH])


def _adopt(pk: int, county_id: int) -> bool:
    try:
        return _adopt_one(pk, county_id)
    except DataError:
        log.warning("a stray operation without what the rooms wanted to note of it", exc_info=True)
        return _adopt_one(pk, county_id, hooks=False)


def _adopt_one(pk: int, county_id: int, *, hooks: bool = True) -> bool:
    """False where another worker was faster."""
    with write(actor=system(county_id)) as change:
        stray = StrayOperation.objects.select_for_update().filter(pk=pk, adopted__isnull=True).first()
        if stray is None:
            return False
        device = DeviceLog.objects.select_for_update().get(pk=stray.device_id)
        operation = _operation(stray, device)
        operation.save(force_insert=True)
        device.save(update_fields=["chain"])
        stray.adopted = operation.pk
        stray.save(update_fields=["adopted"])
        verdict = _verdict(operation, stray)
        verdict.save(force_insert=True)
        if hooks:
            run_hooks([operation], change.batch)
        change.put(verdict)
        change.log("operation.adopted", verdict, author=operation.user_id, reused=str(stray.operation_id))
    return True


def _operation(stray: StrayOperation, device: DeviceLog) -> Operation:
    row = read_row(read_op(stray.body.encode()), device)
    row.id, row.county_id, row.user_id, row.received_at = uuid7(), stray.county_id, stray.user_id, stray.received_at
    return row


def _verdict(operation: Operation, stray: StrayOperation) -> Verdict:
    now = clock.now()
    detail = {"reused": str(stray.operation_id)}
    return Verdict(operation=operation, status=Status.ID_REUSED, detail=detail, decided_at=now, looked_at=now)
