"""Plans of the month and campaigns: the list, one plan with its scope and coverage, and the steps of its life."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.core.pages import page_of
from backend.desk.deeds import Deed, ReasonForm, RemarkForm, row_key
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.plan_forms import (
    ChecklistForm,
    ExceptionForm,
    NewPlanForm,
    PlanFilters,
    PlanForm,
    plan_fields,
    stands,
    type_name,
)
from backend.desk.selectors import choices
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import InspectionPlan, PlanKind, ScopeException
from backend.inspections.models.plan_lifecycle import PLAN_MOVES, PlanState
from backend.inspections.selectors import plans as selectors
from backend.inspections.services import plan_steps, plans
from backend.inspections.services.draw_wording import sentence
from backend.inspections.services.plan_steps import AUTHORING, Released
from backend.registry.models import Track

READERS = OFFICE | LEADERSHIP

VERBS = {
    "create": "起草",
    "change": "修改",
    "exclude": "调出对象",
    "include": "调入对象",
    "submit": "报审",
    "return": "退回",
    "approve": "批准",
    "release": "下达",
    "close": "结束",
}
"""What a step is called in the history."""


def _create(actor: Actor, found: None, values: dict[str, Any]) -> InspectionPlan:
    makes_up = values.pop("makes_up")
    told = {name: value for name, value in values.items() if value}
    told |= {"makes_up_id": uuid.UUID(makes_up)} if makes_up else {}
    return plans.create(actor=actor, **told)


def _change(actor: Actor, plan: InspectionPlan, values: dict[str, Any]) -> InspectionPlan:
    return plans.change_plan(actor=actor, plan_id=plan.pk, **plan_fields(values))


def _choose(actor: Actor, plan: InspectionPlan, values: dict[str, Any]) -> InspectionPlan:
    others = [one for one in plan.templates if (one["track"], one["type"]) != (values["track"], values["type"])]
    return plans.change_plan(actor=actor, plan_id=plan.pk, templates=[*others, values])


def _unchoose(actor: Actor, plan: InspectionPlan, values: dict[str, Any]) -> InspectionPlan:
    kept = [one for one in plan.templates if f"{one['track']}.{one['type']}" != values["row"]]
    return plans.change_plan(actor=actor, plan_id=plan.pk, templates=kept)


def _except(actor: Actor, plan: InspectionPlan, values: dict[str, Any]) -> ScopeException:
    target = choices.target_named(actor, values.pop("target"))
    return plans.except_target(actor=actor, plan_id=plan.pk, target_id=target.pk, **values)


def _went_out(out: Released) -> str:
    """What the release came to, with the first of those that stayed."""
    text = f"已下达，{len(out.released)}项任务已发到各组。"
    if not out.held_back:
        return text
    return f"{text}{len(out.held_back)}项未发：{''.join(one.text for one in out.held_back[:3])}"


def _handed_in(plan: InspectionPlan) -> str:
    found = _obstacles(plan)
    return f"已报审。人手不足：{'；'.join(found)}。" if found else "已报审。"


def _obstacles(plan: InspectionPlan) -> list[str]:
    """By the last step that looked: the track, the rule that people are too few for, and the first targets by name."""
    looked = plan.transitions.filter(verb__in=("submit", "approve")).order_by("-pk").first()
    return [f"{Track(one['track']).label}：{sentence(one)}" for one in looked.obstacles] if looked else []


class PlanList(StaffPage[None]):
    """The county's plans, the newest first."""

    template = "staff/plans.html"
    roles = READERS
    deeds = (
        Deed(
            "create",
            "起草计划",
            _create,
            "已起草，请核对范围后报审。",
            NewPlanForm,
            tone="main",
            leads_to=lambda plan: reverse("desk_plan", args=[plan.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"create"}) if actor.has(*OFFICE) else frozenset()

    def form(self, actor: Actor, found: None, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        rows = selectors.scoped(actor).exclude(kind=PlanKind.MAKE_UP).order_by("-month", "pk")[:24]
        form.fields["makes_up"].choices = [("", "—"), *((str(row.pk), row.title) for row in rows)]  # type: ignore[attr-defined]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(PlanFilters, request)
        rows = rows_of(selectors.matching(actor, **wanted), request.GET)
        return {"plans": rows.rows, "next": rows.next, "filters": filters}


class PlanPage(StaffPage[InspectionPlan]):
    """One plan: what it covers, what was decided about it and by whom."""

    template = "staff/plan.html"
    roles = READERS
    deeds = (
        Deed(
            "submit",
            "报审",
            lambda actor, plan, values: plan_steps.submit(actor=actor, plan_id=plan.pk),
            _handed_in,
            tone="main",
            explains="报审后须由另一人批准；人手不足的对象会列明，不影响报审。",
        ),
        Deed(
            "approve",
            "批准",
            lambda actor, plan, values: plan_steps.approve(actor=actor, plan_id=plan.pk, **values),
            "已批准，范围已固定。",
            RemarkForm,
            tone="main",
            explains="批准后范围固定，可以抽签和派组；参与起草的人不能批准。",
        ),
        Deed(
            "return",
            "退回",
            lambda actor, plan, values: plan_steps.return_plan(actor=actor, plan_id=plan.pk, **values),
            "已退回起草人。",
            ReasonForm,
        ),
        Deed(
            "release",
            "下达",
            lambda actor, plan, values: plan_steps.release(actor=actor, plan_id=plan.pk),
            _went_out,
            tone="main",
            explains="下达后各组只收到自己的任务。",
        ),
        Deed(
            "close",
            "结束计划",
            lambda actor, plan, values: plan_steps.close(actor=actor, plan_id=plan.pk, **values),
            "计划已结束。",
            RemarkForm,
            tone="grave",
            explains="未下达的任务随之取消；提前结束须写明理由。",
        ),
        Deed("change", "修改计划", _change, "已修改。", PlanForm),
        Deed(
            "choose",
            "选定清单",
            _choose,
            "已选定清单。",
            ChecklistForm,
            explains="没有选定的检查线和类型，使用适用于该对象的全部清单。",
        ),
        Deed("unchoose", "撤销", _unchoose, "已撤销，改用适用的全部清单。", row=True),
        Deed(
            "except",
            "调入或调出对象",
            _except,
            "已登记。",
            ExceptionForm,
            explains="批准后只能调出，自登记当日起生效；已到访的仍计入覆盖。",
        ),
        Deed(
            "withdraw",
            "撤销",
            lambda actor, plan, values: plans.withdraw_exception(
                actor=actor, plan_id=plan.pk, target_id=row_key(values["row"])
            ),
            "已撤销，该对象改按范围规则办。",
            row=True,
        ),
    )

    def find(self, actor: Actor, **key: Any) -> InspectionPlan:
        return selectors.get(actor, uuid.UUID(str(key["plan_id"])))

    def stamp(self, found: InspectionPlan) -> str:
        exceptions = found.exceptions.order_by("pk").values_list("target_id", "included", "since")
        return stamp_of(found.state, found.scope_hash, list(exceptions), *stands(found).values(), found.templates)

    def offered(self, actor: Actor, found: InspectionPlan) -> frozenset[str]:
        open_now = {verb for verb, moves in PLAN_MOVES.items() if found.state in moves}
        if not actor.has(*OFFICE):
            return frozenset(open_now & {"approve", "return"})
        if "approve" in open_now and self._is_author(actor, found):
            open_now -= {"approve"}
        names = open_now & {"approve", "return", "submit", "release", "close", "change"}
        names |= {"choose", "unchoose", "withdraw"} if "change" in open_now else set()
        return frozenset(names | ({"except"} if "exclude" in open_now else set()))

    def _is_author(self, actor: Actor, found: InspectionPlan) -> bool:
        return found.transitions.filter(verb__in=AUTHORING, actor_id=actor.user_id).exists()

    def initial(self, actor: Actor, found: InspectionPlan, deed: Deed, row: str) -> Mapping[str, Any]:
        return stands(found) if deed.name == "change" else {}

    def form(self, actor: Actor, found: InspectionPlan, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "change":
            form.fields["districts"].choices = choices.districts(actor)  # type: ignore[attr-defined]
            form.fields["teams"].choices = choices.teams(actor)  # type: ignore[attr-defined]
        elif deed.name == "choose":
            form.fields["codes"].choices = choices.checklists(actor)  # type: ignore[attr-defined]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: InspectionPlan) -> dict[str, Any]:
        lines = sorted(selectors.scope(found), key=lambda line: line.mark)
        shown = page_of(lines, request.GET, mark=lambda line: line.mark)
        return {
            "plan": found,
            "tracks": "、".join(Track(track).label for track in found.tracks),
            "lines": [(line.target, Track(line.track).label) for line in shown.rows],
            "total": len(lines),
            "next": shown.next,
            "exceptions": list(found.exceptions.select_related("target").order_by("target__code")),
            "checklists": [_checklist(one) for one in found.templates],
            "steps": [(VERBS.get(step.verb, step.verb), step) for step in found.transitions.order_by("pk")],
            "obstacles": _obstacles(found) if found.state in (PlanState.SUBMITTED, PlanState.APPROVED) else [],
        }


def _checklist(one: Mapping[str, Any]) -> dict[str, str]:
    """A choice of checklists in words; `key` names it."""
    return {
        "key": f"{one['track']}.{one['type']}",
        "track": Track(one["track"]).label if one["track"] else "两条线",
        "type": type_name(one["type"]) if one["type"] else "所有类型",
        "codes": "、".join(one["codes"]),
    }
