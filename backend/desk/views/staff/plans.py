"""Plans of the month and campaigns: the list, one plan with its scope and coverage, and the steps of its life."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.core.pages import page_of
from backend.desk.deeds import Deed, ReasonForm, RemarkForm
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import InspectionPlan, PlanKind, PlanState
from backend.inspections.models.plan_lifecycle import PLAN_MOVES
from backend.inspections.selectors import plans as selectors
from backend.inspections.services import plan_steps, plans
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


class PlanFilters(forms.Form):
    month = forms.RegexField(r"^\d{4}-\d{2}$", label="月份", required=False, widget=forms.TextInput({"type": "month"}))
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *PlanKind.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *PlanState.choices])


class NewPlanForm(forms.Form):
    """What is not said is as usual for the month (`plans.create`)."""

    month = forms.RegexField(r"^\d{4}-\d{2}$", label="月份", widget=forms.TextInput({"type": "month"}))
    kind = forms.ChoiceField(label="种类", choices=PlanKind.choices)
    title = forms.CharField(label="名称（不填则按月份自动命名）", max_length=120, required=False)


def _create(actor: Actor, found: None, values: dict[str, Any]) -> InspectionPlan:
    return plans.create(actor=actor, **{name: value for name, value in values.items() if value})


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
            "已报审。",
            tone="main",
            explains="报审后须由另一人批准。",
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
            lambda out: f"已下达，{len(out.released)} 项任务已发到各组；{len(out.held_back)} 项因对象已调出范围未发。",
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
    )

    def find(self, actor: Actor, **key: Any) -> InspectionPlan:
        return selectors.get(actor, uuid.UUID(str(key["plan_id"])))

    def stamp(self, found: InspectionPlan) -> str:
        return stamp_of(found.state, found.scope_hash, found.transitions.count())

    def offered(self, actor: Actor, found: InspectionPlan) -> frozenset[str]:
        open_now = {verb for verb, moves in PLAN_MOVES.items() if found.state in moves}
        mine = {"approve", "return"} | ({"submit", "release", "close"} if actor.has(*OFFICE) else set())
        return frozenset(open_now & mine)

    def context(self, request: HttpRequest, actor: Actor, found: InspectionPlan) -> dict[str, Any]:
        lines = sorted(selectors.scope(found), key=lambda line: line.mark)
        shown = page_of(lines, request.GET, mark=lambda line: line.mark)
        return {
            "plan": found,
            "tracks": "、".join(Track(track).label for track in found.tracks),
            "lines": [(line.target, Track(line.track).label) for line in shown.rows],
            "total": len(lines),
            "next": shown.next,
            "steps": [(VERBS.get(step.verb, step.verb), step) for step in found.transitions.order_by("pk")],
        }
