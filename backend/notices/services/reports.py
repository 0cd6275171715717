"""The unit's rectification report (workflow.md section 7)."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.inspections.models import FindingState, SeverityLevel
from backend.inspections.services import findings
from backend.notices.models import FindingReport, NoticeEvidence, NoticeFinding, RectificationReport
from backend.notices.rules.lifecycle import Party, State
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services import resting
from backend.notices.services.steps import Step, changing, require
from backend.notices.services.working import adopt_site_verdicts, begin_work

PROVEN_BY_PHOTO = (SeverityLevel.SERIOUS, SeverityLevel.VETO)


@dataclass(frozen=True, slots=True)
class Part:
    """What the unit says about one finding of its notice; `evidence` are ids of its declared evidence."""

    item: uuid.UUID
    cause: str
    measure: str
    responsible_role: str
    finished_on: dt.date
    result: str
    text: str = ""
    evidence: Sequence[uuid.UUID] = ()


def submit_report(
    *, actor: Actor, notice_id: uuid.UUID, parts: Sequence[Part], summary: str = "", self_check: str = ""
) -> RectificationReport:
    """Report on some or all open findings. When none is open any more the notice goes to review.

    Raises `NotFound` for findings or evidence that are not this notice's, `Invalid(finished_later)`,
    `Invalid(finding_twice)`, `Conflict`: `bad_state`, `finding_settled`, `evidence_not_verified`, `photo_missing`.
    """
    with changing(actor=actor, notice_id=notice_id, action="report") as step:
        require(actor, Party.UNIT)
        step.only_in("提交整改报告", State.ACKNOWLEDGED, State.RECTIFYING, State.RETURNED)
        adopt_site_verdicts(step)
        items = _items(step, parts)
        begin_work(step)
        report = _open(step, summary, self_check)
        for part in parts:
            _store(step, report, items[part.item], part)
        if not step.items(*OPEN_FINDINGS):
            step.take("report")
        step.change.log("notice.part_reported", report, findings=[items[part.item].number for part in parts])
        step.tell_office("notice.reported")
    return report


def _items(step: Step, parts: Sequence[Part]) -> dict[uuid.UUID, NoticeFinding]:
    items = {item.pk: item for item in step.items()}
    if len({part.item for part in parts}) != len(parts):
        raise Invalid("finding_twice", "同一问题在报告中出现了两次。")
    for part in parts:
        if part.item not in items:
            raise NotFound("notice_finding", part.item, detail="报告中有不属于本通知书的问题，请刷新页面后重新填写。")
        if items[part.item].finding.state not in OPEN_FINDINGS:
            raise Conflict("finding_settled", f"问题{items[part.item].number}已报整改或已办结。")
        if part.finished_on > clock.today():
            raise Invalid("finished_later", "完成日期不能晚于今天。")
    return items


def _open(step: Step, summary: str, self_check: str) -> RectificationReport:
    if not FindingReport.objects.filter(report__notice=step.notice, decision="").exists():
        step.notice.round += 1
    return RectificationReport.objects.create(
        county_id=step.notice.county_id,
        notice=step.notice,
        round=step.notice.round,
        summary=summary,
        self_check=self_check,
        author_id=step.person,
        author_name=step.actor.name[:40],
        received_at=clock.now(),
    )


def _store(step: Step, report: RectificationReport, item: NoticeFinding, part: Part) -> None:
    proofs = _proofs(item, part)
    resting.make_up(step, item)
    row = FindingReport.objects.create(
        report=report,
        item=item,
        cause=part.cause,
        measure=part.measure,
        responsible_role=part.responsible_role,
        finished_on=part.finished_on,
        result=part.result,
        text=part.text,
        due_on=item.due_on,
    )
    row.evidence.set(proofs)
    findings.advance(actor=step.actor, finding_id=item.finding_id, to=FindingState.REPORTED)


def _proofs(item: NoticeFinding, part: Part) -> list[NoticeEvidence]:
    wanted = set(part.evidence)
    proofs = list(NoticeEvidence.objects.filter(item=item, pk__in=wanted))
    if missing := wanted - {proof.pk for proof in proofs}:
        foreign = f"问题{item.number}所附佐证中有不属于本问题的文件，请重新选择或上传。"
        raise NotFound("notice_evidence", min(missing), detail=foreign)
    if any(proof.state != NoticeEvidence.State.VERIFIED for proof in proofs):
        raise Conflict("evidence_not_verified", f"问题{item.number}的佐证尚未全部上传并核验。")
    photographed = any(proof.kind == NoticeEvidence.Kind.AFTER for proof in proofs)
    if item.severity in PROVEN_BY_PHOTO and not photographed:
        raise Conflict("photo_missing", f"问题{item.number}须附整改后照片。")
    return proofs
