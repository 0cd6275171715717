"""Papers of escalation: drafted by the ladder or by the office, moved by the table of `rules/escalation_lifecycle`."""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import uuid7
from backend.notices.models import EscalationPaper, EscalationTransition, Reminder
from backend.notices.rules import wording
from backend.notices.rules.escalation_lifecycle import (
    MOVES,
    OPEN,
    PROPOSALS,
    TITLES,
    PaperState,
    paper_refusal,
    paper_state_after,
)
from backend.notices.rules.ladder import LABELS, Rung
from backend.notices.rules.lifecycle import UNISSUED, Party, State, refusal
from backend.notices.selectors import escalations
from backend.notices.services import codes
from backend.notices.services.refusals import on_record
from backend.notices.services.steps import Step, changing, require

BY_HAND = (Rung.ADMONITION_TALK, *sorted(PROPOSALS))
"""What the office may also propose out of turn: a refusal, a falsified report (workflow.md section 9)."""


@dataclass
class PaperStep:
    """A paper being changed, under the lock of its notice."""

    step: Step
    paper: EscalationPaper

    def take(self, action: str, reason: str = "") -> None:
        """Move the paper by its table. Raises `Conflict(bad_state)`, `Forbidden`."""
        require(self.step.actor, MOVES[action].party)
        self.move(action, paper_state_after(action, self.paper.kind, self.paper.state), reason)

    def move(self, action: str, after: PaperState, reason: str) -> None:
        before, actor = self.paper.state, self.step.actor
        EscalationTransition.objects.create(
            paper=self.paper,
            action=action,
            before=before,
            after=after,
            actor_id=actor.user_id,
            actor_name=actor.name,
            at=clock.now(),
            reason=reason,
        )
        self.paper.state = after
        self.step.change.log(
            f"escalation.{action}",
            self.paper,
            kind=str(self.paper.kind),
            notice=str(self.paper.notice_id),
            before=str(before),
            after=str(after),
            reason=reason,
        )


@contextmanager
def moving(*, actor: Actor, paper_id: uuid.UUID, action: str) -> Iterator[PaperStep]:
    """A transaction about one paper and its notice, both locked, saved at its end. Raises `NotFound`."""
    with on_record(actor=actor, action=f"escalation.{action}", paper_id=paper_id):
        known = escalations.scoped(actor).filter(pk=paper_id).values_list("notice_id", flat=True).first()
        if known is None:
            raise NotFound("escalation_paper", paper_id)
    with changing(actor=actor, notice_id=known, action=f"escalation.{action}") as step:
        paper = EscalationPaper.objects.select_for_update().select_related("reminder").get(pk=paper_id)
        paper.notice = step.notice
        yield PaperStep(step, paper)
        paper.save()


def mark(step: Step, rung: Rung, *, occasion: str, due_on: dt.date | None = None) -> Reminder | None:
    """Take a step of the ladder: its row in the 督办记录, once per occasion; None when it was taken before."""
    row, new = Reminder.objects.get_or_create(
        notice=step.notice, occasion=occasion, step=LABELS[rung], defaults={"at": clock.now(), "due_on": due_on}
    )
    if new:
        step.change.log("notice.reminded", step.notice, step=LABELS[rung], occasion=occasion)
    return row if new else None


def draft(step: Step, rung: Rung, taken: Reminder, cause: str, deadline: dt.date | None = None) -> None:
    """The paper of a step that was just taken, and word of it to the office; none while one of its kind is open."""
    if not is_open(step, rung):
        EscalationPaper.objects.create(
            county_id=step.notice.county_id,
            notice=step.notice,
            reminder=taken,
            kind=rung,
            cause=cause[:500],
            demands=list(wording.DEMANDS[rung]),
            deadline=deadline,
            drafted_by=step.actor.user_id,
            drafted_at=clock.now(),
        )
    step.tell_office("notice.escalation", step=LABELS[rung], cause=cause)


def is_open(step: Step, rung: Rung) -> bool:
    """Whether a paper of this kind about the notice waits to be finished."""
    return EscalationPaper.objects.filter(notice=step.notice, kind=rung, state__in=OPEN).exists()


def propose(*, actor: Actor, notice_id: uuid.UUID, kind: str, reason: str) -> EscalationPaper:
    """The office calls for a talk, or proposes a circular or accountability, whatever the deadlines say.

    Raises `Forbidden`, `Invalid(not_by_hand)`, `Conflict`: `bad_state`, `escalation_open`.
    """
    with changing(actor=actor, notice_id=notice_id, action="escalation.draft") as step:
        require(actor, Party.OFFICE)
        if kind not in BY_HAND:
            raise Invalid("not_by_hand", "催办和督办按期限自动进行，不能另行提出。")
        rung = Rung(kind)
        if step.notice.state in (*UNISSUED, State.WITHDRAWN):
            raise refusal(f"提出{LABELS[rung]}", step.notice.state)
        if is_open(step, rung):
            raise Conflict("escalation_open", f"本通知书已有未办结的{TITLES[rung]}。")
        taken = mark(step, rung, occasion=f"own:{uuid7()}")
        assert taken is not None
        draft(step, rung, taken, reason)
    return taken.paper


EDITABLE = (PaperState.DRAFTED, PaperState.SUMMONED)
OF_TALKS = frozenset({"host", "place", "present", "promise"})


def amend(*, actor: Actor, paper_id: uuid.UUID, **given: Any) -> EscalationPaper:
    """Change what a draft says: `demands`, the `deadline` of an order, `host`, `place`, `present`, `promise` of a talk.

    Raises `Forbidden`, `NotFound`, `Conflict(bad_state)`, `Invalid`: `deadline_past`, `not_of_this_paper`.
    """
    with moving(actor=actor, paper_id=paper_id, action="amend") as at:
        require(actor, Party.OFFICE)
        if at.paper.state not in EDITABLE or at.paper.signing_at is not None:
            raise paper_refusal("修改", at.paper.kind, at.paper.state)
        _check(at.paper, given)
        for name, value in given.items():
            setattr(
                at.paper, name, list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
            )
        at.step.change.log("escalation.amended", at.paper, fields=sorted(given))
    return at.paper


def _check(paper: EscalationPaper, given: dict[str, Any]) -> None:
    foreign = OF_TALKS if paper.kind != Rung.ADMONITION_TALK else frozenset()
    foreign |= frozenset({"deadline"}) if paper.kind != Rung.SUPERVISED_ORDER else frozenset()
    if set(given) & foreign:
        raise Invalid("not_of_this_paper", f"{TITLES[paper.kind]}没有这一项。")
    deadline = given.get("deadline")
    if deadline is not None and deadline <= clock.today():
        raise Invalid("deadline_past", "督办期限须晚于今天。")


def summon(*, actor: Actor, paper_id: uuid.UUID, held_at: dt.datetime, place: str) -> EscalationPaper:
    """Call the unit to a talk: when and where; it is told at once. May be repeated with another time.

    Raises `Forbidden`, `NotFound`, `Conflict(bad_state)`, `Invalid(talk_past)`.
    """
    with moving(actor=actor, paper_id=paper_id, action="summon") as at:
        at.take("summon")
        if held_at <= clock.now():
            raise Invalid("talk_past", "约谈时间须晚于现在。")
        at.paper.held_at, at.paper.place = held_at, place
        at.step.tell_unit("notice.talk", held_at=wording.moment(held_at), place=place)
    return at.paper


def drop(*, actor: Actor, paper_id: uuid.UUID, reason: str) -> EscalationPaper:
    """End a paper that is neither issued nor decided. Raises `Forbidden`, `NotFound`, `Conflict(bad_state)`."""
    with moving(actor=actor, paper_id=paper_id, action="drop") as at:
        at.take("drop", reason)
    return at.paper


def decide(*, actor: Actor, paper_id: uuid.UUID, adopt: bool, reason: str = "") -> EscalationPaper:
    """Leadership adopts or declines a proposal. Adopting decides nothing about the unit (workflow.md section 9).

    Raises `Forbidden(may_not_sign)`, `NotFound`, `Conflict(bad_state)`, `Invalid(reason_missing)`.
    """
    with moving(actor=actor, paper_id=paper_id, action="adopt" if adopt else "decline") as at:
        at.take("adopt" if adopt else "decline", reason)
        if not adopt and not reason.strip():
            raise Invalid("reason_missing", "不采纳须写明理由。")
        at.paper.decided_by, at.paper.decided_at = actor.name[:40], clock.now()
        at.paper.decision_reason = reason
        word = "已采纳" if adopt else "未采纳"
        at.step.tell_office("notice.proposal_decided", paper=TITLES[at.paper.kind], decision=word)
    return at.paper


def end_all(step: Step, reason: str) -> None:
    """The notice is withdrawn: what is open about it ends, what was issued is void."""
    for paper in EscalationPaper.objects.select_for_update().filter(notice=step.notice):
        if paper.state in OPEN:
            PaperStep(step, paper).move("drop", PaperState.DROPPED, reason)
            paper.save(update_fields=["state"])
        codes.withdraw(subject=paper)
