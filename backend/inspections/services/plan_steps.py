"""The way of a plan: submitted, approved or returned, released, closed (workflow.md section 1)."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, Problem
from backend.inspections.models import Assignment, AssignmentState, InspectionPlan, PlanTarget, PlanTransition
from backend.inspections.models.plan_lifecycle import plan_after
from backend.inspections.selectors import plans as selectors
from backend.inspections.selectors.plan_lines import Line
from backend.inspections.services import assignments, crews, footing, plan_checks, plan_obstacles
from backend.inspections.services.authority import only_office
from backend.inspections.services.avoidance import faults, sendings_of
from backend.inspections.services.plans import locked, note
from backend.journal.writing import write

APPROVERS = (Role.OFFICE, Role.LEADERSHIP)
AUTHORING = ("create", "change", "submit")
"""Who did one of these is an author of the plan."""


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment that stayed with the office, by which rule (code), and why in Chinese."""

    assignment: Assignment
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Released:
    """The plan, the assignments that went out with it, and those that did not."""

    plan: InspectionPlan
    released: list[uuid.UUID]
    held_back: list[Held]


def submit(*, actor: Actor, plan_id: uuid.UUID) -> InspectionPlan:
    """Hand a draft in for approval. What there are not people enough for is named in its step and stops nothing: there
    is time until the visits. Raises `Forbidden`, `NotFound`, `Conflict(bad_state)`, and like `plan_checks`.
    """
    only_office(actor)
    with write(actor=actor) as change:
        plan = locked(actor, plan_id)
        before = _move(plan, "submit")
        plan_checks.check_plan(plan)
        lines = selectors.resolved(plan)
        plan_checks.check_scope(plan, lines)
        plan.submitted_by = actor.user_id
        plan.save(update_fields=["state", "submitted_by"])
        note(change, plan, "submit", before, actor, obstacles=plan_obstacles.of(plan, lines))
        told = crews.leadership(plan.county_id) | crews.office(plan.county_id)
        change.tell("plan.submitted", told - {actor.user_id or 0}, plan)
    return plan


def return_plan(*, actor: Actor, plan_id: uuid.UUID, reason: str) -> InspectionPlan:
    """Back to its authors, with a reason; also what was approved and is not yet released.

    Raises `Forbidden`, `NotFound`, `Invalid(reason_missing)`, `Conflict(bad_state)`.
    """
    _check_approver(actor)
    if not reason.strip():
        raise Invalid("reason_missing", "退回计划须写明理由。", path="reason", msg="退回计划须写明理由。")
    with write(actor=actor) as change:
        plan = locked(actor, plan_id)
        before = _move(plan, "return")
        plan.approved_at, plan.approved_by = None, None
        plan.save(update_fields=["state", "approved_at", "approved_by"])
        note(change, plan, "return", before, actor, reason)
        change.tell("plan.returned", crews.office(plan.county_id) - {actor.user_id or 0}, plan)
    return plan


def approve(*, actor: Actor, plan_id: uuid.UUID, reason: str = "") -> InspectionPlan:
    """Approve a plan of somebody else; its scope is frozen as of now, with the teams in charge on its first day.

    Raises `Forbidden` (`own_plan` for its authors), `NotFound`, `Conflict(bad_state)`, and like `plan_checks`.
    """
    _check_approver(actor)
    with write(actor=actor) as change:
        plan = locked(actor, plan_id)
        before = _move(plan, "approve")
        _check_author(actor, plan)
        plan_checks.check_plan(plan)
        lines = selectors.resolved(plan, max(clock.today(), plan.starts_on))
        plan_checks.check_scope(plan, lines)
        _freeze(plan, lines)
        plan.approved_at, plan.approved_by = clock.now(), actor.user_id
        plan.save(update_fields=["state", "approved_at", "approved_by", "scope_version", "scope_hash"])
        note(change, plan, "approve", before, actor, reason, plan_obstacles.of(plan, lines))
        change.tell("plan.approved", crews.office(plan.county_id) - {actor.user_id or 0}, plan)
    return plan


def release(*, actor: Actor, plan_id: uuid.UUID) -> Released:
    """Release the plan and every assignment planned for it; each crew learns of its own and of nothing else.

    What cannot go stays with the office and is named with the rule: `left_scope` for targets that have left since,
    `crew_conflict`, `crew_certificates`, and what the footing of the visit misses (`rules.footing`). Raises
    `Forbidden`, `NotFound`, `Conflict(bad_state)`.
    """
    only_office(actor)
    with write(actor=actor) as change:
        plan = locked(actor, plan_id)
        before = _move(plan, "release")
        plan.released_at = clock.now()
        plan.save(update_fields=["state", "released_at"])
        out, held_back = _sorted(plan)
        assignments.release_many(actor=actor, assignment_ids=out)
        for one in held_back:
            change.log("assignment.held_back", one.assignment, rule=one.code, plan=str(plan.pk))
        note(change, plan, "release", before, actor)
    return Released(plan, out, held_back)


def close(*, actor: Actor, plan_id: uuid.UUID, reason: str = "") -> InspectionPlan:
    """End a plan; before its last day only with a reason. What nobody was told of yet is called off.

    Raises `Forbidden`, `NotFound`, `Invalid(reason_missing)`, `Conflict(bad_state)`.
    """
    only_office(actor)
    with write(actor=actor) as change:
        plan = locked(actor, plan_id)
        before = _move(plan, "close")
        if clock.today() <= plan.ends_on and not reason.strip():
            raise Invalid("reason_missing", "提前结束计划须写明理由。", path="reason", msg="提前结束计划须写明理由。")
        plan.closed_at = clock.now()
        plan.save(update_fields=["state", "closed_at"])
        for assignment in Assignment.objects.filter(plan=plan, state=AssignmentState.PLANNED).order_by("pk"):
            assignments.cancel(actor=actor, assignment_id=assignment.pk, reason="计划已结束")
        note(change, plan, "close", before, actor, reason)
    return plan


def _check_approver(actor: Actor) -> None:
    if not actor.has(*APPROVERS):
        raise Forbidden()


def _check_author(actor: Actor, plan: InspectionPlan) -> None:
    rows = PlanTransition.objects.filter(plan=plan, verb__in=AUTHORING, actor_id=actor.user_id)
    if actor.user_id is None or rows.exists():
        raise Forbidden("own_plan", "起草、修改或报审过本计划的人不能审批它。")


def _move(plan: InspectionPlan, verb: str) -> str:
    """The state before."""
    before, plan.state = plan.state, plan_after(verb, plan.state)
    return before


def _freeze(plan: InspectionPlan, lines: Sequence[Line]) -> None:
    """Write the scope down as a new version. Its hash is over the sorted lines `target track team`."""
    plan.scope_version += 1
    PlanTarget.objects.bulk_create(
        (
            PlanTarget(plan=plan, version=plan.scope_version, target=line.target, track=line.track, team_id=line.team)
            for line in lines
        ),
        batch_size=500,
    )
    rows = sorted(f"{line.target.pk} {line.track} {line.team or ''}" for line in lines)
    plan.scope_hash = hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _sorted(plan: InspectionPlan) -> tuple[list[uuid.UUID], list[Held]]:
    """The plan's assignments that nobody was told of: those that may go, and the others."""
    inside = {line.key for line in selectors.scope(plan)}
    rows = Assignment.objects.filter(plan=plan, state=AssignmentState.PLANNED).select_related("target")
    found = list(rows.order_by("scheduled_on", "pk"))
    held = {row.pk: _left(row) for row in found if (row.target_id, row.track) not in inside}
    sent = sendings_of(plan.county_id, [row.pk for row in found])
    unfit = {sent[number][0]: fault for number, fault in faults([one for _, one in sent])}
    for row in found:
        if row.pk not in held and (fault := unfit.get(row.pk) or _footless(row)) is not None:
            held[row.pk] = Held(row, fault.code, f"“{row.target.name}”：{fault.detail}")
    return [row.pk for row in found if row.pk not in held], [held[row.pk] for row in found if row.pk in held]


def _left(row: Assignment) -> Held:
    return Held(row, "left_scope", f"“{row.target.name}”已不在计划范围内。")


def _footless(row: Assignment) -> Problem | None:
    try:
        footing.check(row)
    except Conflict as fault:
        return fault
    return None
