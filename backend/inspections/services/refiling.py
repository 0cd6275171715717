"""A visit that was begun on the wrong target: moved with everything in it to where it belongs."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.inspections.models import Assignment, AssignmentState, Finding, Recusal, SeverityLevel, Visit
from backend.inspections.models.lifecycle import assignment_after
from backend.inspections.rules.checklist import Severity
from backend.inspections.rules.grading import LEVELS, severity_settled
from backend.inspections.selectors import assignments as assignment_rows
from backend.inspections.selectors import crews as crew_rows
from backend.inspections.selectors import findings as finding_rows
from backend.inspections.selectors import templates
from backend.inspections.selectors.staying_away import away_from
from backend.inspections.services import assignments, crews, field, own_visits, publication, visits
from backend.journal.writing import Change, write
from backend.registry.models import Target

OPEN = (AssignmentState.RELEASED, AssignmentState.ACCEPTED, AssignmentState.DEPARTED)


def refile(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    reason: str,
    assignment_id: uuid.UUID | None = None,
    target_id: uuid.UUID | None = None,
    at: dt.datetime | None = None,
) -> Visit:
    """File a visit under another open assignment of its track, or under a new one at `target_id` for the same crew.

    By its leader or the office, until it is submitted and again after a return. Answers, findings and evidence stay
    as they are; items that do not apply to the right target stay on record and are asked no longer. The crew's former
    scope gets tombstones, what the phones still send under the visit's id goes on counting. The assignment it was
    begun under has to be visited still; one's own is called off. Raises `NotFound`, `Forbidden(not_leader)`,
    `Conflict`: `late_lock`, `bad_state`; `Invalid(invalid, path)`.
    """
    if not reason.strip():
        raise field.refuse("reason", "改挂到访须写明原因。", because="reason_missing")
    with write(actor=actor) as change:
        visit = _locked(actor, visit_id)
        old = assignments.locked(actor, visit.assignment_id)
        _step(visit, actor, reason, at)
        new = _existing(actor, visit, assignment_id) if assignment_id else _made(change, actor, old, target_id)
        _bring_crew(change, old, new)
        _move(change, actor, visit, new, reason)
        _leave(change, old, visit, reason)
        publication.hide_from_other_track(change, new)
        _tell(change, visit, old, new)
    return visit


def _locked(actor: Actor, visit_id: uuid.UUID) -> Visit:
    visit = field.locked(actor, visit_id)
    if actor.has(Role.OFFICE):
        return visit
    if not field.may_work(actor, visit.assignment):
        raise NotFound("visit", visit_id)
    field.check_not_recused(actor, visit.assignment)
    if actor.vouched_by is None and visit.assignment.leader_id != actor.user_id:
        raise Forbidden("not_leader", "改挂到访须由本次任务的组长或督导办办理。")
    return visit


def _step(visit: Visit, actor: Actor, reason: str, at: dt.datetime | None) -> None:
    row = field.step(visit, "refile", actor, at=at, reason=reason, always=True)
    if row is not None:
        row.save()


def _existing(actor: Actor, visit: Visit, assignment_id: uuid.UUID) -> Assignment:
    """An open assignment, locked, that has no visit and is of the same track: the other may learn nothing of this."""
    if not assignment_rows.scoped(actor).filter(pk=assignment_id).exists():
        raise field.refuse("assignment", "没有可以改挂的任务。", because="unknown_assignment")
    new = assignments.locked(actor, assignment_id)
    if new.pk == visit.assignment_id or new.state not in OPEN or hasattr(new, "visit"):
        raise Conflict("bad_state", "该任务已有到访或未在执行，不能改挂。")
    if new.track != visit.track:
        raise Conflict("bad_state", "不能改挂到另一轨道的任务。")
    return new


def _made(change: Change, actor: Actor, old: Assignment, target_id: uuid.UUID | None) -> Assignment:
    """An assignment like the old one, at another target, under way at once."""
    target = _target(actor, target_id)
    if target.pk == old.target_id:
        raise Conflict("bad_state", "到访本就属于该单位。")
    crew = crew_rows.present(old)
    away = away_from(crew, target.pk, old.scheduled_on)
    if old.leader_id in away:
        raise Conflict("crew_conflict", "组长与该单位存在利害关系，请由督导办先另行指定组长。")
    now = clock.now()
    new = Assignment.objects.create(
        county_id=old.county_id,
        target=target,
        team=old.team,
        track=old.track,
        kind=old.kind,
        mode=old.mode,
        plan_month=old.plan_month,
        scheduled_on=old.scheduled_on,
        templates=_checklists(old, target),
        leader_id=old.leader_id,
        reveal_at=min(old.reveal_at, now),
        announced_at=now,
        released_at=now,
        departed_at=now,
        state=AssignmentState.DEPARTED,
        own=old.own,
        created_by=actor.user_id,
    )
    crews.enrol(new, old.leader_id, crew - away)
    crews.open_to_leader(change, new)
    crews.open_to_crew(change, new)
    change.log("assignment.made_for_visit", new, instead_of=str(old.pk))
    return new


def _checklists(old: Assignment, target: Target) -> list[list[Any]]:
    """What the crew was sent with, and at another type of target what is asked there besides."""
    if templates.target_type(target) == templates.target_type(old.target):
        return [list(one) for one in old.templates]
    codes = templates.default_codes(old.county_id, target)
    return _both(old.templates, [[row.code, row.version] for row in templates.newest(old.county_id, codes)])


def _target(actor: Actor, target_id: uuid.UUID | None) -> Target:
    try:
        return own_visits.visible(actor, target_id)
    except NotFound:
        raise field.refuse("target", "检查对象不存在。", because="unknown_target") from None


def _bring_crew(change: Change, old: Assignment, new: Assignment) -> None:
    """Whoever worked under the old one may under the new one, and reads it unless a conflict of interest forbids it.

    Work that was done is done: it counts, and the office sees who did it.
    """
    away = set(Recusal.objects.filter(assignment__in=[old, new]).values_list("user_id", flat=True))
    known = set(new.crew.values_list("user_id", flat=True))
    everybody = set(old.crew.values_list("user_id", flat=True)) - known - away
    present = (crew_rows.present(old) & everybody) - away_from(everybody, new.target_id, new.scheduled_on)
    crews.admit(change, new, present)
    gone = everybody - present
    for user_id in sorted(gone):
        field.count_in(change, new, user_id)
    if new.state != AssignmentState.DEPARTED:
        assignments.set_out(change, new)


def _move(change: Change, actor: Actor, visit: Visit, new: Assignment, reason: str) -> None:
    visit.refiled = [*visit.refiled, _entry(visit, actor, reason)]
    visit.assignment, visit.target, visit.kind, visit.mode = new, new.target, new.kind, new.mode
    visit.plan_month, visit.templates = new.plan_month, _both(visit.templates, new.templates)
    if visit.check_in is not None:
        visit.check_in = _arrival_anew(visit, visit.check_in, reason)
    visit.save()
    _regrade(visit)
    parts: list[Any] = [*visit.aliases.all(), *visit.findings.all(), *visit.evidence.all()]
    for part in parts:
        part.visit = visit
    for row in [new, visit, *parts]:
        change.put(row)


def _entry(visit: Visit, actor: Actor, reason: str) -> dict[str, Any]:
    ids = {"assignment": str(visit.assignment_id), "target": str(visit.target_id)}
    return ids | {"reason": reason, "by": actor.user_id, "at": clock.now().isoformat().replace("+00:00", "Z")}


def _both(mine: Sequence[Sequence[Any]], more: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The checklists answered so far, and those that the right target has besides."""
    codes = {code for code, _ in mine}
    return [*map(list, mine), *(list(one) for one in more if one[0] not in codes)]


def _arrival_anew(visit: Visit, said: dict[str, Any], reason: str) -> dict[str, Any]:
    place = visits.Place(**said["place"]) if said["place"] else None
    found = visits.arrival(visit, place)
    return {**said, **found, "reason": said["reason"] or ("" if found["inside"] else reason)}


def _regrade(visit: Visit) -> None:
    """What is a repeat at one unit is none at another."""
    history = finding_rows.history_of(visit)
    items = {item.code: item for one in templates.pinned(visit) for item in one.items}
    for finding in visit.findings.select_for_update():
        finding.target = visit.target
        finding.repeated = finding_rows.is_repeat(history, finding)
        grading = severity_settled(
            Severity(finding.base_severity),
            repeat_within_12_months=finding.repeated,
            self_found_fixed=finding.self_found_fixed,
            chosen=Severity(finding.chosen_severity) if finding.chosen_severity else None,
        )
        if grading.severity != finding.severity:
            finding.severity, finding.veto_candidate = grading
            own = items[finding.item_code].default_days if finding.item_code in items else None
            usual = LEVELS[grading.severity].default_days
            finding.due_days = own if own is not None and grading.severity == finding.base_severity else usual
        _save_graded(finding)


def _save_graded(finding: Finding) -> None:
    finding.severity = SeverityLevel(finding.severity).value
    finding.save(update_fields=["target", "repeated", "severity", "veto_candidate", "due_days"])


def _leave(change: Change, old: Assignment, visit: Visit, reason: str) -> None:
    if old.own:
        assignments.call_off(change, old, reason)
        return
    old.moved_visit, old.moved_rev = visit.pk, crew_rows.present_rev(old)
    old.state, old.departed_at = assignment_after("reopen", old.state), None
    old.save(update_fields=["moved_visit", "moved_rev", "state", "departed_at"])
    change.put(old)


def _tell(change: Change, visit: Visit, old: Assignment, new: Assignment) -> None:
    told = crews.office(visit.county_id) | crew_rows.present(new)
    change.tell("visit.refiled", told - {change.actor.user_id or 0}, visit)
    change.log("visit.refiled", visit, **visit.refiled[-1], to=str(new.pk))
    change.log("assignment.reopened", old, visit=str(visit.pk))
