"""Leadership's instructions: all of them, and those about one thing with what the office did."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest

from backend.bulletins.selectors import subjects
from backend.bulletins.selectors.subjects import About
from backend.core.actor import Actor
from backend.core.pages import page_by_keys
from backend.desk.deeds import Deed, row_key
from backend.desk.filters import chosen
from backend.desk.links import to
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.staff import StaffPage
from backend.notices.models import LeaderInstruction
from backend.notices.models.instruction import WORDS
from backend.notices.selectors import instructions as selectors
from backend.notices.services import instructions

READERS = OFFICE | LEADERSHIP
PAGES = {
    "notice": "desk_notice",
    "escalation_paper": "desk_escalation",
    "visit": "desk_visit",
    "finding": "desk_veto",
    "inspection_plan": "desk_plan",
    "bulletin": "desk_bulletin",
    "circular": "desk_circular",
}
"""The page of a thing, by its kind in the journal."""


class InstructionFilters(forms.Form):
    open = forms.ChoiceField(label="办理情况", required=False, choices=[("", "全部"), ("yes", "尚未回复")])


class InstructionForm(forms.Form):
    text = forms.CharField(label="批示内容", max_length=WORDS, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(forms.Form):
    text = forms.CharField(label="办理情况", max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3}))


def _give(actor: Actor, found: About, values: dict[str, Any]) -> LeaderInstruction:
    return instructions.give(actor=actor, subject=found.subject, name=found.name, **values)


def _answer(actor: Actor, found: object, values: dict[str, Any]) -> object:
    return instructions.answer(actor=actor, instruction_id=row_key(values.pop("row")), **values)


class InstructionList(StaffPage[None]):
    """Every instruction of the county, the newest first."""

    template = "staff/instructions.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(InstructionFilters, request)
        rows = selectors.unanswered(actor) if wanted.get("open") else selectors.scoped(actor)
        shown = page_by_keys(rows, request.GET, selectors.listed)
        return {"filters": filters, "rows": [(row, about_page(row)) for row in shown.rows], "next": shown.next}


def about_page(row: LeaderInstruction) -> str:
    """The page of the instructions about what this one is about."""
    return to("desk_instruction", row.subject_kind, row.subject_id) if row.subject_kind in PAGES else ""


class InstructionPage(StaffPage[About]):
    """What was written about one thing, and what was done."""

    template = "staff/instruction.html"
    roles = READERS
    deeds = (
        Deed(
            "give",
            "写批示",
            _give,
            "批示已送督导办，写下后不再改动。",
            InstructionForm,
            tone="main",
            explains="批示即时送督导办办理，写下后不能修改或删除；需要更正请另写一条。",
        ),
        Deed("answer", "填写办理情况", _answer, "办理情况已记录，已告知批示人。", AnswerForm, row=True),
    )

    def find(self, actor: Actor, **key: Any) -> About:
        return subjects.get(actor, str(key["kind"]), uuid.UUID(str(key["id"])))

    def offered(self, actor: Actor, found: About) -> frozenset[str]:
        may = {"give": actor.has(*LEADERSHIP), "answer": actor.has(*OFFICE)}
        return frozenset(name for name, offered in may.items() if offered)

    def context(self, request: HttpRequest, actor: Actor, found: About) -> dict[str, Any]:
        return {
            "about": found,
            "address": to(PAGES[found.kind], found.subject.pk),
            "rows": selectors.about(actor, found.subject),
        }
