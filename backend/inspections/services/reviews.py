"""What happens to a submitted visit: approved or returned; and decisions of a review visit."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.inspections.models import Finding, FindingState, Visit, VisitKind, VisitState
from backend.inspections.models.lifecycle import assignment_after
from backend.inspections.selectors import crews as crew_rows
from backend.inspections.selectors import visits as selectors
from backend.inspections.services import assignments, crews, dossiers, field, findings, publication, submissions
from backend.inspections.services.authority import leads
from backend.journal.writing import Change, write

KEPT_ON_PHONES = dt.timedelta(days=35)
"""An approved visit leaves the phones' feed after this (protocol, Documents)."""


class ReviewResult(TextChoices):
    """What a review finds of one problem (workflow.md section 8)."""

    CLOSED = "closed", "已整改"
    PARTLY = "partly", "基本整改"
    RETURNED = "returned", "未整改"
    RELAPSED = "relapsed", "反弹"


@dataclass(frozen=True, slots=True)
class Decision:
    """On one finding after a review: `result` is a `ReviewResult`; all but `closed` say what is left to be done."""

    finding: uuid.UUID
    result: str
    reason: str = ""


def approve(*, actor: Actor, visit_id: uuid.UUID, reason: str = "") -> Visit:
    """Confirm a submitted visit: its findings stand, what was fixed on the spot is closed, the assignment is done.

    By whom `may_review` names. Raises `NotFound`, `Forbidden`, `Conflict`.
    """
    with write(actor=actor) as change:
        visit = _for_review(actor, visit_id)
        field.move(visit, "approve", actor, reason=reason)
        _confirm_findings(actor, visit)
        publication.hold_fixed(actor=actor, visit_id=visit.pk)
        result = submissions.score_of_findings(visit.findings.all())
        visit.score, visit.score_lines = result.value, submissions.score_lines(result)
        visit.approved_at, visit.approved_by = clock.now(), actor.user_id
        visit.save()
        _finish(change, actor, visit)
        change.put(visit)
        change.tell("visit.approved", crew_rows.present(visit.assignment), visit)
        change.log("visit.approved", visit, score=visit.score, round=visit.round)
    return visit


def _confirm_findings(actor: Actor, visit: Visit) -> None:
    after = {FindingState.RECORDED: FindingState.CONFIRMED, FindingState.RECTIFIED_ON_SPOT: FindingState.CLOSED}
    for finding in visit.findings.filter(state__in=list(after)).order_by("number"):
        findings.advance(actor=actor, finding_id=finding.pk, to=after[FindingState(finding.state)])


def _finish(change: Change, actor: Actor, visit: Visit) -> None:
    """The assignment is read again under its lock: others change its people meanwhile."""
    visit.assignment = assignment = assignments.locked(actor, visit.assignment_id)
    assignment.state = assignment_after("finish", assignment.state)
    assignment.save(update_fields=["state"])
    change.put(assignment)
    crews.shut(change, assignment, at=clock.now() + KEPT_ON_PHONES)


def return_visit(*, actor: Actor, visit_id: uuid.UUID, reason: str) -> Visit:
    """Send a submitted visit back to its crew; the next round begins. What was submitted stays as it was (I10)."""
    if not reason.strip():
        raise field.refuse("reason", "退回须写明原因。")
    with write(actor=actor) as change:
        visit = _for_review(actor, visit_id)
        field.move(visit, "return", actor, reason=reason)
        visit.round += 1
        visit.return_reason, visit.content_hash, visit.counts_for_coverage = reason, "", False
        visit.save()
        change.put(visit)
        change.tell("visit.returned", crew_rows.present(visit.assignment), visit)
        change.log("visit.returned", visit, reason=reason, round=visit.round)
    return visit


def _for_review(actor: Actor, visit_id: uuid.UUID) -> Visit:
    if not selectors.scoped(actor).filter(pk=visit_id).exists():
        raise NotFound("visit", visit_id)
    visit = field.locked(actor, visit_id)
    if not may_review(actor, visit):
        raise Forbidden("not_reviewer", "须由督导办，或未提交本次记录的组长、科室负责人审核。")
    return visit


def may_review(actor: Actor, visit: Visit) -> bool:
    """Whether `actor`, who may see the visit, approves or returns it: the office, and of those who did not submit it
    themselves the leader of the crew, who leads a team, and the head of the team's department.
    """
    if actor.has(Role.OFFICE):
        return True
    led = visit.assignment.leader_id == actor.user_id or actor.has(Role.TEAM_LEADER, Role.STATION_HEAD)
    return visit.submitted_by != actor.user_id and (led or leads(actor, visit.assignment.team_id))


def decide(*, actor: Actor, visit_id: uuid.UUID, decisions: Sequence[Decision]) -> Visit:
    """What a review visit found of each finding at its target: of a reported one whether it is rectified, of a closed
    one that it relapsed.

    Raises `NotFound` (visit, finding), `Invalid(result, reason)`, `Conflict(bad_state)` for visits of another kind and
    findings that are neither, `Forbidden(same_crew)` when nobody is there who was not there when it was found
    (workflow.md section 8).
    """
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        if visit.kind != VisitKind.REVIEW_VISIT:
            raise Conflict("bad_state", "只有复查到访可以作出复查结论。")
        if visit.state in (VisitState.APPROVED, VisitState.CANCELLED):
            raise Conflict("bad_state", "到访已结束，不能再作结论。")
        for decision in decisions:
            _decide(actor, visit, decision)
        change.log("review.decided", visit, findings=[str(one.finding) for one in decisions])
        change.put(dossier)
    return visit


def _decide(actor: Actor, visit: Visit, decision: Decision) -> None:
    if decision.result not in ReviewResult.values:
        raise field.refuse("result", "复查结论须为“已整改”“基本整改”“未整改”或“反弹”。")
    result = ReviewResult(decision.result)
    if result in (ReviewResult.PARTLY, ReviewResult.RELAPSED) and not decision.reason.strip():
        raise field.refuse("reason", f"结论为“{result.label}”的，须写明还差什么。")
    found = Finding.objects.filter(pk=decision.finding, target_id=visit.target_id)
    finding = found.select_related("visit__assignment").first()
    if finding is None:
        raise NotFound("finding", decision.finding)
    if crew_rows.present(visit.assignment) <= crew_rows.members(finding.visit.assignment):
        raise Forbidden("same_crew", "现场复查须有上次检查以外的人员参加，不能由原班人员单独作出结论。")
    if result == ReviewResult.RELAPSED:
        findings.report_relapse(actor=actor, finding_id=decision.finding, reason=decision.reason)
    else:
        to, reason = _move(result, decision.reason)
        findings.advance(actor=actor, finding_id=decision.finding, to=to, reason=reason)


def _move(result: ReviewResult, reason: str) -> tuple[FindingState, str]:
    """What is mostly rectified is not closed: the rest goes back to the unit, whose page says how far it came."""
    if result == ReviewResult.PARTLY:
        return FindingState.RETURNED, f"基本整改：{reason}"[:500]
    return FindingState(result), reason
