"""Push: custody first, judgement after it, an answer for every operation (protocol, Push)."""

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import TooLarge
from backend.sync import selectors
from backend.sync.models.state import state
from backend.sync.models.verdict import Status, Verdict
from backend.sync.services.custody import Taken, take
from backend.sync.services.judging import judge
from backend.sync.wire import MAX_OPS, Arrived, PushIn, read_op

log = logging.getLogger(__name__)


def push(actor: Actor, device_id: uuid.UUID, request: PushIn, *, form_fault: str = "") -> dict[str, Any]:
    """Take the operations into custody, judge them, and answer each.

    `form_fault` quarantines the whole batch (a `Sync-Device` that is not the token's). Raises `TooLarge` for more
    than 200 operations: the phone halves the batch.
    """
    if len(request.ops) > MAX_OPS:
        raise TooLarge("too_many_ops", f"一次最多提交 {MAX_OPS} 个操作，请分批提交。", limit=MAX_OPS)
    arrived = [read_op(bytes(raw)) for raw in request.ops]
    taken = take(actor, device_id, arrived, request.clock)
    _judge(actor, arrived, taken, form_fault)
    present = state()
    return {
        "results": _results(arrived, taken),
        "have": taken.have,
        "missing": taken.missing,
        "durable": clock.to_ms(present.durable_at) if present.durable_at else None,
    }


def _judge(actor: Actor, arrived: Sequence[Arrived], taken: Taken, form_fault: str) -> None:
    sound = [each for place, each in enumerate(arrived) if place not in taken.reused]
    faults = {each.id: form_fault or each.fault for each in sound if form_fault or each.fault}
    waiting = selectors.unjudged(list(taken.operations))
    if not waiting:
        return
    try:
        judge(actor.county_id, waiting, faults=faults)
    except Exception:
        log.exception("judgement failed for %d operations of user %s", len(waiting), actor.user_id)


def _results(arrived: Sequence[Arrived], taken: Taken) -> list[dict[str, Any]]:
    known = selectors.verdicts(taken.operations)
    return [_result(place, each, taken, known) for place, each in enumerate(arrived)]


def _result(place: int, each: Arrived, taken: Taken, known: dict[uuid.UUID, Verdict]) -> dict[str, Any]:
    label = {"op": each.label if each.label is not None else str(each.id)}
    if place in taken.reused:
        return label | {"status": Status.ID_REUSED}
    verdict = known.get(each.id)
    if verdict is None:
        return label | {"status": Status.ERROR}
    return {**verdict.answer(), **label}
