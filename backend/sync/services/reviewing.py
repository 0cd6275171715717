"""Deciding about an operation that the engine could not apply: accept, refile, dismiss (protocol, Review).

Each decision is made once, under the lock of its operation, in one transaction with what it brings about. What was
answered to the phone is never rewritten: the fate stands beside it and reaches its author as an `operation` document.
"""

import dataclasses
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import OperationalError

from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from backend.journal.writing import Change, write
from backend.sync import people
from backend.sync.models import Operation, Review, ReviewOutcome
from backend.sync.registry import Acceptance, Context, Filed, Outcome, Waits, registry
from backend.sync.services import judging
from backend.sync.services.reviewable import contexts, filed, is_open, may_review, reviewed_by, seen

log = logging.getLogger(__name__)

LATE = "late_lock"
NOT_APPLICABLE = ("invalid",)
"""Codes of what no handler can read: it can only be kept beside, word for word."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Case:
    """An open operation on the reviewer's desk, locked."""

    reviewer: Actor
    operation: Operation
    context: Context
    reason: str

    @property
    def acceptance(self) -> Acceptance:
        author = people.author(self.operation)
        return Acceptance(dataclasses.replace(author, vouched_by=self.reviewer.person), self.reviewer, self.reason)


def accept(*, actor: Actor, op: uuid.UUID, reason: str = "") -> Review:
    """Let the work count: applied on the reviewer's word, or kept beside the submitted round as an addendum.

    Raises `NotFound` for operations that are not the actor's to review, `Conflict`: `already_decided`, `not_open`,
    `own_operation`, `not_acceptable`, or what the operation still fails by; then nothing has changed.
    """
    return _decide(actor, op, ReviewOutcome.ACCEPTED, reason, _accept)


def refile(*, actor: Actor, op: uuid.UUID, to: str, reason: str) -> Review:
    """Let the work count for the object `to` instead of the one it names.

    Raises what `accept` raises, and `Invalid(unknown_object)` unless `to` is an object the actor may decide about.
    """
    return _decide(actor, op, ReviewOutcome.REFILED, reason, lambda case: _refile(case, to), to=to)


@dataclass(frozen=True, slots=True)
class Decision:
    """One of many: `outcome` accepted, refiled (onto `to`) or dismissed."""

    op: uuid.UUID
    outcome: str
    reason: str = ""
    to: str = ""


def decide(*, actor: Actor, decision: Decision) -> Review:
    """`accept`, `refile` or `dismiss`, as the decision says; raises what they raise."""
    match decision.outcome:
        case ReviewOutcome.ACCEPTED:
            return accept(actor=actor, op=decision.op, reason=decision.reason)
        case ReviewOutcome.REFILED:
            return refile(actor=actor, op=decision.op, to=decision.to, reason=decision.reason)
    return dismiss(actor=actor, op=decision.op, reason=decision.reason)


def dismiss(*, actor: Actor, op: uuid.UUID, reason: str) -> Review:
    """Let it not count; it stays in custody with the reason. Raises `NotFound`, `Conflict`, `Invalid`."""
    return _decide(actor, op, ReviewOutcome.DISMISSED, reason, lambda case: None)


def _decide(
    actor: Actor,
    op: uuid.UUID,
    word: ReviewOutcome,
    reason: str,
    carry_out: Callable[[_Case], Outcome | None],
    **detail: Any,
) -> Review:
    if word != ReviewOutcome.ACCEPTED and not reason.strip():
        raise Invalid("reason_missing", "请写明理由。", path="reason", msg="请写明理由。")
    seen(actor, op, Operation.objects.filter(verdict__isnull=False))
    with write(actor=actor) as change:
        case = _open_case(actor, op, reason)
        done = carry_out(case)
        review = _record(change, case, word, {**_result(change, done), **detail})
        brought = {*change.revs, ("operation", str(case.operation.device_id))}
    judging.judge_ids(actor.county_id, judging.waiting_for(actor.county_id, brought))
    return review


def _open_case(actor: Actor, op: uuid.UUID, reason: str) -> _Case:
    operation = Operation.objects.select_for_update().filter(pk=op, county_id=actor.county_id).first()
    if operation is not None:
        judging.take_turns([operation])
    if operation is None or not hasattr(operation, "verdict"):
        raise NotFound("operation", op)
    context = reviewed_by(actor, operation)
    if Review.objects.filter(pk=op).exists():
        raise Conflict("already_decided", "该操作已有处理结果。")
    if not is_open(operation):
        raise Conflict("not_open", "该操作无需处理，或等待未满24小时。")
    return _Case(actor, operation, context, reason)


def _accept(case: _Case) -> Outcome:
    _check_not_own(case)
    verdict = case.operation.verdict
    unknown = verdict.code == "unknown_kind" and case.operation.name not in registry.operations
    if unknown or verdict.code in NOT_APPLICABLE:
        return _beside(case, filed(case.operation))
    return _carry_out(case, case.operation)


def _check_not_own(case: _Case) -> None:
    """Nobody vouches for themselves; late work needs no vouching, only somebody who puts it beside the round."""
    if case.operation.user_id == case.reviewer.user_id and case.operation.verdict.code != LATE:
        raise Conflict("own_operation", "不能由本人为自己的操作担保，请交由他人处理。")


def _carry_out(case: _Case, operation: Operation) -> Outcome:
    """The ordinary handler, vouched for; what comes too late or cannot be read goes beside.

    Work on a visit that was returned meanwhile is simply work on its open round.
    """
    author = case.acceptance.author
    try:
        with write(actor=author, eager=True):
            outcome = judging.perform(author, operation)
            if outcome.code:
                raise Conflict(outcome.code, "提交内容与服务器记录不一致，不能接受。")
            return outcome
    except (NotFound, Waits) as missing:
        raise _not_acceptable("所依据的内容尚未到达或不存在，不能接受；可以改挂或驳回。") from missing
    except Invalid:
        return _beside(case, filed(operation))
    except Forbidden as refused:
        raise Conflict(refused.code, refused.detail) from refused
    except Conflict as refused:
        if refused.code == LATE:
            return _beside(case, filed(operation))
        raise
    except (Problem, OperationalError):
        raise
    except Exception as fault:
        log.exception("accepting operation %s (%s) failed", operation.pk, operation.name)
        raise _not_acceptable("处理该操作时出错，内容未改动。") from fault


def _beside(case: _Case, what: Filed) -> Outcome:
    reviewer = registry.reviewer_of(what.kind)
    if reviewer is None:
        raise _not_acceptable()
    try:
        return reviewer.addendum(what, case.acceptance)
    except NotFound as missing:
        raise _not_acceptable() from missing


def _not_acceptable(sentence: str = "该操作无法应用，也没有可附入的到访，只能改挂或驳回。") -> Conflict:
    return Conflict("not_acceptable", sentence)


def _refile(case: _Case, to: str) -> Outcome:
    _check_not_own(case)
    moved = _moved(case.operation, _readdressed(case, to))
    if not may_review(case.reviewer, contexts([moved])[moved.pk]):
        raise _unknown()
    return _carry_out(case, moved)


def _readdressed(case: _Case, to: str) -> Filed:
    reviewer = registry.reviewer_of(case.operation.kind)
    if reviewer is None:
        raise _not_acceptable("此类操作不能改挂。")
    try:
        return reviewer.readdress(filed(case.operation), to)
    except NotFound as missing:
        raise _unknown() from missing


def _unknown() -> Invalid:
    """The same for an object that does not exist and for one that the reviewer has no say in."""
    sentence = "没有可以改挂的对象，请核对编号。"
    return Invalid("unknown_object", sentence, path="to", msg=sentence)


def _moved(operation: Operation, what: Filed) -> Operation:
    """The operation as if it had been sent with another address; it exists only in memory."""
    try:
        sent = msgspec.json.decode(operation.body.encode(), type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as fault:
        raise _not_acceptable("该内容不是可以识别的操作，不能改挂。") from fault
    sent["id"] = msgspec.Raw(msgspec.json.encode(what.id))
    sent["data"] = msgspec.Raw(what.text.encode())
    values = {field.attname: getattr(operation, field.attname) for field in Operation._meta.concrete_fields}
    return Operation(**values | {"object_id": what.id, "body": msgspec.json.encode(sent).decode()})


def _result(change: Change, done: Outcome | None) -> dict[str, Any]:
    if done is None:
        return {}
    change.flush()
    key: Key = (done.about.journal_kind, done.about.journal_id)
    return {"status": done.status, "kind": key[0], "id": key[1], "rev": change.revs.get(key), **done.told()}


def _record(change: Change, case: _Case, word: ReviewOutcome, detail: dict[str, Any]) -> Review:
    operation, reviewer = case.operation, case.reviewer
    review = Review(
        operation=operation,
        outcome=word,
        reason=case.reason,
        by=reviewer.person,
        by_name=reviewer.name[:80],
        detail=detail,
    )
    review.save(force_insert=True)
    verdict = operation.verdict
    change.put(verdict)
    change.log(f"operation.{word}", verdict, reason=case.reason, code=verdict.code, author=operation.user_id)
    change.tell(f"operation.{word}", {operation.user_id} - {reviewer.user_id}, verdict)
    return review
