"""The office judges what the unit sent: reports, defences, wishes for more time (workflow.md section 8)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.accounts.models import County
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.models import FindingState
from backend.inspections.services import findings
from backend.notices.models import FindingReport, NoticeFinding, RectificationNotice
from backend.notices.rules import wording
from backend.notices.rules.deadlines import longest_extension
from backend.notices.rules.lifecycle import ASKABLE, Party, State
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services import ladder, looks, numbers, resting
from backend.notices.services.drafts import void
from backend.notices.services.replies import extendable
from backend.notices.services.steps import Step, changing, require
from backend.notices.services.working import adopt_site_verdicts, new_term

FOREIGN = "所选问题不属于本通知书，请刷新页面后重新选择。"
CLOSING, CLOSING_ONE = "close_out", "finding_close_out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reviewer found about one reported finding; a return needs its reason."""

    item: uuid.UUID
    decision: str
    reason: str = ""


def decide(*, actor: Actor, notice_id: uuid.UUID, verdicts: Sequence[Verdict]) -> RectificationNotice:
    """Judge reported findings. When all are judged and any was returned, the notice goes back to the unit.

    What a review visit decided on the spot is taken over. A returned finding has its first term again, from today.
    Raises `Forbidden(reviewer_is_author)`, `NotFound(notice_finding)`, `Invalid(reason_missing)`, `Conflict`:
    `bad_state`, `not_reported`.
    """
    with changing(actor=actor, notice_id=notice_id, action="decide") as step:
        require(actor, Party.OFFICE)
        _take_up(step)
        adopt_site_verdicts(step)
        for verdict in verdicts:
            _judge(step, verdict)
        if step.items(FindingState.RETURNED) and not step.items(FindingState.REPORTED):
            step.take("return")
            ladder.on_return(step)
            step.tell_unit("notice.returned")
    return step.notice


def _take_up(step: Step) -> None:
    """Begin the review: of a report, or of a notice in which nothing is left for the unit to do (findings referred)."""
    state = step.notice.state
    if state == State.REPORT_SUBMITTED:
        step.take("take_up")
    elif state in (State.RECTIFYING, State.RETURNED) and not step.items(*OPEN_FINDINGS):
        step.take("conclude")
    step.only_in("复查", State.UNDER_REVIEW)


def _judge(step: Step, verdict: Verdict) -> None:
    part = _undecided(step, verdict.item)
    if part.report.author_id == step.actor.user_id:
        raise Forbidden("reviewer_is_author", "复查人不能是整改报告的提交人。")
    returned = verdict.decision == FindingReport.Decision.RETURNED
    if returned and not verdict.reason.strip():
        raise Invalid("reason_missing", "退回须写明理由。")
    part.decision, part.decision_reason = verdict.decision, verdict.reason
    part.decided_by, part.decided_by_name, part.decided_at = step.actor.user_id, step.actor.name[:40], clock.now()
    part.save()
    findings.advance(
        actor=step.actor, finding_id=part.item.finding_id, to=FindingState(verdict.decision), reason=verdict.reason
    )
    if returned:
        new_term(part.item)
    else:
        _number(part.item)
    step.change.log("notice.decided", part.item, decision=str(verdict.decision), notice=str(step.notice.pk))


def _number(item: NoticeFinding) -> None:
    """销号: the finding's own number in the ledger."""
    year = clock.today().year
    serial = numbers.take(county_id=item.county_id, kind=CLOSING_ONE, year=year)
    prefix = County.objects.get(pk=item.county_id).number_prefix
    item.close_number = wording.finding_close_number(prefix, year, serial)
    item.save(update_fields=["close_number"])


def _undecided(step: Step, item_id: uuid.UUID) -> FindingReport:
    item = NoticeFinding.objects.filter(notice=step.notice, pk=item_id).first()
    if item is None:
        raise NotFound("notice_finding", item_id, detail=FOREIGN)
    part = FindingReport.objects.filter(item=item, decision="").select_related("report", "item").first()
    if part is None:
        raise Conflict("not_reported", f"问题{item.number}没有待复查的整改情况。")
    return part


SETTLED = (FindingState.CLOSED, FindingState.WITHDRAWN, FindingState.REFERRED)


def close(*, actor: Actor, notice_id: uuid.UUID, reason: str = "") -> RectificationNotice:
    """销号: every finding is settled; the notice gets its close-out number.

    Raises `Conflict`: `bad_state`, `not_settled`.
    """
    with changing(actor=actor, notice_id=notice_id, action="close") as step:
        notice = step.notice
        step.take("close", reason)
        if len(step.items(*SETTLED)) != len(step.items()):
            raise Conflict("not_settled", "还有问题未复查通过，不能销号。")
        year = clock.today().year
        serial = numbers.take(county_id=notice.county_id, kind=CLOSING, year=year)
        prefix = County.objects.get(pk=notice.county_id).number_prefix
        notice.close_number, notice.closed_at = wording.close_number(prefix, year, serial), clock.now()
        step.tell_unit("notice.closed")
    return notice


def reopen(*, actor: Actor, notice_id: uuid.UUID, item_ids: Sequence[uuid.UUID], reason: str) -> RectificationNotice:
    """A relapse: the findings are open again under their old numbers, with a new term.

    Raises `Conflict(bad_state)`, `Invalid(nothing_chosen)`, `NotFound(notice_finding)` for what is not closed in it.
    """
    with changing(actor=actor, notice_id=notice_id, action="reopen") as step:
        open_again(step, item_ids, reason)
    return step.notice


def open_again(step: Step, item_ids: Sequence[uuid.UUID], reason: str) -> None:
    """`reopen` inside a step that is under way. Raises the same."""
    step.take("reopen", reason)
    if not item_ids:
        raise Invalid("nothing_chosen", "请选择出现反弹的问题。")
    closed = {item.pk: item for item in step.items(FindingState.CLOSED)}
    for item_id in item_ids:
        if item_id not in closed:
            raise NotFound("notice_finding", item_id, detail=FOREIGN)
        item = closed[item_id]
        findings.advance(actor=step.actor, finding_id=item.finding_id, to=FindingState.RECTIFYING, reason=reason)
        item.close_number = ""
        item.save(update_fields=["close_number"])
        new_term(item)
    looks.settle_relapsed(step, item_ids, reason)
    step.notice.reopened += 1
    step.notice.closed_at, step.notice.close_number = None, ""
    step.tell_unit("notice.reopened")


def answer_defence(*, actor: Actor, notice_id: uuid.UUID, accept: bool, answer: str) -> RectificationNotice:
    """Accept the defence (the notice is withdrawn) or uphold the notice; its deadlines then move by the days it rested.

    Raises `Conflict`: `bad_state`, `report_received`.
    """
    with changing(actor=actor, notice_id=notice_id, action="answer_defence") as step:
        require(actor, Party.OFFICE)
        step.only_in("答复申辩", State.DEFENCE_PENDING)
        defence = step.notice.defence
        defence.accepted, defence.answer, defence.answered_at = accept, answer, clock.now()
        defence.save()
        if accept:
            step.take("withdraw", answer)
            void(step, answer)
        else:
            step.take("uphold", answer)
            asked = step.asked()
            days = (clock.today() - clock.local_date(defence.received_at)).days
            # A wish that waits is older than the defence: its own rest, made up with its answer, holds these days.
            resting.lengthen([row for row in step.items(*OPEN_FINDINGS) if not resting.rests(row, asked)], days)
        step.tell_unit("notice.defence_answered")
    return step.notice


def answer_extension(*, actor: Actor, notice_id: uuid.UUID, grant: bool, answer: str = "") -> RectificationNotice:
    """Grant or refuse more time; a granted one moves each finding by at most half of its own term.

    The days for which the unit waited for the answer are added either way: the clock stood still.

    Raises `Conflict`: `bad_state`, `no_extension_asked`.
    """
    with changing(actor=actor, notice_id=notice_id, action="answer_extension") as step:
        require(actor, Party.OFFICE)
        extension = step.asked()
        if extension is None:
            raise Conflict("no_extension_asked", "没有待答复的延期申请。")
        step.only_in("答复延期申请", *ASKABLE)
        extension.granted, extension.answer, extension.decided_at = grant, answer, clock.now()
        extension.save()
        for item in extendable(step):
            more = min(extension.days, longest_extension(item.due_days)) if grant else 0
            resting.lengthen([item], more + resting.rested(extension))
        step.change.log("notice.extension_answered", step.notice, granted=grant)
        step.tell_unit("notice.extension_answered")
    return step.notice
