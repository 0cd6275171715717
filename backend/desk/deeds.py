"""Deeds: what a page can do, as a table. Each is a button, perhaps a form, and the one service that it calls."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.desk.rules.tones import Tone

Work = Callable[[Actor, Any, dict[str, Any]], object]
"""`(actor, what the page is about, the form's values)`; what it returns is handed to `said` and `leads_to`."""


class NoFields(forms.Form):
    """A deed that asks nothing."""


@dataclass(frozen=True, slots=True)
class Deed:
    """`name` is part of the address. `explains` says in a sentence what follows from pressing the button.

    `said` is what the reader is told afterwards; `leads_to` the page to go on with, by default the same.
    `row`: the deed is about one row of the page; the row's key arrives as `values["row"]`.
    `tone` is how loud the button is: "main", "quiet" or "grave" (what cannot be taken back).
    """

    name: str
    label: str
    work: Work
    said: str | Callable[[Any], str]
    form: type[forms.Form] = NoFields
    explains: str = ""
    tone: Tone = "quiet"
    row: bool = False
    leads_to: Callable[[Any], str] | None = None

    def sentence(self, result: object) -> str:
        return self.said if isinstance(self.said, str) else self.said(result)


def values_of(deed: Deed, form: forms.Form, row: str) -> dict[str, Any]:
    """What a deed's form says, with the row that it is about. Raises like `read`."""
    return {**read(form), **({"row": row} if deed.row else {})}


def read(form: forms.Form) -> dict[str, Any]:
    """The form's values. Raises `Invalid` with the first sentence about what is wrong."""
    if form.is_valid():
        return form.cleaned_data
    name, sentences = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    raise Invalid("invalid", f"{label}：{sentences[0]}" if label else str(sentences[0]), path=str(name))


def row_key(text: object) -> uuid.UUID:
    """The key of the row that a deed is about. Raises `Invalid(bad_form)` for what is none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        raise Invalid("bad_form", "表单不完整，请刷新页面后重新填写。") from None


class ReasonForm(forms.Form):
    """Why; asked for wherever somebody else's work is stopped."""

    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class RemarkForm(forms.Form):
    """A word that may be added."""

    reason = forms.CharField(
        label="说明（可不填）", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
