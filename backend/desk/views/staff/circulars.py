"""Circulars (通报) and coverage sheets of months."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from backend.bulletins.models import Circular
from backend.bulletins.rules.lifecycle import LABELS, STEPS, State
from backend.bulletins.selectors import circulars as circular_rows
from backend.bulletins.services import circulars, coverage_sheets, handing, offers
from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.core.sheets import XLSX_TYPE
from backend.desk import pages
from backend.desk.bulletin_forms import CircularWordsForm, MonthForm, ProblemsForm
from backend.desk.deeds import Deed, ReasonForm
from backend.desk.staff import StaffPage, stamp_of
from backend.desk.views.staff.bulletins import MAKERS, READERS, pdf

MOST_MONTHS = 6
COMPILED = "已汇编，请核对文字和点名名单。"


class CircularList(StaffPage[None]):
    """The county's circulars, the newest first, and the coverage sheets of the latest months."""

    template = "staff/circulars.html"
    roles = READERS
    deeds = (
        Deed(
            "compile",
            "汇编通报",
            lambda actor, found, values: circulars.compile(actor=actor, **values),
            COMPILED,
            MonthForm,
            leads_to=lambda circular: reverse("desk_circular", args=[circular.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"compile"}) if actor.has(*STEPS["compile"].roles) else frozenset()

    def form(self, actor: Actor, found: None, deed: Deed, **more: Any) -> forms.Form:
        return MonthForm(months=_recent(), **more)

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        rows = rows_of(circular_rows.scoped(actor).defer("facts", "texts"), request.GET)
        return {"rows": rows.rows, "next": rows.next, "months": _recent() if actor.has(*MAKERS) else []}


def _recent() -> list[str]:
    day, found = clock.today().replace(day=1), list[str]()
    while len(found) < MOST_MONTHS:
        found.append(f"{day:%Y-%m}")
        day = (day - dt.timedelta(days=1)).replace(day=1)
    return found


def _name(actor: Actor, circular: Circular, values: dict[str, Any]) -> Circular:
    words = {one["finding"]: one["text"] for one in circular.facts["problems"]}
    words |= {one["finding"]: one["text"] for one in circular.texts["problems"]}
    chosen = [{"finding": one, "text": words[one]} for one in values["problems"]]
    return circulars.edit(actor=actor, circular_id=circular.pk, texts={"problems": chosen})


DEEDS = (
    Deed(
        "words",
        "修改文字",
        lambda actor, circular, values: circulars.edit(actor=actor, circular_id=circular.pk, texts=values),
        "文字已保存。",
        CircularWordsForm,
    ),
    Deed("problems", "选定点名通报的问题", _name, "点名名单已保存。", ProblemsForm, explains="由领导签发后方可点名。"),
    Deed(
        "compile",
        "重新汇编",
        lambda actor, circular, values: circulars.compile(actor=actor, month=circular.month),
        COMPILED,
    ),
    Deed(
        "review",
        "审核通过",
        lambda actor, circular, values: circulars.review(actor=actor, circular_id=circular.pk),
        "已审核，等待签发。",
        tone="main",
    ),
    Deed(
        "revise",
        "退回修改",
        lambda actor, circular, values: circulars.revise(actor=actor, circular_id=circular.pk, **values),
        "已退回修改。",
        ReasonForm,
    ),
    Deed(
        "sign",
        "签发",
        lambda actor, circular, values: circulars.sign(actor=actor, circular_id=circular.pk),
        lambda circular: f"已签发，{circular.number_text}。",
        tone="main",
        explains="签发即编号并决定点名名单；印发后所列单位可在其他材料中点名。",
    ),
    Deed(
        "publish",
        "印发",
        lambda actor, circular, values: circulars.publish(actor=actor, circular_id=circular.pk),
        "已印发，读者已收到消息。",
        tone="main",
    ),
    Deed(
        "withdraw",
        "撤回",
        lambda actor, circular, values: circulars.withdraw(actor=actor, circular_id=circular.pk, **values),
        "已撤回，文号不再使用。",
        ReasonForm,
        tone="grave",
    ),
)


class CircularPage(StaffPage[Circular]):
    """One circular, from its draft to its publication."""

    template = "staff/circular.html"
    roles = READERS
    deeds = DEEDS

    def find(self, actor: Actor, **key: Any) -> Circular:
        return circular_rows.get(actor, uuid.UUID(str(key["circular_id"])))

    def stamp(self, found: Circular) -> str:
        return stamp_of(found.state, found.version, found.texts)

    def offered(self, actor: Actor, found: Circular) -> frozenset[str]:
        steps = offers.of(actor, found)
        return steps | (frozenset({"words", "problems"}) if "edit" in steps else frozenset())

    def initial(self, actor: Actor, found: Circular, deed: Deed, row: str) -> dict[str, Any]:
        if deed.name == "words":
            return {name: "\n".join(found.texts.get(name, ())) for name in CircularWordsForm.base_fields}
        return {"problems": found.named} if deed.name == "problems" else {}

    def form(self, actor: Actor, found: Circular, deed: Deed, **more: Any) -> forms.Form:
        if deed.name == "problems":
            return ProblemsForm(candidates=found.facts["problems"], **more)
        return deed.form(**more)

    def context(self, request: HttpRequest, actor: Actor, found: Circular) -> dict[str, Any]:
        if found.state == State.PUBLISHED:
            handing.opened(actor=actor, paper=found)
        known = {one["finding"]: one for one in found.facts["problems"]}
        return {
            "circular": found,
            "makes": actor.has(*MAKERS),
            "problems": [(known[one["finding"]], one["text"]) for one in found.texts["problems"]],
            "steps": [(STEPS[step.action].name, LABELS[step.after], step) for step in found.transitions.order_by("id")],
        }


@require_safe
@pages.for_roles(MAKERS)
def proof(request: HttpRequest, actor: Actor, circular_id: uuid.UUID) -> HttpResponse:
    """The paper as it would be signed now; of a signed one the paper itself."""
    return pdf(circulars.proof(actor=actor, circular_id=circular_id))


@require_safe
@pages.for_roles(MAKERS)
def coverage(request: HttpRequest, actor: Actor, month: str, kind: str) -> HttpResponse:
    """The coverage sheet of a month (YYYY-MM) as paper or workbook."""
    if kind == "pdf":
        return pdf(coverage_sheets.pdf(actor=actor, month=month))
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="coverage-{month}.xlsx"',
    }
    return HttpResponse(coverage_sheets.workbook(actor=actor, month=month), content_type=XLSX_TYPE, headers=headers)
