"""From a candidate for a veto to a veto: the unit is heard, two people confirm, one of them leads (workflow.md §4)."""

import uuid

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.inspections.models import Finding, FindingState, VetoHearing, VetoOpinion, VetoView, Visit, VisitState
from backend.inspections.models.lifecycle import LOCKED
from backend.inspections.rules.checklist import Severity
from backend.inspections.rules.grading import LEVELS
from backend.inspections.selectors import visits
from backend.inspections.services import crews, field, submissions
from backend.journal.writing import Change, write

JUDGES = (Role.OFFICE, Role.LEADERSHIP, Role.TEAM_LEADER, Role.STATION_HEAD)


def hear(*, actor: Actor, finding_id: uuid.UUID, way: str, statement: str) -> Finding:
    """Write down what the unit said to a candidate, or that it gave up saying anything; said once.

    Raises `NotFound`, `Conflict(bad_state)` for findings that are no candidate or whose unit was heard.
    """
    if not statement.strip():
        raise field.refuse("statement", "请写明被查单位的陈述意见。", because="statement_missing")
    with write(actor=actor) as change:
        finding = _candidate(actor, finding_id)
        if VetoHearing.objects.filter(finding=finding).exists():
            raise Conflict("bad_state", "已听取被查单位意见，不能重复登记。")
        VetoHearing.objects.create(
            finding=finding, way=way, statement=statement, recorded_by=actor.person, recorded_name=actor.name
        )
        change.log("finding.unit_heard", finding, way=way)
    return finding


def judge(*, actor: Actor, finding_id: uuid.UUID, view: str, reason: str) -> Finding:
    """One person's word on a candidate of a submitted visit; it becomes a veto with the second confirmation.

    Of the two who confirm one belongs to the leadership, and neither recorded the finding. A member of the leadership
    who lifts it makes it a serious finding, and the score is reckoned anew. Raises `NotFound`, `Forbidden`, `Conflict`:
    `not_heard`, `own_finding`, `already_said`, `bad_state`.
    """
    if not actor.has(*JUDGES):
        raise Forbidden()
    if not reason.strip():
        raise field.refuse("reason", "请写明认定理由。", because="reason_missing")
    with write(actor=actor) as change:
        finding = _candidate(actor, finding_id)
        _check_judge(actor, finding)
        leads = actor.has(Role.LEADERSHIP)
        VetoOpinion.objects.create(
            finding=finding,
            round=finding.visit.round,
            user_id=actor.person,
            user_name=actor.name,
            leads=leads,
            view=view,
            reason=reason,
        )
        change.log("finding.veto_opinion", finding, view=view, reason=reason)
        if view == VetoView.LIFT and leads:
            _lift(change, finding)
        elif view == VetoView.CONFIRM and _is_confirmed(finding):
            _settle(change, finding, "finding.veto_confirmed")
    return finding


def _candidate(actor: Actor, finding_id: uuid.UUID) -> Finding:
    """The finding, locked after its visit. Raises `NotFound` also where the actor does not see the visit."""
    rows = Finding.objects.filter(pk=finding_id, visit__in=visits.scoped(actor, many=False).values("pk"))
    visit_id = rows.values_list("visit_id", flat=True).first()
    if visit_id is None:
        raise NotFound("finding", finding_id)
    visit = field.locked(actor, visit_id)
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding_id)
    finding.visit = visit
    if not finding.veto_candidate or finding.state == FindingState.WITHDRAWN:
        raise Conflict("bad_state", "该问题不是待认定的一票否决候选。")
    return finding


def _check_judge(actor: Actor, finding: Finding) -> None:
    if finding.visit.state not in LOCKED:
        raise Conflict("bad_state", "到访记录提交后方可认定。")
    if finding.recorded_by == actor.user_id:
        raise Conflict("own_finding", "记录人不能认定本人记录的问题。")
    if not VetoHearing.objects.filter(finding=finding).exists():
        raise Conflict("not_heard", "认定一票否决前须听取被查单位陈述申辩。")
    said = VetoOpinion.objects.filter(finding=finding, user_id=actor.person, round=finding.visit.round)
    if said.exists():
        raise Conflict("already_said", "您已发表认定意见。")


def _is_confirmed(finding: Finding) -> bool:
    rows = VetoOpinion.objects.filter(finding=finding, view=VetoView.CONFIRM, round=finding.visit.round)
    leads = list(rows.values_list("leads", flat=True))
    return len(leads) >= 2 and any(leads)


def _lift(change: Change, finding: Finding) -> None:
    finding.severity, finding.due_days = Severity.SERIOUS, LEVELS[Severity.SERIOUS].default_days
    _settle(change, finding, "finding.veto_lifted")
    if finding.visit.state == VisitState.APPROVED:
        _score_anew(change, finding.visit)


def _settle(change: Change, finding: Finding, verb: str) -> None:
    finding.veto_candidate = False
    finding.save(update_fields=["severity", "due_days", "veto_candidate"])
    change.put(finding)
    change.tell(verb, crews.office(finding.county_id) - {change.actor.user_id or 0}, finding)
    change.log(verb, finding, severity=finding.severity)


def _score_anew(change: Change, visit: Visit) -> None:
    result = submissions.score_of_findings(visit.findings.all())
    visit.score, visit.score_lines = result.value, submissions.score_lines(result)
    visit.save(update_fields=["score", "score_lines"])
    change.put(visit)
