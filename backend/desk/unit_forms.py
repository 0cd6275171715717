"""Forms about inspected units, teams and places. The rules are the services'; forms read and say what is missing."""

from typing import Any

from django import forms

from backend.core.actor import Actor
from backend.desk.fields import KeyField, YesNoField, area, day_input
from backend.desk.selectors import choices
from backend.desk.selectors.choices import ANY, Choices
from backend.registry.models import InstitutionClass, Stage, TargetKind, Track
from backend.registry.rules.places import CODE, DATUMS
from backend.registry.rules.sheets import MOST_PEOPLE, MOST_YUAN

NONE = ("", "（无）")


def choose(form: forms.Form, **found: Choices) -> None:
    """Fill the choices of fields; what may be left open can be left open."""
    for name, rows in found.items():
        if name in form.fields:
            field = form.fields[name]
            field.choices = [*([] if field.required else [NONE]), *rows]  # type: ignore[attr-defined]


def code_field() -> forms.RegexField:
    return forms.RegexField(
        rf"\A{CODE.pattern}\Z",
        label="编码",
        max_length=32,
        error_messages={"invalid": "编码只能由 1 到 32 个字母、数字、下划线和短横线组成。"},
    )


class UnitFilters(forms.Form):
    q = forms.CharField(label="名称或编码", max_length=40, required=False)
    kind = forms.ChoiceField(label="类型", required=False, choices=[ANY, *TargetKind.choices])
    stage = forms.ChoiceField(label="学段", required=False, choices=[ANY, *Stage.choices])
    institution_class = forms.ChoiceField(label="机构类别", required=False, choices=[ANY, *InstitutionClass.choices])
    district = KeyField(label="学区", required=False)
    team = KeyField(label="督查组", required=False)
    active = YesNoField(label="在检查范围内")

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["district"].choices = [ANY, *choices.districts(actor)]  # type: ignore[attr-defined]
        self.fields["team"].choices = [ANY, *choices.teams(actor)]  # type: ignore[attr-defined]


def _people(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_PEOPLE, required=False)


def _yuan(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_YUAN, required=False)


class UnitForm(forms.Form):
    """What is said of a unit. Who is in charge of it is a dated term of its own."""

    name = forms.CharField(label="名称", max_length=120)
    stage = forms.ChoiceField(label="学段（学校必填）", required=False, choices=[NONE, *Stage.choices])
    institution_class = forms.ChoiceField(
        label="机构类别（机构必填）", required=False, choices=[NONE, *InstitutionClass.choices]
    )
    category = forms.CharField(label="细类", max_length=40, required=False)
    district_id = KeyField(label="学区", required=False)
    station_id = KeyField(label="片区督导站", required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    directions = forms.CharField(
        label="怎么去", max_length=500, required=False, widget=area(2), help_text="督查组手机上的任务卡会显示。"
    )
    phone = forms.CharField(label="电话", max_length=20, required=False)
    longitude = forms.FloatField(label="经度（度）", min_value=-180, max_value=180, required=False)
    latitude = forms.FloatField(label="纬度（度）", min_value=-90, max_value=90, required=False)
    datum = forms.ChoiceField(label="坐标系", choices=[(name, name.upper()) for name in sorted(DATUMS)])
    students = _people("学生数")
    participants = _people("参加课后服务人数")
    classes = _people("班级数")
    unconsumed_prepaid = _yuan("未消课预收款（元）")
    minimum_balance = _yuan("最低余额（元）")
    escrow_balance = _yuan("监管账户余额（元）")


class NewUnitForm(forms.Form):
    code = code_field()
    name = forms.CharField(label="名称", max_length=120)
    kind = forms.ChoiceField(label="类型", choices=TargetKind.choices[:2])
    stage = forms.ChoiceField(label="学段（学校必填）", required=False, choices=[NONE, *Stage.choices])
    institution_class = forms.ChoiceField(
        label="机构类别（机构必填）", required=False, choices=[NONE, *InstitutionClass.choices]
    )
    district_id = KeyField(label="学区", required=False)
    team_id = KeyField(label="督查组", required=False)


class StatusForm(forms.Form):
    status = forms.CharField(label="原因（如：已停办、已关停）", max_length=40)


class ReopenForm(forms.Form):
    status = forms.CharField(label="状态（可不填）", max_length=40, required=False)


class ContactForm(forms.Form):
    username = forms.CharField(
        label="账号", max_length=40, help_text="学校联络员或机构联系人的账号，可在“人员”中新建。"
    )
    post = forms.CharField(label="职务（可不填）", max_length=40, required=False)


class AssignForm(forms.Form):
    team_id = KeyField(label="督查组")
    starts_on = forms.DateField(label="开始日期（不填则从今天起）", required=False, widget=day_input())
    reason = forms.CharField(label="原因", max_length=500, widget=area(2))


class EndTermForm(forms.Form):
    ends_on = forms.DateField(label="结束日期（不填则到今天）", required=False, widget=day_input())
    reason = forms.CharField(label="原因", max_length=500, widget=area(2))


class PlaceFilters(forms.Form):
    q = forms.CharField(label="名称或编码", max_length=40, required=False)
    open = YesNoField(label="在用")


class TeamFilters(PlaceFilters):
    track = forms.ChoiceField(label="轨道", required=False, choices=[ANY, *Track.choices])


class NewPlaceForm(forms.Form):
    code = code_field()
    name = forms.CharField(label="名称", max_length=80)
    station_id = KeyField(label="片区督导站", required=False)


class PlaceForm(forms.Form):
    name = forms.CharField(label="名称", max_length=80)
    station_id = KeyField(label="片区督导站", required=False)


class NewTeamForm(forms.Form):
    code = code_field()
    name = forms.CharField(label="名称", max_length=80)
    track = forms.ChoiceField(label="轨道", choices=Track.choices)
    department_id = KeyField(label="科室（科室轨道）", required=False)
    station_id = KeyField(label="片区督导站（督导站轨道必填）", required=False)


class TeamForm(forms.Form):
    name = forms.CharField(label="名称", max_length=80)
    department_id = KeyField(label="科室", required=False)
    station_id = KeyField(label="片区督导站", required=False)


class MemberForm(forms.Form):
    username = forms.CharField(label="账号", max_length=40, help_text="督查员、组长或站长的账号，可在“人员”中新建。")
    is_leader = forms.BooleanField(label="任组长", required=False)
    card_number = forms.CharField(label="督学证号（可不填）", max_length=40, required=False)


class HeadForm(forms.Form):
    username = forms.CharField(label="账号", max_length=40, help_text="科室负责人的账号，可在“人员和设备”中新建。")
