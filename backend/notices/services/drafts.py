"""From the confirmed findings of an approved visit to a reviewed draft."""

import uuid
from collections.abc import Collection, Sequence

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.inspections.models import Finding, FindingState, Visit, VisitKind, VisitState
from backend.inspections.rules.citations import stored_citation
from backend.inspections.selectors import findings as found
from backend.inspections.selectors.assignments import LEADERS
from backend.inspections.services import findings
from backend.inspections.services.authority import leads
from backend.journal.writing import write
from backend.notices.models import NoticeFinding, RectificationNotice
from backend.notices.rules import wording
from backend.notices.rules.lifecycle import Party, State
from backend.notices.services import codes, escalations
from backend.notices.services.refusals import on_record
from backend.notices.services.steps import Step, changing, require

ANNOUNCED = (VisitKind.SPECIAL, VisitKind.COMPREHENSIVE)
"""Only these are made known to the unit in advance (教育督导条例 art. 16-17)."""

SUBJECT = "“双减”政策落实情况"


def draft_from_visit(
    *, actor: Actor, visit_id: uuid.UUID, finding_ids: Collection[uuid.UUID] = ()
) -> RectificationNotice:
    """A draft with the visit's confirmed findings, or with `finding_ids` of them. The findings become `in_notice`.

    By the office, or by whoever leads the team of the visit; the office reviews it either way. Raises `Forbidden`,
    `NotFound(visit | finding)`, `Conflict`: `visit_not_approved`, `notice_exists`, `nothing_to_rectify`,
    `veto_undecided` for a veto that two people have not confirmed yet (workflow.md section 4).
    """
    with on_record(actor=actor, action="draft", visit_id=visit_id):
        if not actor.has(Role.OFFICE, *LEADERS):
            raise Forbidden()
        return _drafted(actor, visit_id, finding_ids)


def _drafted(actor: Actor, visit_id: uuid.UUID, finding_ids: Collection[uuid.UUID]) -> RectificationNotice:
    with write(actor=actor) as change:
        visit = _approved(actor, visit_id)
        chosen = _chosen(visit, finding_ids)
        notice = _notice(actor, visit)
        notice.save()
        _list(actor, notice, chosen)
        change.log("notice.drafted", notice, visit=str(visit.pk), findings=len(chosen))
        if not actor.has(Role.OFFICE):
            change.tell(
                "notice.drafted", people.with_role(actor.county_id, {Role.OFFICE}), notice, team=notice.team_name
            )
    return notice


def _approved(actor: Actor, visit_id: uuid.UUID) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",)).select_related("target", "assignment__team")
    visit = rows.filter(county_id=actor.county_id, pk=visit_id).first()
    if visit is None or not (actor.has(Role.OFFICE) or leads(actor, visit.assignment.team_id)):
        raise NotFound("visit", visit_id)
    if visit.state != VisitState.APPROVED:
        raise Conflict("visit_not_approved", "检查记录尚未审核通过，不能起草整改通知书。")
    if RectificationNotice.objects.filter(visit=visit).exclude(state=State.WITHDRAWN).exists():
        raise Conflict("notice_exists", "该次检查已有整改通知书。")
    return visit


def _chosen(visit: Visit, finding_ids: Collection[uuid.UUID]) -> list[Finding]:
    rows = list(found.confirmed(visit.pk).order_by("number"))
    if finding_ids:
        if missing := set(finding_ids) - {row.pk for row in rows}:
            raise NotFound("finding", min(missing))
        rows = [row for row in rows if row.pk in set(finding_ids)]
    if not rows:
        raise Conflict("nothing_to_rectify", "该次检查没有需要整改的已确认问题。")
    if waiting := "、".join(str(row.number) for row in rows if row.veto_candidate):
        detail = f"问题{waiting}为一票否决候选，须听取被查单位意见并经两人认定后，方可列入通知书。"
        raise Conflict("veto_undecided", detail)
    return rows


def _notice(actor: Actor, visit: Visit) -> RectificationNotice:
    team = visit.assignment.team
    return RectificationNotice(
        county_id=visit.county_id,
        visit=visit,
        target=visit.target,
        inspected_on=clock.local_date(visit.started_at),
        team_name=team.name if team else "县督查组",
        mode="事先通知" if visit.kind in ANNOUNCED else "未事先通知",
        source=VisitKind(visit.kind).label,
        subject=SUBJECT,
        responsible=wording.RESPONSIBLE[visit.target.kind],
        requirements=list(wording.REQUIREMENTS),
        drafted_by=actor.user_id,
    )


def _list(actor: Actor, notice: RectificationNotice, chosen: Sequence[Finding]) -> None:
    for number, finding in enumerate(chosen, start=1):
        NoticeFinding.objects.create(
            county_id=notice.county_id,
            notice=notice,
            finding=finding,
            number=number,
            template_code=finding.template_code,
            item_code=finding.item_code,
            text=finding.text,
            severity=finding.severity,
            legal_basis=[basis_text(entry) for entry in finding.legal_basis],
            due_days=finding.due_days,
        )
        findings.advance(actor=actor, finding_id=finding.pk, to=FindingState.IN_NOTICE)


def basis_text(entry: object) -> str:
    """How one entry of a finding's legal basis reads in the notice."""
    return stored_citation(entry) if isinstance(entry, dict) else str(entry)


def amend(
    *,
    actor: Actor,
    notice_id: uuid.UUID,
    requirements: Sequence[str] | None = None,
    copy_to: Sequence[str] | None = None,
    responsible: str | None = None,
    subject: str | None = None,
) -> RectificationNotice:
    """Change the wording of a draft; None leaves a part as it is. Raises `Conflict(bad_state)` for anything else."""
    given = {"requirements": requirements, "copy_to": copy_to, "responsible": responsible, "subject": subject}
    with changing(actor=actor, notice_id=notice_id, action="amend") as step:
        require(actor, Party.OFFICE)
        step.only_in("修改", State.DRAFT)
        wanted = {name: value for name, value in given.items() if value is not None}
        for name, value in wanted.items():
            setattr(step.notice, name, value if isinstance(value, str) else list(value))
        step.change.log("notice.amended", step.notice, fields=sorted(wanted))
    return step.notice


def review(*, actor: Actor, notice_id: uuid.UUID, reason: str = "") -> RectificationNotice:
    """The office has read the draft; it waits for its signature."""
    with changing(actor=actor, notice_id=notice_id, action="review") as step:
        step.take("review", reason)
        signers = people.with_role(actor.county_id, {Role.LEADERSHIP})
        step.change.tell("notice.reviewed", signers, step.notice, unit=step.notice.target.name)
    return step.notice


def revise(*, actor: Actor, notice_id: uuid.UUID, reason: str) -> RectificationNotice:
    """Back to the draft. Raises `Conflict(bad_state)`.

    Whoever is signing it at this moment prints words that may change now: that signature no longer counts.
    """
    with changing(actor=actor, notice_id=notice_id, action="revise") as step:
        step.take("revise", reason)
        step.notice.signing_at = None
    return step.notice


def withdraw(*, actor: Actor, notice_id: uuid.UUID, reason: str) -> RectificationNotice:
    """The notice is void; its number, if it has one, is never used again.

    Findings that wait in it are free for another notice; those already in work are withdrawn with it.
    Raises `Conflict`: `bad_state`, `report_received` once the unit has reported on a finding.
    """
    with changing(actor=actor, notice_id=notice_id, action="withdraw") as step:
        step.take("withdraw", reason)
        void(step, reason)
        step.tell_unit("notice.withdrawn")
    return step.notice


def void(step: Step, reason: str) -> None:
    """What a withdrawal ends: the notice's findings, its paper, and every paper of escalation about it."""
    release_findings(step.actor, step.items(), reason)
    escalations.end_all(step, reason)
    codes.withdraw(subject=step.notice)
    step.notice.withdrawn_at = clock.now()


AFTER_WITHDRAWAL = {FindingState.IN_NOTICE: FindingState.CONFIRMED, FindingState.RECTIFYING: FindingState.WITHDRAWN}
SETTLED = (FindingState.WITHDRAWN, FindingState.REFERRED)


def release_findings(actor: Actor, items: Sequence[NoticeFinding], reason: str) -> None:
    """What becomes of the findings of a withdrawn notice. Raises `Conflict(report_received)`."""
    for item in items:
        state = FindingState(item.finding.state)
        if state in SETTLED:
            continue
        if state not in AFTER_WITHDRAWAL:
            raise Conflict("report_received", "已有问题提交整改情况，通知书不能撤回。")
        findings.advance(actor=actor, finding_id=item.finding_id, to=AFTER_WITHDRAWAL[state], reason=reason)
