"""Forms of bulletins and circulars."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from backend.bulletins.api.serializers import LONGEST_PARAGRAPH, MOST_PARAGRAPHS, MOST_PHOTOS
from backend.bulletins.rules.naming import LONGEST_FACT
from backend.bulletins.rules.parts import PART_NAMES
from backend.bulletins.rules.periods import Period
from backend.bulletins.rules.wording import PARTS
from backend.bulletins.services.editing import MOST_PRACTICES
from backend.desk.fields import LinesField, area

LONGEST_PLACE = 120


def _paragraphs(label: str, rows: int = 4) -> LinesField:
    help_text = "每行一个自然段。"
    return LinesField(
        label=label, required=False, most=MOST_PARAGRAPHS, longest=LONGEST_PARAGRAPH, rows=rows, help_text=help_text
    )


class PeriodForm(forms.Form):
    period_start = forms.ChoiceField(label="统计时段")

    def __init__(self, *args: Any, periods: Sequence[Period], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(period.start.isoformat(), period.label) for period in periods]
        self.fields["period_start"].choices = choices  # type: ignore[attr-defined]


class MonthForm(forms.Form):
    month = forms.ChoiceField(label="月份")

    def __init__(self, *args: Any, months: Sequence[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["month"].choices = [(month, month) for month in months]  # type: ignore[attr-defined]


WordsForm: type[forms.Form] = type("WordsForm", (forms.Form,), {part: _paragraphs(PART_NAMES[part]) for part in PARTS})
"""A box for each part of the words."""


class CircularWordsForm(forms.Form):
    overview = _paragraphs("基本情况", 8)
    demands = _paragraphs("整改要求")


class RemarkForm(forms.Form):
    part = forms.ChoiceField(label="针对", required=False, choices=[("", "整期"), *PART_NAMES.items()])
    text = forms.CharField(label="意见", max_length=1000, widget=area(3))


class CasesForm(forms.Form):
    """For each candidate: whether it is printed, its words, and which of its photos."""

    def __init__(self, *args: Any, candidates: Sequence[Mapping[str, Any]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.candidates = candidates
        for at, one in enumerate(candidates):
            label = f"候选 {at + 1}：{one['place']}（{one['severity']}）"
            self.fields[f"pick{at}"] = forms.BooleanField(label=label, required=False)
            self.fields[f"text{at}"] = forms.CharField(
                label=f"候选 {at + 1} 的文字", required=False, max_length=LONGEST_FACT, widget=area(2)
            )
            if one.get("photos"):
                self.fields[f"photos{at}"] = _photos(one["photos"], f"候选 {at + 1} 的照片")

    def clean(self) -> dict[str, Any]:
        """`{cases}`, as the service takes them."""
        given, out = self.cleaned_data, []
        for at, one in enumerate(self.candidates):
            if not given.get(f"pick{at}"):
                continue
            if not given.get(f"text{at}"):
                raise forms.ValidationError(f"候选 {at + 1}：请填写文字，或不选用。")
            photos = {"photos": given[f"photos{at}"]} if f"photos{at}" in given else {}
            out.append({"finding": one["finding"], "text": given[f"text{at}"], **photos})
        return {"cases": out}


def cases_begin_with(candidates: Sequence[Mapping[str, Any]], chosen: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How the form stands: what was chosen, else the candidate's own words."""
    of = {one["finding"]: one for one in chosen}
    out: dict[str, Any] = {}
    for at, one in enumerate(candidates):
        picked = of.get(one["finding"])
        out[f"pick{at}"] = "on" if picked else ""
        out[f"text{at}"] = (picked or one)["text"]
        out[f"photos{at}"] = (picked or one).get("photos", one.get("photos", []))
    return out


class PracticesForm(forms.Form):
    """Three rows of place, words and photos; a row without words is not printed."""

    def __init__(self, *args: Any, photos: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        for at in range(MOST_PRACTICES):
            self.fields[f"place{at}"] = forms.CharField(
                label=f"第 {at + 1} 条：单位", required=False, max_length=LONGEST_PLACE
            )
            self.fields[f"text{at}"] = forms.CharField(
                label=f"第 {at + 1} 条：做法", required=False, max_length=LONGEST_FACT, widget=area(2)
            )
            if photos:
                self.fields[f"photos{at}"] = _photos(photos, f"第 {at + 1} 条：照片")

    def clean(self) -> dict[str, Any]:
        """`{practices}`, as the service takes them."""
        given, out = self.cleaned_data, []
        for at in range(MOST_PRACTICES):
            place, text = given.get(f"place{at}"), given.get(f"text{at}")
            if bool(place) != bool(text):
                raise forms.ValidationError(f"第 {at + 1} 条：单位和做法须同时填写。")
            if text:
                out.append({"place": place, "text": text, "photos": given.get(f"photos{at}", [])})
        return {"practices": out}


def practices_begin_with(chosen: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for at, one in enumerate(chosen[:MOST_PRACTICES]):
        out |= {f"place{at}": one["place"], f"text{at}": one["text"], f"photos{at}": one.get("photos", [])}
    return out


class ProblemsForm(forms.Form):
    """Whom a circular names: a box for each serious finding that its unit knows of."""

    problems = forms.MultipleChoiceField(label="点名通报的问题", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, candidates: Sequence[Mapping[str, Any]] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(one["finding"], f"{one['unit']}（{one['severity']}）：{one['text']}") for one in candidates]
        self.fields["problems"].choices = choices  # type: ignore[attr-defined]


def _photos(hashes: Sequence[str], label: str) -> forms.MultipleChoiceField:
    choices = [(sha256, f"照片 {number}") for number, sha256 in enumerate(hashes, start=1)]
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=f"最多 {MOST_PHOTOS} 张。",
    )
