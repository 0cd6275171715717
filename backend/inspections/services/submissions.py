"""Submitting a visit: complete, without open conflicts, and with the content both sides know."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.inspections.models import Finding, Visit, VisitRound, VisitState
from backend.inspections.rules.checklist import AnswerType, Severity, Template
from backend.inspections.rules.scoring import Score, ScoredFinding
from backend.inspections.rules.scoring import score as score_of
from backend.inspections.selectors.content import content_from, standing
from backend.inspections.services import completion, crews, dossiers
from backend.inspections.services.dossier import Dossier
from backend.journal.writing import Change, write


class ContentDiffers(Conflict):
    """The phone signed another content than the server holds; it pulls and submits again (`expected` is our hash)."""

    code = "content_differs"
    detail = "提交内容与服务器记录不一致，请同步后重新核对提交。"

    def __init__(self, visit: Visit, expected: str) -> None:
        super().__init__(expected=expected)
        self.visit, self.expected = visit, expected


def submit(
    *, actor: Actor, visit_id: uuid.UUID, content_hash: str | None = None, at: dt.datetime | None = None
) -> Visit:
    """Close a round of the visit. `content_hash` None (desk, REST) signs what the server holds.

    A submission of exactly what is submitted already changes nothing. Raises `NotFound`, `Conflict`: `late_lock`,
    `bad_state` with `missing` (list of `{key, code, message}`) or `conflicts` (keys), and `ContentDiffers`.
    """
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        if visit.state in (VisitState.SUBMITTED, VisitState.APPROVED) and content_hash == visit.content_hash:
            return visit
        dossier.move("submit", actor, at=at)
        _check_settled(dossier)
        content = content_from(visit, dossier.answers.values(), dossier.findings.values(), dossier.evidence.values())
        _check_complete(dossier, content["answers"])
        expected = codec.content_hash(content)
        if content_hash is not None and content_hash.lower() != expected:
            raise ContentDiffers(visit, expected)
        _close_round(change, dossier, actor, content, expected)
    return visit


def _check_settled(dossier: Dossier) -> None:
    keys = sorted(row.key for row in dossier.answers.values() if row.rivals)
    if keys:
        raise Conflict("bad_state", f"有{len(keys)}项应答存在冲突，请先选定：{'、'.join(keys[:5])}。", conflicts=keys)


def _check_complete(dossier: Dossier, answers: completion.Answers) -> None:
    gaps = completion.gaps(dossier, answers)
    if gaps:
        listed = [{"key": gap.key, "code": gap.code, "message": gap.message_zh} for gap in gaps]
        raise Conflict("bad_state", f"还有{len(gaps)}项未完成，不能提交。", missing=listed)


def _close_round(change: Change, dossier: Dossier, actor: Actor, content: dict[str, Any], expected: str) -> None:
    visit = dossier.visit
    result = score_of_findings(dossier.findings.values())
    lines = score_lines(result)
    visit.content_hash, visit.score, visit.score_lines = expected, result.value, lines
    visit.submitted_at, visit.submitted_by = clock.now(), actor.user_id
    visit.counts_for_coverage = _is_valid(dossier, content["answers"])
    dossier.touch()
    dossier.add(
        VisitRound(
            visit=visit,
            round=visit.round,
            content=content,
            content_hash=expected,
            score=result.value,
            score_lines=lines,
            counts_for_coverage=visit.counts_for_coverage,
            submitted_by=actor.user_id,
            submitted_at=visit.submitted_at,
        )
    )
    change.put(dossier)
    told = crews.office(visit.county_id) | {visit.assignment.leader_id}
    change.tell("visit.submitted", told - {actor.user_id or 0}, visit)
    change.log("visit.submitted", visit, round=visit.round, content_hash=expected, score=result.value)


def score_of_findings(findings: Iterable[Finding]) -> Score:
    """The score as the findings stand now, explained line by line; withdrawn ones do not count."""
    return score_of(ScoredFinding(row.item_code, Severity(row.severity), row.text[:60]) for row in standing(findings))


def score_lines(result: Score) -> list[dict[str, Any]]:
    """The explanation as JSON: `{item, severity, points, text}` per deduction."""
    return [
        {"item": line.code, "severity": line.severity.value, "points": line.points, "text": line.explanation_zh}
        for line in result.lines
    ]


def _is_valid(dossier: Dossier, answers: completion.Answers) -> bool:
    """Whether it counts for coverage (workflow.md section 1.3): arrived, in the geofence or with a reason, and signed.

    That all mandatory items are answered was settled before; a crew that was not let in has covered nothing. Signed
    means by `visit.sign` or by the signature items.
    """
    visit, pinned = dossier.visit, dossier.templates
    arrived = bool(visit.check_in and (visit.check_in["inside"] or visit.check_in["reason"]))
    signed = completion.signed(visit, pinned) or _signature_answers(pinned, answers)
    return arrived and bool(signed) and not completion.was_refused(visit)


def _signature_answers(pinned: Iterable[Template], answers: completion.Answers) -> list[str]:
    codes = [item.code for template in pinned for item in template.items if item.type is AnswerType.SIGNATURE]
    return [code for code in codes if code in answers and (answers[code]["value"] or answers[code]["note"])]
