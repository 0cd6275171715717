"""Taking operations into custody: verbatim, idempotent by op id, chained per device (protocol, Push)."""

import hashlib
import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from django.db import IntegrityError, transaction

from backend.core import clock
from backend.core.actor import Actor
from backend.journal.turnstile import turn
from backend.sync.models import DeviceLog, Operation, StrayOperation
from backend.sync.registry import Custody, registry
from backend.sync.wire import Arrived, Clock

log = logging.getLogger(__name__)

MAX_GAPS = 1000
"""Missing numbers named in one answer."""


@dataclass(frozen=True, slots=True)
class Taken:
    """After custody: the stored operations by id, ids taken by other content, and the device's completeness."""

    operations: dict[uuid.UUID, Operation]
    reused: frozenset[int]
    have: int
    missing: list[int]


def take(actor: Actor, device_id: uuid.UUID, arrived: Sequence[Arrived], told: Clock | None) -> Taken:
    """Store what is new of `arrived`, in one transaction; afterwards the server answers for all of it."""
    try:
        return _take(actor, device_id, arrived, told)
    except IntegrityError:
        # Another device stored one of these ids between our look and our insert; now it is there to be seen.
        return _take(actor, device_id, arrived, told)


def _take(actor: Actor, device_id: uuid.UUID, arrived: Sequence[Arrived], told: Clock | None) -> Taken:
    with turn(), transaction.atomic():
        device = _lock_device(actor, device_id)
        known = {row.pk: row for row in Operation.objects.filter(pk__in=[each.id for each in arrived])}
        fresh: dict[uuid.UUID, Operation] = {}
        reused = set()
        for place, each in enumerate(arrived):
            stored = known.get(each.id) or fresh.get(each.id)
            if stored is None:
                fresh[each.id] = _chain(device, _row(actor, device_id, each, told))
            elif stored.device_id != device_id or stored.body != each.body:
                reused.add(place)
                _keep_stray(actor, device_id, each)
        Operation.objects.bulk_create(fresh.values())
        missing = _count(device)
        device.save()
        _run_hooks(fresh.values())
    return Taken(known | fresh, frozenset(reused), device.have, missing)


def _lock_device(actor: Actor, device_id: uuid.UUID) -> DeviceLog:
    DeviceLog.objects.bulk_create(
        [DeviceLog(device_id=device_id, county_id=actor.county_id, user_id=actor.user_id or 0, pushed_at=clock.now())],
        ignore_conflicts=True,
    )
    device = DeviceLog.objects.select_for_update().get(device_id=device_id)
    device.pushed_at = clock.now()
    return device


def _row(actor: Actor, device_id: uuid.UUID, each: Arrived, told: Clock | None) -> Operation:
    read = each.read
    return Operation(
        id=each.id,
        county_id=actor.county_id,
        user_id=actor.user_id or 0,
        device_id=device_id,
        n=each.n,
        kind=read.kind if read else "",
        verb=read.verb if read else "",
        object_id=read.id if read else "",
        schema=read.schema if read else 0,
        device_at=read.at if read else "",
        offset_ms=told.offset if told else None,
        received_at=clock.now(),
        body=each.body,
        deposited=actor.deposit_only,
    )


def _chain(device: DeviceLog, row: Operation) -> Operation:
    device.chain = row.chain = hashlib.sha256(f"{device.chain}\n{row.body}".encode()).hexdigest()
    return row


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


def _count(device: DeviceLog) -> list[int]:
    """Move `have` over what is now contiguous; the numbers that lack below the highest one."""
    stored = Operation.objects.filter(device_id=device.device_id, n__gt=device.have)
    numbers = sorted(set(stored.values_list("n", flat=True)))
    missing: list[int] = []
    expected = device.have + 1
    for number in numbers:
        missing.extend(range(expected, min(number, expected + MAX_GAPS)))
        expected = number + 1
        if not missing:
            device.have = number
    device.top = max([device.top, *numbers])
    return missing[:MAX_GAPS]


def _run_hooks(fresh: Iterable[Operation]) -> None:
    """At-custody hooks: what must happen although the operation may be held or quarantined for long."""
    for row in fresh:
        declared = registry.operations.get(row.name)
        if declared is None or declared.at_custody is None:
            continue
        try:
            data = msgspec.json.decode(row.body).get("data")
            with transaction.atomic():
                declared.at_custody(Custody(row.county_id, row.user_id, row.pk, row.object_id, data))
        except Exception:
            log.warning("at-custody hook of %s failed for %s", row.name, row.pk, exc_info=True)
