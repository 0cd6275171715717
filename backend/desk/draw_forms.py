"""What the office fills in to draw."""

from django import forms

from backend.desk.fields import DaysField, MonthField
from backend.inspections.models import VisitKind
from backend.inspections.rules.revealing import MOST_HOURS
from backend.registry.models import TargetKind, Track

KINDS = [(kind.value, kind.label) for kind in (TargetKind.SCHOOL, TargetKind.INSTITUTION)]


class SealForm(forms.Form):
    """See `DrawRequest`."""

    plan = forms.ChoiceField(label="计划", required=False)
    month = MonthField(label="月份（不按计划时）", required=False)
    track = forms.ChoiceField(label="检查线", choices=Track.choices)
    kind = forms.ChoiceField(label="种类", choices=VisitKind.choices)
    target_kinds = forms.MultipleChoiceField(
        label="对象", choices=KINDS, initial=[kind for kind, _ in KINDS], widget=forms.CheckboxSelectMultiple
    )
    count = forms.IntegerField(label="抽取数量（不填则全部）", min_value=1, max_value=100_000, required=False)
    crew_min = forms.IntegerField(label="每组最少人数", min_value=1, max_value=9, initial=2)
    crew_max = forms.IntegerField(label="每组最多人数", min_value=1, max_value=9, initial=3)
    per_day = forms.IntegerField(label="每人每天最多到访", min_value=1, max_value=20, initial=2)
    days = DaysField(label="检查日期（不填则为余下的工作日）")
    teams = forms.MultipleChoiceField(
        label="督查组（不选则为全部）", required=False, widget=forms.SelectMultiple({"size": 6})
    )
    in_charge = forms.BooleanField(label="只由分管的组检查", required=False)
    mixed = forms.BooleanField(label="可跨组编组（联合检查）", required=False)

    def clean_month(self) -> str | None:
        return self.cleaned_data["month"] or None


class RunForm(forms.Form):
    witness = forms.TypedChoiceField(label="见证人", coerce=int)
    contribution = forms.CharField(
        label="见证词（可不填，由见证人当场说出）", max_length=200, required=False, widget=forms.TextInput()
    )


class ConfirmForm(forms.Form):
    reveal_hours = forms.FloatField(label="提前几小时告知组长", min_value=0, max_value=MOST_HOURS)
