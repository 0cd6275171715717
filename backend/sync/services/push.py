"""Push: custody first, judgement after it, an answer for every operation (protocol, Push)."""

import logging
import uuid
from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import TooLarge
from backend.sync import selectors
from backend.sync.models.state import state
from backend.sync.models.verdict import SETTLED, Status, Verdict
from backend.sync.services.custody import Taken, take
from backend.sync.services.judging import Court, judge
from backend.sync.wire import MAX_OPS, Arrived, PushIn, read_op

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the phone is told, and the epoch in which it is true."""

    body: dict[str, Any]
    epoch: str


def push(actor: Actor, device_id: uuid.UUID, request: PushIn, *, form_fault: str = "") -> Answered:
    """Take the operations into custody, judge them, and answer each.

    `form_fault` quarantines the whole batch (a `Sync-Device` that is not the token's). Raises `TooLarge` for more
    than 200 operations: the phone halves the batch.
    """
    if len(request.ops) > MAX_OPS:
        raise TooLarge("too_many_ops", f"一次最多提交 {MAX_OPS} 个操作，请分批提交。", limit=MAX_OPS)
    arrived = [read_op(bytes(raw)) for raw in request.ops]
    taken = take(actor, device_id, arrived, request.clock, form_fault=form_fault)
    verdicts = _judge(actor, device_id, taken)
    present = state()
    body = {
        "results": [_result(place, each, taken, verdicts) for place, each in enumerate(arrived)],
        "have": taken.have,
        "missing": taken.missing,
        "durable": clock.to_ms(present.durable_at) if present.durable_at else None,
    }
    return Answered(body, present.name)


def _judge(actor: Actor, device_id: uuid.UUID, taken: Taken) -> dict[uuid.UUID, Verdict]:
    """The verdicts on what arrived; none on what could not be judged, which the sweeper will try again."""
    verdicts = selectors.verdicts(taken.known)
    own = {pk: row for pk, row in taken.known.items() if row.device_id == device_id}  # an id may be another's, reused
    again = {pk: row for pk, row in own.items() if pk not in verdicts or verdicts[pk].status not in SETTLED}
    court = Court(actor.county_id, taken.fresh | again)
    if actor.user_id is not None and not actor.deposit_only:
        court.authors[actor.user_id, device_id] = actor
    try:
        return verdicts | judge(court)
    except Exception:
        log.exception("judgement failed for operations of user %s", actor.user_id)
        return selectors.verdicts([*taken.known, *taken.fresh])


def _result(place: int, each: Arrived, taken: Taken, known: dict[uuid.UUID, Verdict]) -> dict[str, Any]:
    label = {"op": each.label if each.label is not None else str(each.id)}
    if place in taken.reused:
        return label | {"status": Status.ID_REUSED}
    verdict = known.get(each.id)
    if verdict is None:
        return label | {"status": Status.ERROR}
    return {**verdict.answer(), **label}
