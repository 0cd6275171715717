"""Making and changing plans: open, change, leave targets out or take them in (workflow.md section 1)."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.inspections.models import InspectionPlan, PlanKind, PlanTransition, ScopeException
from backend.inspections.models.plan import whole_county
from backend.inspections.models.plan_lifecycle import plan_after
from backend.inspections.rules import planning
from backend.inspections.selectors.plan_lines import of_month
from backend.inspections.services import crews, plan_checks
from backend.inspections.services.authority import only_office
from backend.journal.writing import Change, write
from backend.registry.models import Target, TargetKind


class PlanFields(TypedDict, total=False):
    """What can be said of a plan; see `InspectionPlan`. Dates of lists are `YYYY-MM-DD`, ids text."""

    title: str
    themes: Sequence[str]
    templates: Sequence[Mapping[str, Any]]
    tracks: Sequence[str]
    starts_on: dt.date
    ends_on: dt.date
    holidays: Sequence[str]
    working_weekends: Sequence[str]
    scope_rule: Mapping[str, Sequence[str]]
    makes_up_id: uuid.UUID | None
    approval_number: str
    visit_limit: int
    reveal_hours: int


def create(*, actor: Actor, month: str, kind: str = PlanKind.MONTHLY, **fields: Unpack[PlanFields]) -> InspectionPlan:
    """A draft for `month` (`YYYY-MM`); what is not said is as usual for the month.

    A monthly plan of a vacation month begins with the institutions as its scope (section 1.5); of one that the product
    opens by itself the office is told. Raises `Forbidden`,
    `Conflict(plan_exists)` when the month has its monthly plan, and what `plan_checks.check_plan` raises.
    """
    only_office(actor)
    try:
        with write(actor=actor) as change:
            plan = InspectionPlan(county_id=actor.county_id, month=month, kind=kind, **usual(month, kind))
            plan.created_by = actor.user_id
            _apply(plan, fields)
            plan_checks.check_plan(plan)
            if kind == PlanKind.MONTHLY and of_month(actor.county_id, month) is not None:
                raise _exists(month)
            plan.save(force_insert=True)
            note(change, plan, "create", "", actor)
            if actor.user_id is None:
                change.tell("plan.opened", crews.office(plan.county_id), plan)
    except IntegrityError as fault:  # somebody was as quick
        raise _exists(month) from fault
    return plan


def _exists(month: str) -> Conflict:
    return Conflict("plan_exists", f"{month}已有月度计划，请在原计划上修改。")


def usual(month: str, kind: str) -> dict[str, Any]:
    """What a plan of this kind says if nobody says otherwise."""
    first, last = planning.bounds(month)
    vacation = kind == PlanKind.MONTHLY and planning.is_vacation(month)
    kinds = [TargetKind.INSTITUTION.value] if vacation else []
    return {
        "title": f"{first.year}年{first.month}月{'' if kind == PlanKind.MONTHLY else PlanKind(kind).label}督查计划",
        "themes": ["校外培训机构", "假期违规补课"] if vacation else ["“双减”政策落实情况"],
        "starts_on": first,
        "ends_on": last,
        "scope_rule": whole_county() | {"kinds": kinds},
    }


def change_plan(*, actor: Actor, plan_id: uuid.UUID, **fields: Unpack[PlanFields]) -> InspectionPlan:
    """Change a draft. Raises `Forbidden`, `NotFound`, `Conflict(bad_state)`, and like `plan_checks.check_plan`."""
    only_office(actor)
    with write(actor=actor) as change:
        plan = locked(actor, plan_id)
        plan_after("change", plan.state)
        changed = _apply(plan, fields)
        if changed:
            plan_checks.check_plan(plan)
            plan.save()
            note(change, plan, "change", plan.state, actor)
            change.log("plan.changed", plan, fields=changed)
    return plan


def except_target(
    *,
    actor: Actor,
    plan_id: uuid.UUID,
    target_id: uuid.UUID,
    included: bool,
    cause: str,
    reason: str = "",
    since: dt.date | None = None,
) -> ScopeException:
    """Take a target in against the rule (drafts only), or leave it out, at once or from the day `since` on.

    An approved plan loses a target from today on at the earliest. Raises `Forbidden`, `NotFound`,
    `Invalid(reason_missing)` for causes that say nothing, `Conflict`: `bad_state`, `excepted`, and like
    `plan_checks.check_exception`.
    """
    only_office(actor)
    if cause in ("added", "other") and not reason.strip():
        raise Invalid("reason_missing", "增列或排除检查对象须写明理由。", path="reason", msg="须写明理由。")
    with write(actor=actor) as change:
        plan, target = locked(actor, plan_id), _target(actor, target_id)
        plan_after("include" if included else "exclude", plan.state)
        if plan.is_frozen:
            since = max(since or clock.today(), clock.today(), plan.starts_on)
        plan_checks.check_exception(plan, target, included=included, since=since)
        if ScopeException.objects.filter(plan=plan, target=target).exists():
            plan_checks.refuse("excepted", "已作过增列或排除，请先撤销", [target])
        row = ScopeException.objects.create(
            plan=plan, target=target, included=included, cause=cause, reason=reason, since=since, by=actor.user_id
        )
        verb = "plan.target_included" if included else "plan.target_excluded"
        change.log(verb, plan, target=str(target.pk), cause=cause, reason=reason, since=since and since.isoformat())
    return row


def withdraw_exception(*, actor: Actor, plan_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """The rule decides of the target again. Drafts only. Raises `Forbidden`, `NotFound`, `Conflict(bad_state)`."""
    only_office(actor)
    with write(actor=actor) as change:
        plan = locked(actor, plan_id)
        row = ScopeException.objects.filter(plan=plan, target=target_id).first()
        if row is None:
            raise NotFound("scope_exception", target_id)
        plan_after("change", plan.state)
        row.delete()
        change.log("plan.exception_withdrawn", plan, target=str(target_id), included=row.included)


def locked(actor: Actor, plan_id: uuid.UUID) -> InspectionPlan:
    """The plan, locked. Raises `NotFound` also for another county's."""
    rows = InspectionPlan.objects.select_for_update(of=("self",)).select_related("makes_up")
    plan = rows.filter(pk=plan_id, county_id=actor.county_id).first()
    if plan is None:
        raise NotFound("inspection_plan", plan_id)
    return plan


def note(
    change: Change,
    plan: InspectionPlan,
    verb: str,
    before: str,
    actor: Actor,
    reason: str = "",
    obstacles: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Write a step down: who, when, why, and what stands in its way (`plan_obstacles`)."""
    PlanTransition.objects.create(
        plan=plan,
        verb=verb,
        before=before,
        after=plan.state,
        actor_id=actor.user_id,
        actor_name=actor.name,
        reason=reason,
        obstacles=obstacles,
    )
    told = {f"{one['track']}.{one['rule']}": one["count"] for one in obstacles}
    more: dict[str, Any] = {"obstacles": told} if told else {}
    change.log(f"plan.{verb}", plan, month=plan.month, kind=plan.kind, reason=reason, **more)


def _target(actor: Actor, target_id: uuid.UUID) -> Target:
    rows = Target.objects.filter(county_id=actor.county_id).exclude(kind=TargetKind.SUSPECTED_SITE)
    target = rows.filter(pk=target_id).first()
    if target is None:
        raise NotFound("target", target_id)
    return target


def _apply(plan: InspectionPlan, fields: PlanFields) -> list[str]:
    """Set what differs; the names of what did. Raises `NotFound` for a plan to make up that is not the county's."""
    wanted: dict[str, Any] = dict(fields)
    changed = [name for name, value in wanted.items() if getattr(plan, name) != value]
    for name in changed:
        setattr(plan, name, wanted[name])
    if plan.makes_up_id is not None and "makes_up_id" in changed:
        plan.makes_up = InspectionPlan.objects.filter(county_id=plan.county_id, pk=plan.makes_up_id).first()
        if plan.makes_up is None:
            raise NotFound("inspection_plan", wanted["makes_up_id"])
    return changed
