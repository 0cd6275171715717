"""Notices as their unit reads them: in groups of what is to do, and one with its rows, answers and history."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from backend.desk.rules.advice import Advice, advice
from backend.inspections.models import FindingState
from backend.notices.api.answers import INTERNAL, shown, shown_state
from backend.notices.models import EscalationPaper, NoticeFinding, NoticeTransition, RectificationNotice
from backend.notices.rules.escalation_lifecycle import TITLES, PaperState
from backend.notices.rules.lifecycle import TRANSITIONS
from backend.notices.selectors.possible import Possible, unused

STATES = {
    FindingState.IN_NOTICE: "待整改",
    FindingState.RECTIFYING: "待整改",
    FindingState.REPORTED: "待复查",
}
"""What the unit calls a finding's state, where that is another word than the office's."""

TONES = {"late": 0, "soon": 1, "act": 2}


@dataclass(frozen=True, slots=True)
class Card:
    """A notice in the list."""

    notice: RectificationNotice
    advice: Advice


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    cards: list[Card]


def grouped(rows: Iterable[RectificationNotice], today: dt.date) -> list[Group]:
    """待办 with the most urgent first, then what waits for others, then what is over; empty groups are left out."""
    cards = [Card(row, advice(row.state, row.due_on, today)) for row in rows]
    to_do = [card for card in cards if card.advice.tone in TONES]
    to_do.sort(key=lambda card: card.advice.due_on or dt.date.max)
    groups = [
        Group("需要办理", to_do),
        Group("等待答复", [card for card in cards if card.advice.tone == "wait"]),
        Group("已办结", [card for card in cards if card.advice.tone == "done"]),
    ]
    return [group for group in groups if group.cards]


def described(notice: RectificationNotice, today: dt.date) -> dict[str, Any]:
    """What the page of one notice says above its rows and below them."""
    return {
        "notice": notice,
        "advice": advice(notice.state, notice.due_on, today),
        "steps": [_step(each) for each in notice.transitions.all() if each.action not in INTERNAL],
        "defence": getattr(notice, "defence", None),
        "extension": getattr(notice, "extension", None),
        "issued_copy": next((copy.sha256 for copy in notice.copies.all()), ""),
        "escalations": [_escalation(each) for each in notice.escalations.all() if shown(each)],
    }


def _escalation(paper: EscalationPaper) -> dict[str, Any]:
    """A paper that was issued to the unit, or the call to a talk."""
    called = paper.state == PaperState.SUMMONED
    return {
        "title": "约谈通知" if called else TITLES[paper.kind],
        "number": paper.number,
        "at": paper.issued_at,
        "cause": paper.cause,
        "deadline": paper.deadline,
        "held_at": paper.held_at,
        "place": paper.place,
        "pdf": paper.pdf_sha256,
    }


def _step(taken: NoticeTransition) -> dict[str, Any]:
    return {"name": TRANSITIONS[taken.action].name, "at": taken.at, "reason": taken.reason}


def item_card(
    row: NoticeFinding, notice: RectificationNotice, may: Possible, form: Callable[[NoticeFinding], Any]
) -> dict[str, Any]:
    """One row: the fact, its deadline, its photos, what was reported, and the form where a report is due."""
    state = shown_state(notice, row)
    due = any(row.pk == each.pk for each in may.report)
    return {
        "row": row,
        "state": STATES.get(FindingState(state), FindingState(state).label),
        "closed": state in (FindingState.CLOSED, FindingState.WITHDRAWN),
        "photos": list(row.photos.all()),
        "reports": list(row.reports.all()),
        "proofs": unused(row) if due else [],
        "form": form(row) if due else None,
    }
