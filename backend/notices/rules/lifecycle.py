"""The life of a rectification notice as a table (workflow.md section 6).

    draft → reviewed → issued → delivered → acknowledged → rectifying → report_submitted → under_review → closed
                                                               ↑  ↖ returned ←─────────────────┘
    delivered, acknowledged, rectifying → defence_pending → acknowledged | withdrawn

The table is data: services ask it and never compare states themselves. `overdue` and the step of escalation are
derived (`deadlines`), not states.
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.core.errors import Conflict


class State(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    ISSUED = "issued"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    RECTIFYING = "rectifying"
    REPORT_SUBMITTED = "report_submitted"
    UNDER_REVIEW = "under_review"
    CLOSED = "closed"
    RETURNED = "returned"
    DEFENCE_PENDING = "defence_pending"
    WITHDRAWN = "withdrawn"


LABELS: dict[str, str] = {
    State.DRAFT: "草稿",
    State.REVIEWED: "已审核",
    State.ISSUED: "已签发",
    State.DELIVERED: "已送达",
    State.ACKNOWLEDGED: "已签收",
    State.RECTIFYING: "整改中",
    State.REPORT_SUBMITTED: "已报整改",
    State.UNDER_REVIEW: "复查中",
    State.CLOSED: "已销号",
    State.RETURNED: "退回重改",
    State.DEFENCE_PENDING: "申辩处理中",
    State.WITHDRAWN: "已撤回",
}


class Party(StrEnum):
    """Who takes a step."""

    OFFICE = "office"
    SIGNER = "signer"
    UNIT = "unit"
    SYSTEM = "system"
    """The product itself, at its time."""
    ANY = "any"
    """Follows from another step."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: its Chinese name, the states it may start from, the state it leads to, who takes it."""

    name: str
    sources: frozenset[str]
    target: str
    party: Party


def _step(name: str, sources: str, target: str, party: Party) -> Transition:
    return Transition(name, frozenset(State(word) for word in sources.split()), State(target), party)


TRANSITIONS: dict[str, Transition] = {
    "review": _step("审核", "draft", "reviewed", Party.OFFICE),
    "revise": _step("退回修改", "reviewed", "draft", Party.OFFICE),
    "issue": _step("签发", "reviewed", "issued", Party.SIGNER),
    "deliver": _step("送达", "issued", "delivered", Party.ANY),
    "acknowledge": _step("签收", "delivered", "acknowledged", Party.UNIT),
    "start": _step("开始整改", "acknowledged returned", "rectifying", Party.UNIT),
    "object": _step("申辩", "delivered acknowledged rectifying", "defence_pending", Party.UNIT),
    "uphold": _step("维持原意见", "defence_pending", "acknowledged", Party.OFFICE),
    "report": _step("提交整改报告", "rectifying", "report_submitted", Party.UNIT),
    "take_up": _step("开始复查", "report_submitted", "under_review", Party.OFFICE),
    "conclude": _step("转入复查", "rectifying returned", "under_review", Party.OFFICE),
    "return": _step("退回重改", "under_review", "returned", Party.OFFICE),
    "close": _step("销号", "under_review", "closed", Party.OFFICE),
    "reopen": _step("重新打开", "closed", "rectifying", Party.OFFICE),
    "withdraw": _step(
        "撤回",
        "draft reviewed issued delivered acknowledged rectifying defence_pending",
        "withdrawn",
        Party.OFFICE,
    ),
}

UNISSUED = frozenset({State.DRAFT, State.REVIEWED})
"""The notice does not exist for its unit yet."""

WITH_THE_UNIT = frozenset({State.ISSUED, State.DELIVERED, State.ACKNOWLEDGED, State.RECTIFYING, State.RETURNED})
"""States in which the unit is to act and a deadline runs; while a defence is pending it rests."""


ASKABLE = frozenset({State.DELIVERED, State.ACKNOWLEDGED, State.RECTIFYING})
"""States in which the unit may ask for more time, and the office answer."""


def state_after(action: str, state: str) -> str:
    """The state that `action` leads to. Raises `Conflict(bad_state)`."""
    step = TRANSITIONS[action]
    if state not in step.sources:
        raise refusal(step.name, state)
    return step.target


def refusal(name: str, state: str) -> Conflict:
    """That a step called `name` is not possible in `state`, as the caller is told it."""
    return Conflict("bad_state", f"通知书当前为“{LABELS[state]}”，不能{name}。", state=str(state))
