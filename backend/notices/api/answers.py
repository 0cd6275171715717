"""Notices as JSON: what the office sees, and the smaller part that the unit sees."""

from typing import Any

from backend.core import clock
from backend.inspections.models import FindingState
from backend.notices.api import paper_answers as papers
from backend.notices.models import (
    Defence,
    EscalationPaper,
    Extension,
    FindingReport,
    NoticeEvidence,
    NoticeFinding,
    NoticeTransition,
    RectificationNotice,
)
from backend.notices.rules.deadlines import escalation
from backend.notices.rules.escalation_lifecycle import FOR_THE_UNIT, PaperState
from backend.notices.rules.lifecycle import WITH_THE_UNIT

INTERNAL = frozenset({"review", "revise"})
"""Steps before the notice existed for its unit."""


def row(notice: RectificationNotice) -> dict[str, Any]:
    today = clock.today()
    return {
        "id": notice.pk,
        "number": notice.number,
        "target": notice.target_id,
        "unit": notice.target.name,
        "state": notice.state,
        "state_label": notice.label,
        "inspected_on": notice.inspected_on,
        "issued_at": notice.issued_at,
        "acknowledged_at": notice.acknowledged_at,
        "due_on": notice.due_on,
        "overdue": notice.is_overdue(today),
        "escalation": escalation(notice.due_on, today) if notice.state in WITH_THE_UNIT else "",
        "closed_at": notice.closed_at,
    }


def for_unit(notice: RectificationNotice) -> dict[str, Any]:
    """Nothing of the visit, its people or the office's inner steps."""
    return {
        **row(notice),
        "team": notice.team_name,
        "mode": notice.mode,
        "subject": notice.subject,
        "responsible": notice.responsible,
        "requirements": notice.requirements,
        "pdf": notice.pdf_sha256,
        "delivered_at": notice.delivered_at,
        "delivery_way": notice.delivery_way,
        "received_by": notice.received_by,
        "round": notice.round,
        "close_number": notice.close_number,
        "items": [item(each, shown_state(notice, each)) for each in notice.findings.all()],
        "defence": defence(getattr(notice, "defence", None)),
        "extension": extension(getattr(notice, "extension", None)),
        "issued_copy": next((copy.sha256 for copy in notice.copies.all()), ""),
        "escalations": [papers.for_unit(each) for each in notice.escalations.all() if shown(each)],
        "steps": [step(each) for each in notice.transitions.all() if each.action not in INTERNAL],
    }


def for_office(notice: RectificationNotice) -> dict[str, Any]:
    return {
        **for_unit(notice),
        "visit": notice.visit_id,
        "origin": notice.source,
        "copy_to": notice.copy_to,
        "drafted_at": notice.drafted_at,
        "signed_by": notice.signed_by,
        "pdf_warnings": notice.pdf_warnings,
        "reopened": notice.reopened,
        "withdrawn_at": notice.withdrawn_at,
        "steps": [{**step(each), "before": each.before, "actor": each.actor_name} for each in notice.transitions.all()],
        "escalations": [papers.row(each) for each in notice.escalations.all()],
        "receipts": [
            {"user": each.user_id, "name": each.name, "sent_at": each.sent_at, "read_at": each.read_at}
            for each in notice.receipts.all()
        ],
    }


def shown(paper: EscalationPaper) -> bool:
    """Whether the unit sees the paper: what was issued to it, and the call to a talk."""
    return paper.kind in FOR_THE_UNIT and paper.state in (PaperState.ISSUED, PaperState.SUMMONED)


def shown_state(notice: RectificationNotice, found: NoticeFinding) -> str:
    """Of a withdrawn notice nothing moves any more: what becomes of its findings, perhaps in the draft of another
    notice, exists for the unit only once that is issued (workflow.md section 12).
    """
    return FindingState.WITHDRAWN if notice.withdrawn_at is not None else found.finding.state


def item(found: NoticeFinding, state: str) -> dict[str, Any]:
    return {
        "id": found.pk,
        "number": found.number,
        "item_code": found.item_code,
        "text": found.text,
        "severity": found.severity,
        "legal_basis": found.legal_basis,
        "due_days": found.due_days,
        "due_on": found.due_on,
        "state": state,
        "close_number": found.close_number,
        "reopened": found.finding.reopened,
        "photos": [{"number": each.number, "sha256": each.copy.sha256} for each in found.photos.all()],
        "evidence": [evidence(each) for each in found.evidence.all()],
        "reports": [part(each) for each in found.reports.all()],
    }


def evidence(proof: NoticeEvidence) -> dict[str, Any]:
    return {
        "id": proof.pk,
        "kind": proof.kind,
        "sha256": proof.sha256,
        "size": proof.size,
        "filetype": proof.filetype,
        "state": proof.state,
        "expired_at": proof.expired_at,
    }


def part(said: FindingReport) -> dict[str, Any]:
    return {
        "round": said.report.round,
        "author": said.report.author_name,
        "received_at": said.report.received_at,
        "cause": said.cause,
        "measure": said.measure,
        "responsible_role": said.responsible_role,
        "finished_on": said.finished_on,
        "result": said.result,
        "text": said.text,
        "evidence": [proof.pk for proof in said.evidence.all()],
        "decision": said.decision,
        "decision_reason": said.decision_reason,
        "decided_at": said.decided_at,
    }


def defence(said: Defence | None) -> dict[str, Any] | None:
    if said is None:
        return None
    return {
        "text": said.text,
        "author": said.author_name,
        "received_at": said.received_at,
        "accepted": said.accepted,
        "answer": said.answer,
    }


def extension(asked: Extension | None) -> dict[str, Any] | None:
    if asked is None:
        return None
    return {
        "days": asked.days,
        "reason": asked.reason,
        "author": asked.author_name,
        "requested_at": asked.requested_at,
        "granted": asked.granted,
        "answer": asked.answer,
    }


def step(taken: NoticeTransition) -> dict[str, Any]:
    return {
        "action": taken.action,
        "after": taken.after,
        "at": taken.at,
        "reason": taken.reason,
    }
