"""What makes a plan impossible or contradict itself; each refusal names the rule and the targets."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from backend.core.errors import Conflict, Invalid
from backend.inspections.models import (
    ChecklistTemplate,
    InspectionPlan,
    PlanKind,
    PlanState,
    PlanTarget,
    TemplateStatus,
)
from backend.inspections.rules import planning
from backend.inspections.selectors import plans
from backend.inspections.selectors.plan_lines import Line
from backend.registry.models import SchoolDistrict, Target, Team

NAMED = 5
"""So many targets a refusal names in its sentence; all of them are in `targets`."""


def check_plan(plan: InspectionPlan) -> None:
    """What can be said of a plan by itself. Raises `Invalid`, `Conflict` (see the checks)."""
    check_dates(plan)
    check_make_up(plan)
    check_templates(plan)
    check_places(plan)


def check_dates(plan: InspectionPlan) -> None:
    """Raises `Invalid(plan_dates)`: every day of a plan lies in its month, a campaign may go on after it."""
    first, last = planning.bounds(plan.month)
    if plan.ends_on < plan.starts_on:
        raise _invalid("plan_dates", "结束日期不能早于开始日期。", "ends_on")
    if not first <= plan.starts_on <= last:
        raise _invalid("plan_dates", f"开始日期{plan.starts_on}不在计划月份{plan.month}之内。", "starts_on")
    if plan.kind == PlanKind.SPECIAL_CAMPAIGN:
        last = max(last, first + dt.timedelta(days=183))
    if plan.ends_on > last:
        raise _invalid("plan_dates", f"结束日期{plan.ends_on}超出计划期限（最迟{last}）。", "ends_on")
    for name in ("holidays", "working_weekends"):
        outside = [day for day in getattr(plan, name) if not first <= dt.date.fromisoformat(day) <= last]
        if outside:
            raise _invalid("plan_dates", f"{'、'.join(outside[:NAMED])}不在计划期限之内。", name)
    both = sorted(set(plan.holidays) & set(plan.working_weekends))
    if both:
        raise _invalid("plan_dates", f"{'、'.join(both[:NAMED])}既列为放假又列为上班。", "working_weekends")


def check_make_up(plan: InspectionPlan) -> None:
    """Raises `Invalid(makes_up)`: a make-up campaign, and no other plan, names the plan of its month."""
    if plan.makes_up is None:
        if plan.kind == PlanKind.MAKE_UP:
            raise _invalid("makes_up", "补查须指明补哪一个计划。", "makes_up")
        return
    if plan.kind != PlanKind.MAKE_UP:
        raise _invalid("makes_up", "只有补查才能指明所补的计划。", "makes_up")
    if plan.makes_up.month != plan.month or plan.makes_up.kind == PlanKind.MAKE_UP:
        raise _invalid("makes_up", "补查只能补同一月份的月度计划或专项行动。", "makes_up")


def check_templates(plan: InspectionPlan) -> None:
    """Raises `Conflict(template_retired)`, `Invalid(unknown_template)`: every checklist has a version in use."""
    codes = {code for choice in plan.templates for code in choice["codes"]}
    rows = ChecklistTemplate.objects.filter(county_id=plan.county_id, code__in=codes)
    known: dict[str, set[str]] = {}
    for code, status in rows.values_list("code", "status"):
        known.setdefault(code, set()).add(status)
    missing = sorted(code for code in codes if TemplateStatus.PUBLISHED not in known.get(code, ()))
    retired = [code for code in missing if TemplateStatus.RETIRED in known.get(code, ())]
    if retired:
        detail = f"清单{'、'.join(retired)}已停用，请改选在用的清单。"
        raise Conflict("template_retired", detail, templates=retired)
    if missing:
        raise _invalid("unknown_template", f"没有已启用的清单：{'、'.join(missing)}。", "templates")


def check_places(plan: InspectionPlan) -> None:
    """Raises `Invalid(unknown_place)` for a district or team that is not the county's."""
    for name, model in (("districts", SchoolDistrict), ("teams", Team)):
        wanted = {uuid.UUID(text) for text in plan.scope_rule.get(name, [])}
        found = model._default_manager.filter(county_id=plan.county_id, pk__in=wanted).count()
        if found != len(wanted):
            raise _invalid("unknown_place", "范围中有不属于本县的学区或督查组。", f"scope_rule.{name}")


def check_scope(plan: InspectionPlan, lines: Sequence[Line]) -> None:
    """Raises `Conflict`: `scope_empty`, `scope_overlaps` (another campaign of this kind visits them at this time)."""
    if not lines:
        raise Conflict("scope_empty", "计划范围为空：没有符合条件的检查对象，请调整范围或轨道。")
    if plan.kind == PlanKind.MONTHLY:
        return
    wanted = {line.key: line.target for line in lines}
    for other in _neighbours(plan):
        rows = PlanTarget.objects.filter(plan=other, version=other.scope_version)
        taken = [wanted[key] for key in rows.values_list("target_id", "track") if key in wanted]
        if taken:
            refuse("scope_overlaps", f"与计划“{other.title}”的范围重叠", taken)


def _neighbours(plan: InspectionPlan) -> Iterable[InspectionPlan]:
    """Approved plans of the same kind at the same time."""
    rows = InspectionPlan.objects.filter(
        county_id=plan.county_id,
        kind=plan.kind,
        state__in=(PlanState.APPROVED, PlanState.RELEASED),
        starts_on__lte=plan.ends_on,
        ends_on__gte=plan.starts_on,
    )
    return rows.exclude(pk=plan.pk).order_by("pk")


def check_exception(plan: InspectionPlan, target: Target, *, included: bool, since: dt.date | None) -> None:
    """Raises `Conflict`: `target_closed` for adding what is closed, `not_in_scope` for leaving out what is not in."""
    if since is not None and not plan.starts_on <= since <= plan.ends_on:
        raise _invalid("plan_dates", f"日期{since}不在计划期限之内。", "since")
    if included and not target.is_active:
        refuse("target_closed", "已不在检查范围内，不能增列", [target])
    if included:
        return
    inside = (
        PlanTarget.objects.filter(plan=plan, version=plan.scope_version, target=target).exists()
        if plan.is_frozen
        else any(line.target.pk == target.pk for line in plans.resolved(plan))
    )
    if not inside:
        refuse("not_in_scope", "不在计划范围内，无须排除", [target])


def refuse(code: str, rule: str, targets: Iterable[Target]) -> None:
    """Raises `Conflict` with the rule, the first of the targets by name, and all of them in `targets`."""
    rows = sorted({target.pk: target for target in targets}.values(), key=lambda target: target.code)
    names = "、".join(f"“{target.name}”" for target in rows[:NAMED])
    more = f"等{len(rows)}个单位" if len(rows) > NAMED else ""
    raise Conflict(code, f"{rule}：{names}{more}。", targets=[str(target.pk) for target in rows])


def _invalid(code: str, reason: str, path: str) -> Invalid:
    return Invalid(code, reason, path=path, msg=reason)
