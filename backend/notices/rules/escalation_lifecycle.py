"""The life of a paper of escalation as a table: 催办单, 督办通知, 约谈记录, 通报建议, 问责建议.

    催办单      drafted → issued                            by the system, at the instant of its step
    督办通知    drafted → issued                            leadership or a deputy signs
    约谈记录    drafted → summoned → issued                 the office calls the unit, then records the talk
    通报、问责建议  drafted → proposed → adopted | declined  printed by the system, decided by leadership

What is not issued or decided may be dropped. A proposal decides nothing about the unit: 通报 is a circular of its own,
问责 is decided by the committee outside of the system (workflow.md section 9).
"""

from dataclasses import dataclass
from enum import StrEnum

from backend.core.errors import Conflict
from backend.notices.rules.ladder import Rung
from backend.notices.rules.lifecycle import Party


class PaperState(StrEnum):
    DRAFTED = "drafted"
    SUMMONED = "summoned"
    PROPOSED = "proposed"
    ISSUED = "issued"
    ADOPTED = "adopted"
    DECLINED = "declined"
    DROPPED = "dropped"


PAPER_LABELS: dict[str, str] = {
    PaperState.DRAFTED: "已拟稿",
    PaperState.SUMMONED: "已通知约谈",
    PaperState.PROPOSED: "待审定",
    PaperState.ISSUED: "已印发",
    PaperState.ADOPTED: "已采纳",
    PaperState.DECLINED: "未采纳",
    PaperState.DROPPED: "已终止",
}

TITLES: dict[str, str] = {
    Rung.REMINDER: "整改催办单",
    Rung.SUPERVISED_ORDER: "整改督办通知",
    Rung.ADMONITION_TALK: "约谈记录",
    Rung.CIRCULAR: "通报建议",
    Rung.ACCOUNTABILITY: "问责建议",
}
PROPOSALS = frozenset({Rung.CIRCULAR, Rung.ACCOUNTABILITY})
"""Papers inside the house; the unit never sees them."""

FOR_THE_UNIT = frozenset({Rung.REMINDER, Rung.SUPERVISED_ORDER, Rung.ADMONITION_TALK})
OPEN = frozenset({PaperState.DRAFTED, PaperState.SUMMONED, PaperState.PROPOSED})


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a paper: its Chinese name, of which kinds, from which states, to which, by whom."""

    name: str
    kinds: frozenset[str]
    sources: frozenset[str]
    target: PaperState
    party: Party


def _move(name: str, kinds: frozenset[Rung], sources: str, target: str, party: Party) -> Move:
    return Move(
        name, frozenset(kinds), frozenset(PaperState(word) for word in sources.split()), PaperState(target), party
    )


MOVES: dict[str, Move] = {
    "urge": _move("印发催办单", frozenset({Rung.REMINDER}), "drafted", "issued", Party.SYSTEM),
    "sign": _move("签发督办通知", frozenset({Rung.SUPERVISED_ORDER}), "drafted", "issued", Party.SIGNER),
    "summon": _move("通知约谈", frozenset({Rung.ADMONITION_TALK}), "drafted summoned", "summoned", Party.OFFICE),
    "record": _move("记录约谈", frozenset({Rung.ADMONITION_TALK}), "summoned", "issued", Party.OFFICE),
    "propose": _move("提出建议", PROPOSALS, "drafted", "proposed", Party.SYSTEM),
    "adopt": _move("采纳建议", PROPOSALS, "proposed", "adopted", Party.SIGNER),
    "decline": _move("不采纳建议", PROPOSALS, "proposed", "declined", Party.SIGNER),
    "drop": _move("终止", frozenset(Rung), "drafted summoned proposed", "dropped", Party.OFFICE),
}


def paper_state_after(action: str, kind: str, state: str) -> PaperState:
    """The state that `action` leads to. Raises `Conflict(bad_state)`."""
    move = MOVES[action]
    if kind not in move.kinds:
        raise Conflict("bad_state", f"“{TITLES[kind]}”不能{move.name}。", state=str(state))
    if state not in move.sources:
        raise paper_refusal(move.name, kind, state)
    return move.target


def paper_refusal(name: str, kind: str, state: str) -> Conflict:
    """That a paper in `state` cannot be dealt with so, as the caller is told it."""
    return Conflict("bad_state", f"{TITLES[kind]}当前为“{PAPER_LABELS[state]}”，不能{name}。", state=str(state))
