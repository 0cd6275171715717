"""Findings: recorded in the field, moved by a table of states."""

import datetime as dt
import uuid
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.lookup import find_one
from backend.core.making import made
from backend.inspections.models import Finding, FindingState, FindingTransition, Responsibility, StandardFinding
from backend.inspections.models.lifecycle import check_finding_move
from backend.inspections.models.template import legal_basis
from backend.inspections.rules.checklist import Item, Severity, Template
from backend.inspections.rules.errors import RuleError
from backend.inspections.rules.grading import LEVELS, Grading, can_fix_on_spot, check_severity_choice, severity_after
from backend.inspections.selectors import crews
from backend.inspections.services import crews as crew_services
from backend.inspections.services import dossiers, field
from backend.inspections.services.dossier import Dossier
from backend.inspections.services.publication import publish_to_target
from backend.journal.writing import Change, write

__all__ = [
    "NewFinding",
    "OnSpot",
    "advance",
    "amend",
    "confirm_on_spot",
    "publish_to_target",
    "record",
    "report_relapse",
    "withdraw",
]

LONGEST = 2000
EDITABLE = (FindingState.RECORDED, FindingState.RECTIFIED_ON_SPOT)


@dataclass(frozen=True, slots=True)
class OnSpot:
    """Fixed while the inspectors stayed: photos before and after (evidence ids), confirmed by the other inspector."""

    before: Sequence[str] = ()
    after: Sequence[str] = ()
    confirmed_by: int | None = None


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A finding as the inspector writes it; `severity` None leaves the proposal of the rules."""

    item: str
    text: str = ""
    answer_key: str = ""
    severity: str | None = None
    severity_reason: str = ""
    responsibility: str = Responsibility.UNIT
    self_found_fixed: bool = False
    on_spot: OnSpot | None = None
    standard: uuid.UUID | None = None


def record(
    *,
    actor: Actor,
    finding_id: uuid.UUID,
    visit_id: uuid.UUID,
    new: NewFinding,
    n: int | None = None,
    at: dt.datetime | None = None,
    addendum: bool = False,
) -> Finding:
    """Write a finding into a visit. The same id once more changes nothing.

    As an `addendum` it stands beside the submitted round, whatever the visit's state.

    Raises `NotFound`, `Conflict(late_lock, late_assignment, bad_state)`, `Invalid(invalid, path, msg)`.
    """
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        known = dossier.findings.get(finding_id)
        if known is not None:
            return known
        if dossiers.is_taken(change, Finding, finding_id):
            raise Conflict("bad_state", "该编号已被使用。")
        if not addendum:
            dossier.move("work", actor, at=at)
        finding = made(
            Finding,
            id=finding_id,
            county_id=actor.county_id,
            visit=dossier.visit,
            target=dossier.visit.target,
            number=max((row.number for row in dossier.findings.values()), default=0) + 1,
            recorded_by=actor.user_id,
            device_at=at,
            addendum=dossier.visit.round if addendum else None,
        )
        _write(dossier, finding, new, actor, n)
        _keep(change, dossier, finding, "", actor, "")
        change.log("finding.recorded", finding, item=new.item, severity=finding.severity)
    return finding


def _keep(change: Change, dossier: Dossier, finding: Finding, before: str, actor: Actor, reason: str) -> None:
    """The finding as it is now stands in its dossier; a change of its state is a step."""
    dossier.set_finding(finding)
    if finding.state != before:
        dossier.add(_step(finding, before, actor, reason))
    change.put(dossier)
    change.put(finding)


def amend(
    *, actor: Actor, finding_id: uuid.UUID, new: NewFinding, n: int | None = None, at: dt.datetime | None = None
) -> Finding:
    """Rewrite a finding of a visit still at work. An older word of the same device never undoes a newer one."""
    with write(actor=actor) as change:
        dossier, finding = _for_work(change, actor, finding_id)
        dossier.move("work", actor, at=at)
        if _is_outdated(finding, actor, n):
            return finding
        if finding.state not in EDITABLE:
            raise Conflict("bad_state", "该问题已不能修改。")
        before = finding.state
        _write(dossier, finding, new, actor, n)
        _keep(change, dossier, finding, before, actor, "")
        change.log("finding.amended", finding, severity=finding.severity)
    return finding


def _is_outdated(finding: Finding, actor: Actor, n: int | None) -> bool:
    return None not in (n, finding.n) and finding.device_id == actor.device_id and (n or 0) < (finding.n or 0)


def withdraw(*, actor: Actor, finding_id: uuid.UUID, reason: str) -> Finding:
    """Take a finding back before the visit is submitted; it stays on record. A second time changes nothing."""
    if not reason.strip():
        raise field.refuse("reason", "撤销问题须写明理由。")
    with write(actor=actor) as change:
        dossier, finding = _for_work(change, actor, finding_id)
        dossier.move("note", actor)
        if finding.state != FindingState.WITHDRAWN:
            before = finding.state
            _enter(finding, FindingState.WITHDRAWN)
            _keep(change, dossier, finding, before, actor, reason)
            change.log(f"finding.{finding.state}", finding, reason=reason)
    return finding


def confirm_on_spot(*, actor: Actor, finding_id: uuid.UUID) -> Finding:
    """The other inspector confirms a fix that was recorded without it. Raises `Conflict` for its own author."""
    with write(actor=actor) as change:
        dossier, finding = _for_work(change, actor, finding_id)
        if finding.state not in EDITABLE:
            raise Conflict("bad_state", "该问题已不能修改。")
        if finding.on_spot is None or finding.recorded_by == actor.user_id:
            raise Conflict("bad_state", "须由另一名督查员确认即知即改。")
        before = finding.state
        finding.on_spot = {**finding.on_spot, "confirmed_by": actor.user_id}
        if before == FindingState.RECORDED:
            _enter(finding, FindingState.RECTIFIED_ON_SPOT)
            change.log(f"finding.{finding.state}", finding, reason="")
        _keep(change, dossier, finding, before, actor, "")
        change.log("finding.fix_confirmed", finding)
    return finding


def advance(*, actor: Actor, finding_id: uuid.UUID, to: str, reason: str = "") -> Finding:
    """Move a finding by the table of states (workflow.md section 6); what notices and reviews call.

    The caller answers for who may do it. Raises `NotFound`, `Conflict(bad_state)`.
    """
    with write(actor=actor) as change:
        finding = _locked(actor, finding_id)
        _advance(change, finding, to, actor, reason)
    return finding


def report_relapse(*, actor: Actor, finding_id: uuid.UUID, reason: str) -> Finding:
    """A review found what was closed as bad as before (反弹): the office is told, and opens it anew with a new term.

    Nothing runs against the unit until then. Raises `NotFound`, `Conflict(bad_state)` for what is not closed.
    """
    with write(actor=actor) as change:
        finding = _locked(actor, finding_id)
        if finding.state != FindingState.CLOSED:
            raise Conflict("bad_state", "只有已销号的问题可以登记反弹。")
        if finding.relapse_found_at is None:
            finding.relapse_found_at = clock.now()
            finding.save(update_fields=["relapse_found_at"])
            change.put(finding)
            change.tell("finding.relapsed", crew_services.office(actor.county_id), finding)
        change.log("finding.relapsed", finding, reason=reason)
    return finding


def _advance(change: Change, finding: Finding, to: str, actor: Actor, reason: str) -> None:
    before = finding.state
    _enter(finding, to)
    finding.save(update_fields=["state", "closed_at", "reopened", "relapse_found_at"])
    _step(finding, before, actor, reason).save()
    change.put(finding)
    change.log(f"finding.{to}", finding, reason=reason)


def _enter(finding: Finding, to: str) -> None:
    """Move along the table of states. Raises `Conflict(bad_state)`."""
    before = finding.state
    check_finding_move(before, to)
    finding.state = to
    finding.closed_at = clock.now() if to == FindingState.CLOSED else None
    if before == FindingState.CLOSED:
        finding.reopened += 1
        finding.relapse_found_at = None


def _step(finding: Finding, before: str, actor: Actor, reason: str) -> FindingTransition:
    return made(
        FindingTransition,
        finding=finding,
        before=before,
        after=finding.state,
        actor_id=actor.user_id,
        actor_name=actor.name,
        reason=reason,
    )


def _locked(actor: Actor, finding_id: uuid.UUID) -> Finding:
    rows = Finding.objects.select_for_update(of=("self",)).select_related("visit__assignment", "visit__target")
    finding = rows.filter(pk=finding_id, county_id=actor.county_id).first()
    if finding is None:
        raise NotFound("finding", finding_id)
    return finding


def _for_work(change: Change, actor: Actor, finding_id: uuid.UUID) -> tuple[Dossier, Finding]:
    """The dossier of the finding's visit, for somebody of its crew, and a copy of the finding to be changed.

    The visit is locked first and the finding after it: every writer takes the two in that order.
    """
    dossier = dossiers.of_finding(change, actor, finding_id)
    if finding_id not in dossier.findings:
        raise NotFound("finding", finding_id)
    return dossier, copy(dossier.locked_finding(finding_id))


def _write(dossier: Dossier, finding: Finding, new: NewFinding, actor: Actor, n: int | None) -> None:
    template, item = _item(dossier, new.item)
    standard = _standard(dossier, new)
    base = Severity(standard.severity if standard else item.severity or Severity.MINOR)
    grading = _grading(dossier, finding, base, new)
    finding.template_code, finding.item_code, finding.answer_key = template.code, item.code, new.answer_key
    finding.text = _text(new.text.strip() or (standard.text if standard else item.text))
    finding.standard_id = new.standard
    finding.base_severity, finding.chosen_severity = base, new.severity or ""
    finding.severity, finding.veto_candidate = grading
    finding.severity_reason = new.severity_reason
    finding.self_found_fixed = new.self_found_fixed
    finding.responsibility = new.responsibility
    finding.legal_basis = standard.legal_basis if standard else legal_basis(template, item)
    own_days = standard.due_days if standard else item.default_days
    finding.due_days = _due_days(own_days, base, grading.severity)
    finding.device_id, finding.n = actor.device_id, n
    _write_fix(finding, new.on_spot, actor)


def _item(dossier: Dossier, code: str) -> tuple[Template, Item]:
    if code not in dossier.items:
        raise _unknown_item(dossier, code)
    return dossier.items[code]


def _unknown_item(dossier: Dossier, code: str) -> Invalid:
    if any(item.code == code for template in dossier.templates for item in template.items):
        return field.refuse("item", f"条目{code}不适用于本次被查单位。", because="not_applicable")
    return field.refuse("item", f"本次到访的清单中没有条目{code}。", because="unknown_item")


def _grading(dossier: Dossier, finding: Finding, base: Severity, new: NewFinding) -> Grading:
    """The rules' proposal, lowered by one level where the inspector says why (workflow.md section 4)."""
    finding.item_code = new.item
    finding.repeated = dossier.was_found_before(finding)
    proposal = severity_after(base, repeat_within_12_months=finding.repeated, self_found_fixed=new.self_found_fixed)
    if new.severity is None:
        return proposal
    chosen = Severity(new.severity)
    try:
        check_severity_choice(proposal.severity, chosen, new.severity_reason)
    except RuleError as fault:
        raise Invalid("invalid", fault.message_zh, path=fault.path, msg=fault.message_zh) from fault
    return Grading(chosen, chosen is Severity.VETO)


def _standard(dossier: Dossier, new: NewFinding) -> StandardFinding | None:
    """The standard finding it cites, also one out of use: a phone may have been offline since."""
    if new.standard is None:
        return None
    row = find_one(StandardFinding, id=new.standard, county_id=dossier.visit.county_id)
    if row is None or row.item_code != new.item:
        raise field.refuse("standard", f"标准问题库中没有条目{new.item}的这一问题。", because="unknown_standard")
    return row


def _due_days(own: int | None, base: Severity, severity: Severity) -> int:
    """The item's own days while its level stands, the level's days once it moved."""
    if severity is base and own is not None:
        return own
    return LEVELS[severity].default_days


def _text(text: str) -> str:
    if len(text) > LONGEST or "\x00" in text:
        raise field.refuse("text", f"问题描述不得超过{LONGEST}字。")
    return text


def _write_fix(finding: Finding, fix: OnSpot | None, actor: Actor) -> None:
    """Set or clear the fix on the spot. It holds once a second inspector confirmed it; until then it is only noted."""
    if fix is None:
        finding.on_spot, finding.rectified_on_spot = None, False
        finding.state = FindingState.RECORDED
        return
    _check_fix(finding, fix, actor)
    finding.on_spot = _fix_json(fix)
    finding.rectified_on_spot = True
    finding.state = FindingState.RECTIFIED_ON_SPOT if fix.confirmed_by else FindingState.RECORDED


def _check_fix(finding: Finding, fix: OnSpot, actor: Actor) -> None:
    if not can_fix_on_spot(Severity(finding.severity)) or finding.responsibility == Responsibility.PERSON:
        raise field.refuse("on_spot", "只有一般、较重且不涉及个人责任的问题可以即知即改。")
    if not (fix.before and fix.after):
        raise field.refuse("on_spot", "即知即改须有整改前、整改后的照片。")
    if fix.confirmed_by is not None and (
        fix.confirmed_by == actor.user_id or fix.confirmed_by not in crews.present(finding.visit.assignment)
    ):
        raise field.refuse("on_spot.confirmed_by", "须由本组另一名督查员确认。")


def _fix_json(fix: OnSpot) -> dict[str, Any]:
    return {"before": list(fix.before), "after": list(fix.after), "confirmed_by": fix.confirmed_by}
