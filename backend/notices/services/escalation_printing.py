"""Numbering, printing and sending papers of escalation.

As with notices: the number and the code are taken in a first transaction, the paper is printed outside any, and issued
in a second. A crash in between leaves a numbered draft; the next turn, or the next signature, uses the same number.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Invalid
from backend.documents import escalation_paper
from backend.documents.rendered import Rendered
from backend.media.services import blobs
from backend.notices.models import EscalationPaper
from backend.notices.rules import wording
from backend.notices.rules.escalation_lifecycle import MOVES, TITLES, PaperState, paper_state_after
from backend.notices.rules.ladder import Rung
from backend.notices.rules.lifecycle import WITH_THE_UNIT, State, refusal
from backend.notices.selectors import escalations
from backend.notices.services import codes, numbers
from backend.notices.services.escalation_papers import paper
from backend.notices.services.escalations import PaperStep, moving
from backend.notices.services.steps import require

BY_THE_SYSTEM: dict[str, str] = {Rung.REMINDER: "urge", Rung.CIRCULAR: "propose", Rung.ACCOUNTABILITY: "propose"}
"""Papers that are printed without anybody's hand, and by which move."""


def print_waiting() -> int:
    """Print what the ladder or the office has drafted and no hand has to finish; how many were printed.

    May run in several processes at once: all of them print the same bytes, one of them issues.
    """
    rows = EscalationPaper.objects.filter(state=PaperState.DRAFTED, kind__in=sorted(BY_THE_SYSTEM)).order_by("pk")
    waiting = list(rows.values_list("county_id", "pk", "kind"))
    return sum(_print(system(county_id), pk, BY_THE_SYSTEM[kind]) for county_id, pk, kind in waiting)


def sign(*, actor: Actor, paper_id: uuid.UUID) -> EscalationPaper:
    """Leadership or its deputy signs a 督办通知; the unit is told.

    Raises `NotFound`, `Forbidden(may_not_sign)`, `Invalid(deadline_past)`, `Conflict`: `bad_state` (also of the notice,
    when it does not wait for its unit any more), `signed_elsewhere`.
    """
    _print(actor, paper_id, "sign")
    return escalations.get(actor, paper_id)


def record(
    *, actor: Actor, paper_id: uuid.UUID, host: str, present: Sequence[str], points: Sequence[str], promise: str
) -> EscalationPaper:
    """Record a talk that was held: who, with whom, what was said and promised; the record is printed to be signed.

    Raises `NotFound`, `Forbidden`, `Invalid(talk_to_come)`, `Conflict`: `bad_state`, `signed_elsewhere`.
    """
    with moving(actor=actor, paper_id=paper_id, action="record") as at:
        _permit(at, "record")
        if at.paper.held_at is None or at.paper.held_at > clock.now():
            raise Invalid("talk_to_come", "约谈尚未进行，不能记录。")
        at.paper.host, at.paper.present, at.paper.demands = host, list(present), list(points)
        at.paper.promise = promise
    _print(actor, paper_id, "record")
    return escalations.get(actor, paper_id)


def proof(*, actor: Actor, paper_id: uuid.UUID) -> bytes:
    """A draft as it would be printed now, without number and code. Raises `NotFound`."""
    found = escalations.get(actor, paper_id)
    return escalation_paper.render(paper(found, clock.now(), proof=True)).content


def _print(actor: Actor, paper_id: uuid.UUID, action: str) -> bool:
    begun = _begin(actor, paper_id, action)
    if begun is None:
        return False
    assert begun.signing_at is not None
    rendered = escalation_paper.render(paper(begun, begun.signing_at))
    sha256 = blobs.keep(county_id=begun.county_id, data=rendered.content, filetype="application/pdf")
    return _finish(actor, begun, action, sha256, rendered)


def _permit(at: PaperStep, action: str) -> None:
    require(at.step.actor, MOVES[action].party)
    paper_state_after(action, at.paper.kind, at.paper.state)


def _begin(actor: Actor, paper_id: uuid.UUID, action: str) -> EscalationPaper | None:
    with moving(actor=actor, paper_id=paper_id, action=action) as at:
        automatic = actor.user_id is None
        if automatic and (at.paper.state != PaperState.DRAFTED or _overtaken(at)):
            return None
        _permit(at, action)
        _check(at, action)
        at.paper.signing_at = _instant(at.paper, automatic)
        at.paper.signed_by = "" if automatic else actor.name[:40]
        if not at.paper.number:
            _give_number(at)
        codes.take(county_id=at.paper.county_id, subject=at.paper)
    return at.paper


def _overtaken(at: PaperStep) -> bool:
    """The unit has reported before it could be urged: nobody urges it any more."""
    late = at.paper.kind == Rung.REMINDER and at.step.notice.state not in WITH_THE_UNIT
    if late:
        at.move("drop", PaperState.DROPPED, "印发前单位已报送整改情况")
    return late


def _check(at: PaperStep, action: str) -> None:
    if at.step.notice.state == State.WITHDRAWN:
        raise refusal(MOVES[action].name, at.step.notice.state)
    if action != "sign":
        return
    if at.step.notice.state not in WITH_THE_UNIT:
        raise refusal(MOVES[action].name, at.step.notice.state)
    if at.paper.deadline is None or at.paper.deadline <= clock.today():
        raise Invalid("deadline_past", "督办期限须晚于今天，请先修改。")


def _instant(escalation: EscalationPaper, automatic: bool) -> dt.datetime:
    """Processes that print the same paper at once give it the same instant, so that they print the same bytes."""
    known = escalation.signing_at
    if automatic and known is not None and clock.local_date(known) == clock.today():
        return known
    return clock.now()


def _give_number(at: PaperStep) -> None:
    year = clock.today().year
    serial = numbers.take(county_id=at.paper.county_id, kind=f"escalation:{at.paper.kind}"[:24], year=year)
    prefix = County.objects.get(pk=at.paper.county_id).number_prefix
    at.paper.number = wording.escalation_number(prefix, at.paper.kind, year, serial)
    at.paper.number_year, at.paper.number_serial = year, serial


def _finish(actor: Actor, begun: EscalationPaper, action: str, sha256: str, rendered: Rendered) -> bool:
    with moving(actor=actor, paper_id=begun.pk, action=action) as at:
        if actor.user_id is None and (at.paper.state != PaperState.DRAFTED or at.paper.signing_at != begun.signing_at):
            return False
        at.take(action)
        if at.paper.signing_at != begun.signing_at:
            raise Conflict("signed_elsewhere", "该文书正在由他人办理，请刷新后再看。")
        at.paper.issued_at, at.paper.pdf_sha256 = clock.now(), sha256
        at.paper.pdf_warnings = list(rendered.warnings)
        codes.issue(subject=at.paper, sha256=sha256)
        _tell(at, action)
    return True


def _tell(at: PaperStep, action: str) -> None:
    match action:
        case "urge":
            at.step.tell_unit("notice.overdue", paper=at.paper.number)
            at.step.tell_heads("notice.paper_copy", title=TITLES[at.paper.kind], paper=at.paper.number)
        case "sign":
            assert at.paper.deadline is not None
            at.step.tell_unit("notice.supervised", paper=at.paper.number, due_on=wording.chinese_day(at.paper.deadline))
            at.step.tell_heads("notice.paper_copy", title=TITLES[at.paper.kind], paper=at.paper.number)
        case "record":
            at.step.tell_unit("notice.talk_recorded")
        case "propose":
            signers = people.with_role(at.paper.county_id, {Role.LEADERSHIP})
            about = {"unit": at.step.notice.target.name, "number": at.step.notice.number}
            at.step.change.tell("notice.proposal", signers, at.step.notice, paper=TITLES[at.paper.kind], **about)
