"""The forms of a page as a browser reads them: where they go, what they carry, and which fields somebody fills in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

WORDS = ("text", "search", "textarea", "tel", "email", "url")
"""Fields into which anything can be typed or pasted."""


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    is_ticked: bool = False


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self, typed: str, file: Callable[[], SimpleUploadedFile]) -> dict[str, Any]:
        """What is sent when `typed` stands in each field of words and the rest is as it was, or the first choice."""
        sent: dict[str, Any] = {}
        for each in self.fields:
            if each.kind in WORDS:
                sent[each.name] = typed
            elif each.kind == "file":
                sent[each.name] = file()
            elif each.kind in ("checkbox", "radio"):
                if each.is_ticked or each.name not in sent:
                    sent[each.name] = each.value
            elif each.kind == "select":
                sent[each.name] = each.value or next((option for option in each.options if option), "")
            else:
                sent[each.name] = each.value
        return {name: value for name, value in sent.items() if name}

    def words(self) -> list[str]:
        return [each.name for each in self.fields if each.kind in WORDS]


class Reader(HTMLParser):
    """Collects `forms`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(told.get("action", ""), told.get("method", "get")))
            self._inside = True
        elif self._inside and tag in ("input", "textarea", "select"):
            kind = told.get("type", "text") if tag == "input" else tag
            ticked = any(name == "checked" for name, _ in attrs)
            self.forms[-1].fields.append(Field(told.get("name", ""), kind, told.get("value", ""), [], ticked))
        elif self._inside and tag == "option":
            choice = self.forms[-1].fields[-1]
            choice.options.append(told.get("value", ""))
            if any(name == "selected" for name, _ in attrs):
                choice.value = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self._inside:
            self.forms[-1].fields[-1].value = data.removeprefix("\n")


def deeds_of(text: str) -> list[Form]:
    """The forms of a page that do something."""
    return [form for form in Reader(text).forms if "/do/" in form.action or form.action.startswith("/unit/")]
