"""Judgement: permission, dependency, base, rule, then effect and verdict in one transaction (protocol, Push).

The operations of a batch share a transaction; each is a savepoint in it, so that a bad one costs only itself.
If the shared commit itself fails, they are judged one by one. Whatever happens in between, the sweeper finds
operations without a verdict and judges them again: exactly one effect.
"""

import datetime as dt
import logging
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from django.db import DatabaseError, OperationalError
from django.db.models import Q

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem, TooLarge
from backend.journal.models import FeedRow
from backend.journal.writing import Change, write
from backend.sync import people
from backend.sync.models import Operation, Verdict
from backend.sync.models.verdict import SETTLED, TOLD, Status
from backend.sync.registry import QUARANTINE_CODES, Command, Outcome, Waits, registry
from backend.sync.selectors import settled_here
from backend.sync.wire import MAX_OP_BYTES, OpIn

log = logging.getLogger(__name__)

Key = tuple[str, str]

MOST_TRIES = 2**15 - 1
"""What the column holds; the pause between tries stops growing long before."""

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""An escaped NUL in JSON: no database holds one in a text, and an operation that can never be applied must not be
tried again for ever."""


@dataclass(slots=True)
class _Sitting:
    """One judgement transaction: its verdicts, and the outcomes whose revision is not yet counted."""

    change: Change
    verdicts: list[Verdict] = field(default_factory=list)
    about: dict[uuid.UUID, Key] = field(default_factory=dict)
    authors: dict[tuple[int, uuid.UUID], Actor] = field(default_factory=dict)

    def author(self, operation: Operation) -> Actor:
        """Who made it; looked up once per sitting."""
        key = operation.user_id, operation.device_id
        if key not in self.authors:
            self.authors[key] = people.author(operation)
        return self.authors[key]


def judge(county_id: int, ids: Iterable[uuid.UUID], *, faults: dict[uuid.UUID, str] | None = None) -> None:
    """Judge those of `ids` that have no final verdict, and then whatever waited for what they brought.

    `faults` names operations whose form is already known to be wrong.
    """
    queue = list(dict.fromkeys(ids))
    while queue:
        arrived = _judge_together(county_id, queue, faults or {})
        queue = waiting_for(county_id, arrived)


def _judge_together(county_id: int, ids: Sequence[uuid.UUID], faults: dict[uuid.UUID, str]) -> set[Key]:
    try:
        return _sit(county_id, ids, faults)
    except DatabaseError:
        log.exception("a shared judgement of %d operations failed; judging one by one", len(ids))
    arrived: set[Key] = set()
    for each in ids:
        try:
            arrived |= _sit(county_id, [each], faults)
        except DatabaseError:
            log.exception("judgement of %s failed; the sweeper will try again", each)
    return arrived


def _sit(county_id: int, ids: Sequence[uuid.UUID], faults: dict[uuid.UUID, str]) -> set[Key]:
    """One transaction. Returns what exists now that somebody may have waited for."""
    with write(actor=Actor(None, county_id, "同步")) as change:
        sitting = _Sitting(change)
        token = settled_here.set(set())
        try:
            for operation in _open(county_id, ids):
                _judge_one(sitting, operation, faults.get(operation.pk, ""))
        finally:
            settled_here.reset(token)
        change.flush()
        _record(sitting)
    settled = {("operation", str(row.operation.device_id)) for row in sitting.verdicts if row.status in SETTLED}
    return set(change.revs) | settled


def _open(county_id: int, ids: Sequence[uuid.UUID]) -> list[Operation]:
    """The operations still to be judged, locked, in the order in which their devices made them.

    What a reviewer has decided about is not judged again, although its status stays as it was answered.
    """
    rows = list(Operation.objects.select_for_update().filter(county_id=county_id, pk__in=ids).order_by("pk"))
    final = Verdict.objects.filter(Q(status__in=SETTLED) | Q(operation__review__isnull=False), operation__in=rows)
    done = set(final.values_list("pk", flat=True))
    return sorted((row for row in rows if row.pk not in done), key=lambda row: (str(row.device_id), row.n, row.pk))


def _judge_one(sitting: _Sitting, operation: Operation, fault: str) -> None:
    now = clock.now()
    verdict = Verdict(operation=operation, status=Status.QUARANTINED, decided_at=now, looked_at=now)
    try:
        actor = sitting.author(operation)
        with write(actor=actor):
            outcome = perform(actor, operation, fault)
        verdict.status, verdict.code, verdict.detail = outcome.status, outcome.code or "", dict(outcome.detail)
        sitting.about[operation.pk] = (outcome.about.journal_kind, outcome.about.journal_id)
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
        settled_here.get().add(operation.pk)


def perform(actor: Actor, operation: Operation, fault: str = "") -> Outcome:
    """Do what the operation says, on the authority of `actor`; what goes wrong is told as the registry says."""
    vouched = actor.vouched_by is not None
    if operation.deposited and not vouched:
        raise Forbidden("author_disabled", "提交时账号或设备已停用，内容已保存，等待审核。")
    if fault or not operation.kind or len(operation.body.encode()) > MAX_OP_BYTES:
        raise Invalid("invalid", "操作格式有误。", path="", msg=fault or "not an operation")
    declared = registry.operations.get(operation.name)
    if declared is None:
        raise Invalid("unknown_kind", "服务器不认识此类操作，内容已保存，等待审核。")
    if not (vouched or registry.may_sync(actor)):
        raise Forbidden("no_permission", "没有进行此操作的权限。")
    read = msgspec.json.decode(operation.body.encode(), type=OpIn)
    if NUL.search(read.data):
        raise Invalid("invalid", "操作内容含有无法保存的字符。", path="$", msg="NUL in a text")
    try:
        data = msgspec.json.decode(read.data, type=declared.payload)
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
    before = {row.pk: row for row in Verdict.objects.filter(pk__in=[row.pk for row in sitting.verdicts])}
    for verdict in sitting.verdicts:
        key = sitting.about.get(verdict.operation_id)
        if key is not None:
            verdict.rev = sitting.change.revs.get(key) or _present_rev(key)
        earlier = before.get(verdict.pk)
        if earlier is not None:
            verdict.tries = min(earlier.tries + 1, MOST_TRIES)
        if earlier is not None and verdict.says_the_same_as(earlier):
            verdict.decided_at = earlier.decided_at
        elif verdict.status in TOLD or earlier is not None:
            sitting.change.put(verdict)
    Verdict.objects.bulk_create(
        sitting.verdicts,
        update_conflicts=True,
        unique_fields=["operation"],
        update_fields=["status", "code", "rev", "detail", "waits_kind", "waits_id", "tries", "decided_at", "looked_at"],
    )


def _present_rev(key: Key) -> int | None:
    rows = FeedRow.objects.filter(kind=key[0], object_id=key[1], document__isnull=False)
    return rows.values_list("rev", flat=True).first()


def waiting_for(county_id: int, arrived: set[Key]) -> list[uuid.UUID]:
    """Held operations whose reason to wait may be gone."""
    if not arrived:
        return []
    held = Verdict.objects.filter(status=Status.HELD, operation__county_id=county_id, operation__review__isnull=True)
    out: list[uuid.UUID] = []
    for kind in {kind for kind, _ in arrived}:
        ids = [id for k, id in arrived if k == kind]
        if kind == "operation":
            found = held.filter(waits_kind="operation", operation__device_id__in=ids)
        else:
            found = held.filter(waits_kind=kind, waits_id__in=ids)
        out += found.order_by("operation__n").values_list("pk", flat=True)
    return out
