"""The life of a bulletin as a table: which step leads from which state to which, and who takes it.

draft → reviewed → signed → published
  ↑ compile, revise ┘    └──────┴→ withdrawn (its number is never used again)
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.accounts.roles import Role
from backend.core.errors import Conflict


class State(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


LABELS: dict[str, str] = {
    State.DRAFT: "草稿",
    State.REVIEWED: "已审核",
    State.SIGNED: "已签发",
    State.PUBLISHED: "已印发",
    State.WITHDRAWN: "已撤回",
}

OFFICE = frozenset({Role.OFFICE.value})
SYSTEM = "system"
DEPUTY = "deputy"
"""No role of an account: held on the days of a `SigningDeputy`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its Chinese name, the states it starts from, the state it leads to, the roles that take it."""

    name: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]


STEPS: dict[str, Step] = {
    "compile": Step("重新汇编", frozenset({State.DRAFT, State.REVIEWED}), State.DRAFT, OFFICE | {SYSTEM}),
    "edit": Step("修改", frozenset({State.DRAFT}), State.DRAFT, OFFICE),
    "consult": Step("征求意见", frozenset({State.DRAFT}), State.DRAFT, OFFICE),
    "review": Step("审核", frozenset({State.DRAFT}), State.REVIEWED, OFFICE),
    "revise": Step("退回修改", frozenset({State.REVIEWED}), State.DRAFT, OFFICE | {Role.LEADERSHIP}),
    "sign": Step("签发", frozenset({State.REVIEWED}), State.SIGNED, frozenset({Role.LEADERSHIP, DEPUTY})),
    "publish": Step("印发", frozenset({State.SIGNED}), State.PUBLISHED, OFFICE | {Role.LEADERSHIP}),
    "withdraw": Step("撤回", frozenset({State.SIGNED, State.PUBLISHED}), State.WITHDRAWN, OFFICE | {Role.LEADERSHIP}),
}


def state_after(action: str, state: str, paper: str = "半月报") -> str:
    """The state that `action` leads to; `paper` is what is spoken of. Raises `Conflict(bad_state)`."""
    step = STEPS[action]
    if state not in step.sources:
        raise Conflict("bad_state", f"{paper}当前为“{LABELS[state]}”，不能{step.name}。", state=state)
    return step.target
