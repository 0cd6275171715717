"""The lives of assignments, visits and findings as tables: which verb leads from which state to which.

The tables are data; services ask them and never compare states themselves (workflow.md sections 3 and 6).
"""

from django.db import models

from backend.core.errors import Conflict


class AssignmentState(models.TextChoices):
    PLANNED = "planned", "已安排"
    RELEASED = "released", "已下达"
    ACCEPTED = "accepted", "已接受"
    DEPARTED = "departed", "已出发"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class VisitState(models.TextChoices):
    RELEASED = "released", "待出发"
    DEPARTED = "departed", "已出发"
    ARRIVED = "arrived", "已到达"
    IN_PROGRESS = "in_progress", "检查中"
    FEEDBACK_GIVEN = "feedback_given", "已现场反馈"
    SUBMITTED = "submitted", "已提交"
    APPROVED = "approved", "已审核"
    RETURNED = "returned", "已退回"
    CANCELLED = "cancelled", "已取消"


class FindingState(models.TextChoices):
    RECORDED = "recorded", "已记录"
    CONFIRMED = "confirmed", "已确认"
    IN_NOTICE = "in_notice", "已列入通知书"
    RECTIFYING = "rectifying", "整改中"
    REPORTED = "reported", "已报整改"
    CLOSED = "closed", "已销号"
    RETURNED = "returned", "退回重改"
    RECTIFIED_ON_SPOT = "rectified_on_spot", "已即知即改"
    WITHDRAWN = "withdrawn", "已撤销"
    REFERRED = "referred", "已移送"


A, V, F = AssignmentState, VisitState, FindingState

ASSIGNMENT_MOVES: dict[str, dict[str, str]] = {
    "release": {A.PLANNED: A.RELEASED},
    "accept": {A.RELEASED: A.ACCEPTED, A.ACCEPTED: A.ACCEPTED},
    "decline": {A.RELEASED: A.PLANNED, A.ACCEPTED: A.PLANNED},
    "depart": {A.RELEASED: A.DEPARTED, A.ACCEPTED: A.DEPARTED, A.DEPARTED: A.DEPARTED},
    "reassign": {A.PLANNED: A.PLANNED, A.RELEASED: A.RELEASED, A.ACCEPTED: A.RELEASED, A.DEPARTED: A.RELEASED},
    # A visit that a replaced crew began ends what its successors never set out for, or what was not yet released again.
    "finish": {A.DEPARTED: A.DONE, A.RELEASED: A.DONE, A.ACCEPTED: A.DONE, A.PLANNED: A.DONE},
    # Somebody drops out on the way; the others go on.
    "leave": {A.ACCEPTED: A.ACCEPTED, A.RELEASED: A.RELEASED, A.DEPARTED: A.DEPARTED},
    # Its visit turned out to be of another target: it still has to be made.
    "reopen": {A.DEPARTED: A.RELEASED, A.RELEASED: A.RELEASED, A.ACCEPTED: A.ACCEPTED, A.PLANNED: A.PLANNED},
    "cancel": {A.PLANNED: A.CANCELLED, A.RELEASED: A.CANCELLED, A.ACCEPTED: A.CANCELLED, A.DEPARTED: A.CANCELLED},
}

_AT_WORK: dict[str, str] = {
    state: state for state in (V.DEPARTED, V.ARRIVED, V.IN_PROGRESS, V.FEEDBACK_GIVEN, V.RETURNED)
}

VISIT_MOVES: dict[str, dict[str, str]] = {
    "start": {V.RELEASED: V.DEPARTED},
    # Phones hand in their parts in any order: an answer may arrive before the check-in that was made earlier.
    "check_in": _AT_WORK | {V.DEPARTED: V.ARRIVED},
    "work": _AT_WORK | {V.DEPARTED: V.IN_PROGRESS, V.ARRIVED: V.IN_PROGRESS, V.RETURNED: V.IN_PROGRESS},
    "note": _AT_WORK,
    "enter": _AT_WORK,
    "feedback": dict.fromkeys(_AT_WORK, V.FEEDBACK_GIVEN.value),
    "submit": dict.fromkeys(_AT_WORK, V.SUBMITTED.value),
    "approve": {V.SUBMITTED: V.APPROVED},
    "return": {V.SUBMITTED: V.RETURNED},
    "refile": _AT_WORK,
    "cancel": dict.fromkeys(_AT_WORK, V.CANCELLED.value),
}

LOCKED = frozenset({V.SUBMITTED, V.APPROVED})
"""Field work that arrives now waits for the crew's leader (protocol: `late_lock`)."""

FINDING_MOVES: dict[str, frozenset[str]] = {
    F.RECORDED: frozenset({F.CONFIRMED, F.RECTIFIED_ON_SPOT, F.WITHDRAWN}),
    F.RECTIFIED_ON_SPOT: frozenset({F.CLOSED, F.RECORDED, F.WITHDRAWN}),
    F.CONFIRMED: frozenset({F.IN_NOTICE, F.REFERRED, F.WITHDRAWN}),
    F.IN_NOTICE: frozenset({F.RECTIFYING, F.CONFIRMED, F.REFERRED, F.WITHDRAWN}),
    F.RECTIFYING: frozenset({F.REPORTED, F.REFERRED, F.WITHDRAWN}),
    F.REPORTED: frozenset({F.CLOSED, F.RETURNED, F.REFERRED}),
    F.RETURNED: frozenset({F.REPORTED, F.REFERRED}),
    F.CLOSED: frozenset({F.RECTIFYING}),  # a relapse: old number, counter + 1
    F.WITHDRAWN: frozenset(),
    F.REFERRED: frozenset(),
}


def assignment_after(verb: str, state: str) -> str:
    """The state after `verb`. Raises `Conflict(bad_state)`."""
    return _after(ASSIGNMENT_MOVES[verb], state, AssignmentState)


def visit_after(verb: str, state: str) -> str:
    """The state after `verb`. Raises `Conflict`: `late_lock` for work on a submitted visit, else `bad_state`."""
    if state in LOCKED and state not in VISIT_MOVES[verb] and verb not in ("approve", "return", "start"):
        raise Conflict("late_lock", "本次到访已提交，补充内容须由组长确认后附入。")
    return _after(VISIT_MOVES[verb], state, VisitState)


def check_finding_move(state: str, to: str) -> None:
    """Raises `Conflict(bad_state)` unless the table leads from `state` to `to`."""
    if to not in FINDING_MOVES[state]:
        raise Conflict("bad_state", f"问题当前为“{FindingState(state).label}”，不能变为“{FindingState(to).label}”。")


def _after(moves: dict[str, str], state: str, states: type[models.TextChoices]) -> str:
    if state not in moves:
        raise Conflict("bad_state", f"当前状态为“{states(state).label}”，不允许此操作。")
    return str(moves[state])
