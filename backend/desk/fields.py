"""Fields that desk forms have in common."""

import datetime as dt
import uuid
from typing import Any

from django import forms


def area(rows: int, hint: str = "") -> forms.Textarea:
    """A field for longer text."""
    return forms.Textarea(attrs={"rows": rows, **({"placeholder": hint} if hint else {})})


def day_input() -> forms.DateInput:
    """A day, as browsers' own calendars write it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def moment_input() -> forms.DateTimeInput:
    """A time in China, as browsers' own calendars write it."""
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class LinesField(forms.CharField):
    """Paragraphs, one in a line; blank lines say nothing. Its value is a list of at most `most` texts."""

    def __init__(self, *, most: int = 20, longest: int = 500, rows: int = 5, **more: Any) -> None:
        self.most, self.longest = most, longest
        more.setdefault("widget", area(rows))
        more.setdefault("help_text", f"每行一条，最多 {most} 条，每条不超过 {longest} 字。")
        super().__init__(max_length=most * (longest + 2), **more)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        if len(lines) > self.most:
            raise forms.ValidationError(f"最多 {self.most} 条，现有 {len(lines)} 条。")
        if long := [number for number, line in enumerate(lines, 1) if len(line) > self.longest]:
            raise forms.ValidationError(f"第 {long[0]} 条超过 {self.longest} 字。")
        return lines


class KeyField(forms.ChoiceField):
    """One of a few rows, chosen by its key; empty where it may be left open. Its value is a UUID or None."""

    def clean(self, value: Any) -> uuid.UUID | None:
        return uuid.UUID(found) if (found := super().clean(value)) else None


class KeysField(forms.MultipleChoiceField):
    """Some of the rows of a page, chosen by their keys."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> list[uuid.UUID]:
        return [uuid.UUID(each) for each in super().clean(value)]


YES_NO = [("", "全部"), ("yes", "是"), ("no", "否")]


class YesNoField(forms.ChoiceField):
    """A filter of three: yes, no, or both (None)."""

    def __init__(self, **more: Any) -> None:
        super().__init__(choices=YES_NO, required=False, **more)

    def clean(self, value: Any) -> bool | None:
        return {"yes": True, "no": False}.get(super().clean(value))


MOST_DAYS = 400
"""Days that one box may hold; a year has fewer."""


class DaysField(forms.CharField):
    """Days written as `YYYY-MM-DD`, one in a line or with commas between them; their list, in order."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=12 * MOST_DAYS, widget=area(2), **more)

    def clean(self, value: Any) -> list[dt.date]:
        words = str(super().clean(value) or "").replace("，", " ").replace("、", " ").replace(",", " ").split()
        try:
            return sorted({dt.date.fromisoformat(word) for word in words})
        except ValueError:
            raise forms.ValidationError("请按“2026-11-05”的样子填写日期，每行一个。") from None


class DayField(forms.DateField):
    """A day of a filter that is reckoned with: within the centuries in which instants exist in every zone."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, widget=day_input(), **more)

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError("日期超出范围。")
        return day


EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2199, 12, 31)


class MonthField(forms.RegexField):
    """A month of a plan, `YYYY-MM`."""

    def __init__(self, *, label: str = "月份", required: bool = True) -> None:
        widget = forms.TextInput(attrs={"type": "month"})
        super().__init__(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", label=label, required=required, widget=widget)


class SureForm(forms.Form):
    """Before what cannot be taken back: a look at what follows, and a tick."""

    sure = forms.BooleanField(label="我已核对，确认执行", error_messages={"required": "请勾选确认后再执行。"})


class TicksField(forms.MultipleChoiceField):
    """Rows of a table that a deed is about: their boxes stand in the table (`{% tick %}`), not in the form itself.

    Its value is a list of UUIDs. What the row is, and whether it may be touched, is the service's to say.
    """

    widget = forms.MultipleHiddenInput

    def __init__(self, *, most: int, **more: Any) -> None:
        self.most = most
        super().__init__(error_messages={"required": "请先在表中勾选。"}, **more)

    def valid_value(self, value: str) -> bool:
        return True

    def clean(self, value: Any) -> list[uuid.UUID]:
        chosen = super().clean(value)
        if len(chosen) > self.most:
            raise forms.ValidationError(f"一次最多勾选 {self.most} 项。")
        try:
            return [uuid.UUID(each) for each in dict.fromkeys(chosen)]
        except ValueError:
            raise forms.ValidationError("勾选的内容无效，请刷新页面后重新勾选。") from None
