"""Taking operations into custody: verbatim, idempotent by op id, chained per device (protocol, Push)."""

import hashlib
import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import DataError, IntegrityError, transaction

from backend.core import clock
from backend.core.actor import Actor
from backend.core.lookup import find, find_one
from backend.core.making import made
from backend.journal.rows import Batch, insert_missing
from backend.journal.turnstile import turn
from backend.sync.models import DeviceLog, Operation, StrayOperation
from backend.sync.registry import Custody, registry
from backend.sync.wire import Arrived, Clock

log = logging.getLogger(__name__)

MAX_GAPS = 1000
"""Missing numbers named in one answer."""


@dataclass(frozen=True, slots=True)
class Taken:
    """After custody: what was there already and what is new, both by id; the places in the batch whose id is taken by
    other content; and the device's completeness."""

    known: dict[uuid.UUID, Operation]
    fresh: dict[uuid.UUID, Operation]
    reused: frozenset[int]
    have: int
    missing: list[int]


def take(
    actor: Actor, device_id: uuid.UUID, arrived: Sequence[Arrived], told: Clock | None, *, form_fault: str = ""
) -> Taken:
    """Store what is new of `arrived`, in one transaction; afterwards the server answers for all of it.

    `form_fault` is what is wrong with all of it.
    """
    sent = _Sent(actor, device_id, arrived, told, form_fault)
    try:
        return _take(sent)
    except IntegrityError:
        # An id that we did not look for, or that another device stored between our look and our insert.
        return _take(sent, look=True)
    except DataError:
        log.warning("custody without what the rooms wanted to note of it", exc_info=True)
        return _take(sent, look=True, hooks=False)


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a phone hands in, and how."""

    actor: Actor
    device_id: uuid.UUID
    arrived: Sequence[Arrived]
    told: Clock | None
    form_fault: str


def _take(sent: _Sent, *, look: bool = False, hooks: bool = True) -> Taken:
    actor, device_id, arrived = sent.actor, sent.device_id, sent.arrived
    with turn(), transaction.atomic():
        device = _lock_device(actor, device_id)
        known = _known(arrived, device, look=look)
        fresh: dict[uuid.UUID, Operation] = {}
        reused = set()
        for place, each in enumerate(arrived):
            stored = known.get(each.id) or fresh.get(each.id)
            if stored is None:
                fresh[each.id] = _row(sent, each, device)
            elif stored.device_id != device_id or stored.body != each.body:
                reused.add(place)
                _keep_stray(actor, device_id, each)
        numbers = {row.n for row in fresh.values()}
        missing = _count(device, numbers)
        # A number that comes a second time, or none, is open work again.
        device.settled = min([device.settled, *(n - 1 for n in numbers)])
        batch = Batch()
        batch.insert(list(fresh.values()))
        batch.put([device])
        if hooks:
            run_hooks(fresh.values(), batch)
        batch.run()
    return Taken(known, fresh, frozenset(reused), device.have, missing)


def _known(arrived: Sequence[Arrived], device: DeviceLog, *, look: bool) -> dict[uuid.UUID, Operation]:
    """Those of `arrived` that are in custody, by id. What a phone sends again bears a number that came before; the key
    of the table refuses an id that comes with a new number, and then there is a `look` for all of them.
    """
    if not look and all(each.n > device.top for each in arrived):
        return {}
    return {row.pk: row for row in find(Operation, id=[each.id for each in arrived])}


def _lock_device(actor: Actor, device_id: uuid.UUID) -> DeviceLog:
    """The device's log, locked: two pushes of one device take their turns."""
    device = find_one(DeviceLog, lock=True, device_id=device_id)
    if device is None:
        new = DeviceLog(device_id=device_id, county_id=actor.county_id, user_id=actor.user_id or 0)
        new.pushed_at = clock.now()
        insert_missing([new])
        device = find(DeviceLog, lock=True, device_id=device_id)[0]
    device.pushed_at = clock.now()
    return device


def _row(sent: _Sent, each: Arrived, device: DeviceLog) -> Operation:
    row = read_row(each, device, sent.form_fault)
    row.id, row.county_id, row.user_id = each.id, sent.actor.county_id, sent.actor.user_id or 0
    row.offset_ms, row.received_at = sent.told.offset if sent.told else None, device.pushed_at
    row.deposited = sent.actor.deposit_only
    return row


def read_row(each: Arrived, device: DeviceLog, form_fault: str = "") -> Operation:
    """What an operation says of itself, as a row at the end of its device's chain; whose it is and when it came are
    still to be written down."""
    read, body = each.read, each.body
    device.chain = hashlib.sha256(f"{device.chain}\n{body}".encode()).hexdigest()
    return made(
        Operation,
        device_id=device.device_id,
        n=each.n,
        kind=read.kind if read else "",
        verb=read.verb if read else "",
        object_id=read.id if read else "",
        schema=read.schema if read else 0,
        device_at=read.at if read else "",
        body=body,
        chain=device.chain,
        fault=_storable(form_fault or each.fault),
    )


def _storable(text: str) -> str:
    """Any text as a column of 200 characters can hold it."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")[:200]


def _keep_stray(actor: Actor, device_id: uuid.UUID, each: Arrived) -> None:
    StrayOperation.objects.bulk_create(
        [
            StrayOperation(
                operation_id=each.id,
                county_id=actor.county_id,
                user_id=actor.user_id or 0,
                device_id=device_id,
                received_at=clock.now(),
                body=each.body,
                digest=hashlib.sha256(each.body.encode()).hexdigest(),
            )
        ],
        ignore_conflicts=True,
    )


def _count(device: DeviceLog, fresh: set[int]) -> list[int]:
    """Move `have` over what is now contiguous; the numbers that lack below the highest one."""
    stored = set() if device.top <= device.have else _stored_after(device)
    numbers = sorted(number for number in fresh | stored if number > device.have)
    missing: list[int] = []
    expected = device.have + 1
    for number in numbers:
        missing.extend(range(expected, min(number, expected + MAX_GAPS)))
        expected = number + 1
        if not missing:
            device.have = number
    device.top = max([device.top, *numbers])
    return missing[:MAX_GAPS]


def _stored_after(device: DeviceLog) -> set[int]:
    """The numbers in custody beyond `have`."""
    stored = Operation.objects.filter(device_id=device.device_id, n__gt=device.have)
    return set(stored.values_list("n", flat=True))


def run_hooks(fresh: Iterable[Operation], batch: Batch) -> None:
    """At-custody hooks: what must happen although the operations may be held or quarantined for long."""
    by_name: dict[str, list[Custody]] = defaultdict(list)
    for row in fresh:
        declared = registry.operations.get(row.name)
        if declared is not None and declared.at_custody is not None:
            by_name[row.name].append(Custody(row.county_id, row.user_id, row.pk, row.object_id, row.body))
    for name, taken in by_name.items():
        hook = registry.operations[name].at_custody
        try:
            if hook is not None:
                hook(taken, batch)
        except Exception:
            log.warning("at-custody hook of %s failed for %d operations", name, len(taken), exc_info=True)
