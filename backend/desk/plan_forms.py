"""What the office fills in about a plan."""

from collections.abc import Mapping
from typing import Any

from django import forms

from backend.desk.fields import DaysField, LinesField, MonthField, day_input
from backend.inspections.models import ExceptionCause, InspectionPlan, PlanKind, PlanState
from backend.inspections.rules.checklist import TargetType
from backend.inspections.rules.revealing import MOST_HOURS
from backend.inspections.rules.wording import TARGETS
from backend.registry.models import InstitutionClass, Stage, TargetKind, Track

KINDS = [(kind.value, kind.label) for kind in (TargetKind.SCHOOL, TargetKind.INSTITUTION)]
TYPES = [*Stage.choices, *InstitutionClass.choices]


class PlanFilters(forms.Form):
    month = MonthField(required=False)
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *PlanKind.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *PlanState.choices])


class NewPlanForm(forms.Form):
    """What is not said is as usual for the month (`plans.create`)."""

    month = MonthField()
    kind = forms.ChoiceField(label="种类", choices=PlanKind.choices)
    title = forms.CharField(label="名称（不填则按月份自动命名）", max_length=120, required=False)
    makes_up = forms.ChoiceField(label="补查哪个计划（只有补查须选）", required=False)


class PlanForm(forms.Form):
    """A draft as it is to be."""

    title = forms.CharField(label="名称", max_length=120)
    themes = LinesField(label="主题", most=20, longest=60, rows=3, required=False)
    starts_on = forms.DateField(label="开始日期", widget=day_input())
    ends_on = forms.DateField(label="结束日期", widget=day_input())
    tracks = forms.MultipleChoiceField(label="检查线", choices=Track.choices, widget=forms.CheckboxSelectMultiple)
    kinds = forms.MultipleChoiceField(
        label="对象类别（不选则全部）", choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple
    )
    types = forms.MultipleChoiceField(
        label="学段和机构类型（不选则全部）", choices=TYPES, required=False, widget=forms.CheckboxSelectMultiple
    )
    districts = forms.MultipleChoiceField(
        label="学区（不选则全部）", required=False, widget=forms.SelectMultiple({"size": 5})
    )
    teams = forms.MultipleChoiceField(
        label="督查组（不选则全部）", required=False, widget=forms.SelectMultiple({"size": 6})
    )
    holidays = DaysField(label="放假日期（每行一个，如 2026-10-01）")
    working_weekends = DaysField(label="调休上班日期（每行一个）")
    visit_limit = forms.IntegerField(label="每校每月到访上限", min_value=0, max_value=31)
    reveal_hours = forms.IntegerField(label="最多提前几小时告知组长", min_value=0, max_value=MOST_HOURS)
    approval_number = forms.CharField(label="入校检查批准文号", max_length=60, required=False)


RULE = ("kinds", "types", "districts", "teams")


def plan_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `PlanForm` as `plans.change_plan` takes them."""
    told = {name: value for name, value in values.items() if name not in RULE}
    for name in ("holidays", "working_weekends"):
        told[name] = [day.isoformat() for day in values[name]]
    return told | {"scope_rule": {name: list(values[name]) for name in RULE}}


def stands(plan: InspectionPlan) -> dict[str, Any]:
    """What `PlanForm` begins with."""
    names = ("title", "starts_on", "ends_on", "tracks", "visit_limit", "reveal_hours", "approval_number")
    lines = {name: "\n".join(getattr(plan, name)) for name in ("themes", "holidays", "working_weekends")}
    rule = {name: plan.scope_rule.get(name, []) for name in RULE}
    return {name: getattr(plan, name) for name in names} | lines | rule


class ChecklistForm(forms.Form):
    """Which checklists a track and type of target fills in; replaces what was chosen for the same."""

    track = forms.ChoiceField(label="检查线", choices=[("", "两条线"), *Track.choices], required=False)
    type = forms.ChoiceField(label="对象类型", choices=[("", "所有类型"), *TYPES], required=False)
    codes = forms.MultipleChoiceField(label="清单", widget=forms.CheckboxSelectMultiple)


class ExceptionForm(forms.Form):
    """Leave a target out of the plan, or take one in."""

    target = forms.CharField(label="对象（代码或全称）", max_length=120)
    included = forms.TypedChoiceField(
        label="调入还是调出", choices=[("no", "调出"), ("yes", "调入")], coerce=lambda word: word == "yes"
    )
    cause = forms.ChoiceField(label="原因", choices=ExceptionCause.choices)
    reason = forms.CharField(
        label="说明（增列和其他须写明）", max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )
    since = forms.DateField(label="自何日起调出（不填则从头）", required=False, widget=day_input())


def type_name(code: str) -> str:
    """A stage or class of institution in words."""
    return TARGETS[TargetType(code)] if code in list(TargetType) else dict(TYPES).get(code, code)
