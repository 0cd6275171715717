"""Judgement: permission, dependency, base, rule, then effect and verdict in one transaction (protocol, Push).

The operations of a batch share a transaction; each is an attempt in it (`journal.attempts`), so that a bad one costs
only itself. If the shared transaction itself fails, they are judged one by one. Whatever happens in between, the
sweeper finds operations without a verdict and judges them again: exactly one effect.
"""

import datetime as dt
import logging
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from django.db import DatabaseError, OperationalError, connection

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem, TooLarge
from backend.core.lookup import find
from backend.core.making import made
from backend.journal import feed
from backend.journal.models import FeedRow
from backend.journal.writing import Change, write
from backend.sync import people, selectors
from backend.sync.models import DeviceLog, Operation, Verdict
from backend.sync.models.verdict import SETTLED, TOLD, Status
from backend.sync.registry import QUARANTINE_CODES, Command, Outcome, Waits, registry
from backend.sync.wire import MAX_OP_BYTES, Content

log = logging.getLogger(__name__)

Key = tuple[str, str]

NOTED_EVERY = 128
"""Operations of a device between two notes of how far its work is settled."""

MOST_TRIES = 2**15 - 1
"""What the column holds; the pause between tries stops growing long before."""

JUDGED = ["status", "code", "rev", "detail", "waits_kind", "waits_id", "tries", "decided_at", "looked_at"]
"""What a later judgement of the same operation changes."""

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

ZERO = rb"\u0000"
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""An escaped NUL in JSON: no database holds one in a text, and an operation that can never be applied must not be
tried again for ever."""


@dataclass(slots=True)
class _Sitting:
    """One judgement transaction: its verdicts, earlier verdicts of the same operations, and the outcomes."""

    change: Change
    earlier: dict[uuid.UUID, Verdict]
    docket: selectors.Docket
    alone: bool
    at: dt.datetime = field(default_factory=clock.now)
    verdicts: list[Verdict] = field(default_factory=list)
    outcomes: dict[uuid.UUID, Outcome] = field(default_factory=dict)


@dataclass(slots=True)
class Court:
    """Who judges what: the operations of one county, with what is known of them beforehand.

    `authors` are looked up once each.
    """

    county_id: int
    operations: dict[uuid.UUID, Operation]
    authors: dict[tuple[int, uuid.UUID], Actor] = field(default_factory=dict)

    def author(self, operation: Operation) -> Actor:
        """Who made it."""
        key = operation.user_id, operation.device_id
        if key not in self.authors:
            self.authors[key] = people.author(operation)
        return self.authors[key]


def judge_ids(county_id: int, ids: Iterable[uuid.UUID]) -> None:
    """Judge those of `ids` that have no final verdict, and then whatever waited for what they brought."""
    judge(Court(county_id, _read(county_id, ids)))


def judge(court: Court) -> dict[uuid.UUID, Verdict]:
    """Judge the operations of `court` that have no final verdict, then whatever waited for what they brought.

    Returns the last verdict of each operation that was looked at.
    """
    said: dict[uuid.UUID, Verdict] = {}
    while court.operations:
        verdicts, arrived = _judge_together(court)
        said |= verdicts
        court.operations = _read(court.county_id, waiting_for(court.county_id, arrived))
    return said


def _read(county_id: int, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Operation]:
    wanted = list(ids)
    return {row.pk: row for row in Operation.objects.filter(county_id=county_id, pk__in=wanted)} if wanted else {}


Sat = tuple[dict[uuid.UUID, Verdict], set[Key]]


def _judge_together(court: Court) -> Sat:
    try:
        return _sit(court, list(court.operations.values()))
    except DatabaseError:
        log.exception("a shared judgement of %d operations failed; judging one by one", len(court.operations))
    said: dict[uuid.UUID, Verdict] = {}
    arrived: set[Key] = set()
    for each in _in_order(court.operations.values()):
        try:
            verdicts, brought = _sit(court, [each])
            said, arrived = said | verdicts, arrived | brought
        except DatabaseError:
            log.exception("judgement of %s failed; the sweeper will try again", each.pk)
    return said, arrived


def _in_order(operations: Iterable[Operation]) -> list[Operation]:
    """In the order in which their devices made them."""
    return sorted(operations, key=lambda row: (row.device_id.int, row.n, row.id.int))


def _sit(court: Court, operations: Sequence[Operation]) -> Sat:
    """One transaction. Returns the verdicts, and what exists now that somebody may have waited for."""
    with write(actor=Actor(None, court.county_id, "同步")) as change:
        take_turns(operations)
        docket = selectors.open_work({row.device_id for row in operations})
        waiting = [row for row in _in_order(operations) if docket.is_open(row)]
        ids = {row.pk for row in waiting}
        earlier = selectors.verdicts([row.pk for row in operations if row.pk not in ids or row.pk in docket.judged])
        change.coming = _objects_of(waiting)
        sitting = _Sitting(change, earlier, docket, alone=len(waiting) == 1)
        token = selectors.docket.set(docket)
        try:
            for operation in waiting:
                _judge_one(court, sitting, operation)
        finally:
            selectors.docket.reset(token)
        _note_settled(docket)  # before scopes are locked: custody and adoption lock the device first, too
        change.number()
        _record(sitting)
    settled = {("operation", str(row.operation.device_id)) for row in sitting.verdicts if row.status in SETTLED}
    return earlier | {row.pk: row for row in sitting.verdicts}, set(change.revs) | settled


def _note_settled(docket: selectors.Docket) -> None:
    """Now and then write down up to where nothing is open, so that nobody has to look further back.

    Not if something came from the device meanwhile: it might bear a number that has been settled.
    """
    for device_id, device in docket.devices.items():
        if device.clear_to - device.settled >= NOTED_EVERY:
            log_of = DeviceLog.objects.filter(device_id=device_id, chain=device.chain)
            log_of.update(settled=device.clear_to)


def _objects_of(operations: Iterable[Operation]) -> dict[str, list[str]]:
    objects: dict[str, list[str]] = {}
    for row in operations:
        objects.setdefault(row.kind, []).append(row.object_id)
    return objects


def take_turns(operations: Iterable[Operation]) -> None:
    """Wait until nobody else judges operations of the same devices or about the same visits, and keep others waiting.

    Locking the operations themselves would write every one of them. Two phones of a crew that hand in work on the same
    visits in crossing orders would each hold what the other waits for. SQLite has one writer at a time anyway.
    """
    if connection.vendor != "postgresql":
        return
    rows = list(operations)
    named = {each.lower() for row in rows for each in UUID_TEXT.findall(row.body)}
    keys = {int.from_bytes(row.device_id.bytes[:8], signed=True) for row in rows}
    feed.take_turns(keys, named)


def _judge_one(court: Court, sitting: _Sitting, operation: Operation) -> None:
    at = sitting.at
    verdict = made(Verdict, operation=operation, status=Status.QUARANTINED, decided_at=at, looked_at=at)
    try:
        actor = court.author(operation)
        with write(actor=actor, eager=sitting.alone):
            outcome = perform(actor, operation)
        verdict.status, verdict.code = outcome.status, outcome.code or ""
        sitting.outcomes[operation.pk] = outcome
    except Waits as wait:
        _hold(verdict, wait.kind, wait.id)
    except NotFound as missing:
        _hold(verdict, missing.kind, missing.id)
    except Problem as problem:
        verdict.code, verdict.detail = _quarantine(problem)
    except OperationalError:
        raise
    except Exception:
        log.exception("operation %s (%s) failed", operation.pk, operation.name)
        verdict.status = Status.ERROR
    sitting.verdicts.append(verdict)
    if verdict.status in SETTLED:
        sitting.docket.settle(operation)


def perform(actor: Actor, operation: Operation) -> Outcome:
    """Do what the operation says, on the authority of `actor`; what goes wrong is told as the registry says."""
    vouched = actor.vouched_by is not None
    if operation.deposited and not vouched:
        raise Forbidden("author_disabled", "提交时账号或设备已停用，内容已保存，等待审核。")
    body = operation.body.encode()
    if (operation.fault and not vouched) or not operation.kind or len(body) > MAX_OP_BYTES:
        raise Invalid("invalid", "操作格式有误。", path="", msg=operation.fault or "not an operation")
    declared = registry.operations.get(operation.name)
    if declared is None:
        raise Invalid("unknown_kind", "服务器不认识此类操作，内容已保存，等待审核。")
    if not (vouched or registry.may_sync(actor)):
        raise Forbidden("no_permission", "没有进行此操作的权限。")
    told = msgspec.json.decode(body, type=Content).data
    if ZERO in body and NUL.search(told):
        raise Invalid("invalid", "操作内容含有无法保存的字符。", path="$", msg="NUL in a text")
    try:
        data = msgspec.json.decode(told, type=declared.payload)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise Invalid("invalid", "操作内容有误。", path=_path(problem), msg=str(problem)) from problem
    return declared.handler(
        Command(
            actor=actor,
            op=operation.pk,
            n=operation.n,
            id=operation.object_id,
            at=_instant(operation.device_at),
            received_at=operation.received_at,
            offset_ms=operation.offset_ms,
            data=data,
        )
    )


def _path(problem: Exception) -> str:
    """msgspec says `… - at `$.answers[...]``: the part between the backticks."""
    return str(problem).rpartition("at `")[2].rstrip("`") if "at `" in str(problem) else "$"


def _instant(text: str) -> dt.datetime | None:
    try:
        instant = dt.datetime.fromisoformat(text)
        return instant.astimezone(dt.UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _hold(verdict: Verdict, kind: str, id: str) -> None:
    verdict.status, verdict.waits_kind, verdict.waits_id = Status.HELD, kind[:32], id[:100]


def _quarantine(problem: Problem) -> tuple[str, dict[str, object]]:
    detail: dict[str, object] = {"detail": problem.detail}
    detail |= {key: problem.extra[key] for key in ("path", "msg", "errors", "missing") if key in problem.extra}
    if problem.code in QUARANTINE_CODES:
        return problem.code, detail
    match problem:
        case Forbidden():
            return "no_permission", detail
        case Conflict():
            return "bad_state", detail | {"reason": problem.code}
        case TooLarge():
            return "invalid", detail
    return "invalid", detail | {"reason": problem.code}


def _record(sitting: _Sitting) -> None:
    """Write the verdicts beside their effects, and tell the authors' phones what needs telling."""
    for verdict in sitting.verdicts:
        outcome = sitting.outcomes.get(verdict.operation_id)
        if outcome is not None:
            key = outcome.about.journal_kind, outcome.about.journal_id
            verdict.rev = sitting.change.revs.get(key) or _present_rev(key)
            verdict.detail = outcome.told()
        earlier = sitting.earlier.get(verdict.pk)
        if earlier is not None:
            verdict.tries = min(earlier.tries + 1, MOST_TRIES)
        if earlier is not None and verdict.says_the_same_as(earlier):
            verdict.decided_at = earlier.decided_at
        elif verdict.status in TOLD or earlier is not None:
            sitting.change.put(verdict)
    sitting.change.batch.upsert(sitting.verdicts, unique=["pk"], update=JUDGED)


def _present_rev(key: Key) -> int | None:
    found = FeedRow.objects.filter(kind=key[0], object_id=key[1], document__isnull=False)
    return found.values_list("rev", flat=True).first()


def waiting_for(county_id: int, arrived: set[Key]) -> list[uuid.UUID]:
    """Held operations whose reason to wait may be gone, in the order in which their devices made them."""
    if not arrived:
        return []
    held = find(Verdict, where="status = 'held'", waits_id=[id for _, id in arrived])
    due = [row.pk for row in held if (row.waits_kind, row.waits_id) in arrived]
    if not due:
        return []
    rows = Operation.objects.filter(pk__in=due, county_id=county_id, review=None).order_by("n")
    return list(rows.values_list("pk", flat=True))
