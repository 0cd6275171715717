"""The review desk: what phones sent and the engine could not apply; decided about once, by somebody with a name."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.core.pages import DEFAULT_LIMIT
from backend.desk import sync
from backend.desk.deeds import Deed, ReasonForm, RemarkForm, Work
from backend.desk.fields import TicksField, area
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERS, OFFICE
from backend.desk.rules import operation_words as words
from backend.desk.selectors import choices
from backend.desk.staff import StaffPage, stamp_of

REVIEWERS = OFFICE | LEADERS
"""The office sees everything that waits; leaders what they are named for."""


class HeldFilters(forms.Form):
    status = forms.ChoiceField(label="情形", required=False, choices=[choices.ANY, *words.STATUSES.items()])
    code = forms.ChoiceField(label="原因", required=False, choices=[choices.ANY, *words.CODES.items()])
    waiting = forms.BooleanField(label="也列等待未满一天的", required=False)
    decided = forms.BooleanField(label="改看已处理的", required=False)


class ManyForm(forms.Form):
    """One decision about all that is ticked."""

    ops = TicksField(label="勾选的内容", most=DEFAULT_LIMIT)
    outcome = forms.ChoiceField(
        label="决定",
        choices=[("accepted", "采用（到访提交之后才到的，作为补录附入）"), ("dismissed", "驳回（内容仍然留存）")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="理由（驳回时必填）", max_length=500, required=False, widget=area(2))


def _decide_ticked(actor: Actor, found: None, values: dict[str, Any]) -> list[dict[str, str]]:
    """Raises `Invalid(reason_missing)` once for all of them, before anything is decided."""
    if values["outcome"] == "dismissed" and not values["reason"].strip():
        raise Invalid("reason_missing", "请写明理由。", path="reason")
    decided = sync.decide_each(actor, values["ops"], outcome=values["outcome"], reason=values["reason"])
    return [{"op": str(op), "title": title, "refused": why} for op, title, why in decided]


def _told_of(results: list[dict[str, str]]) -> str:
    refused = sum(bool(one["refused"]) for one in results)
    return f"已处理 {len(results) - refused} 项" + (f"，{refused} 项未能处理，原因见下。" if refused else "。")


RESULTS = "held_results"
"""Where the session keeps what became of each until the list is shown."""


class HeldList(StaffPage[None]):
    """What waits for the reader's decision, the oldest first; several at once are decided one by one."""

    template = "staff/held.html"
    roles = REVIEWERS
    deeds = (
        Deed(
            "decide",
            "处理勾选的内容",
            _decide_ticked,
            _told_of,
            ManyForm,
            explains="逐项处理，每项各记一条；不能处理的说明原因，不影响其他各项。不能采用本人提交的内容。",
        ),
    )

    def keep(self, request: HttpRequest, deed: Deed, result: Any) -> None:
        request.session[RESULTS] = result

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(HeldFilters, request)
        shown = sync.waiting(actor, {**wanted}, after=mark(request))
        rows = [told(one) for one in shown.rows]
        return {
            "rows": rows,
            "tickable": any(one.open for one in shown.rows),
            "results": request.session.pop(RESULTS, []),
            "next": shown.next,
            "filters": filters,
        }


def mark(request: HttpRequest) -> uuid.UUID | None:
    """The mark of a page. Raises `Invalid(bad_page)`."""
    text = request.GET.get("after")
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Invalid("bad_page", "翻页标记无效，请从第一页重新开始。") from None


def told(one: sync.Waiting) -> dict[str, Any]:
    """An operation in words."""
    verdict, fate = one.row.verdict, one.fate
    return {
        "one": one,
        "what": f"{words.kind(one.row.kind)} · {one.row.verb}",
        "why": words.why(verdict.status, verdict.code),
        "fate": words.OUTCOMES.get(fate.outcome, fate.outcome) if fate else "",
        "late": verdict.code == sync.LATE,
    }


class RefileForm(forms.Form):
    to = forms.CharField(label="改挂到（任务、到访或问题的编号）", max_length=64)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea({"rows": 3}))


def _by(service: Callable[..., object]) -> Work:
    """The work of a deed: one of the services that decide about an operation."""
    return lambda actor, found, values: service(actor=actor, op=uuid.UUID(str(found.row.pk)), **values)


class HeldPage(StaffPage[sync.Waiting]):
    """One of them: who sent what, why it waits, and what may be done about it."""

    template = "staff/held_one.html"
    roles = REVIEWERS
    deeds = (
        Deed(
            "addendum",
            "作为补录附入",
            _by(sync.accept),
            "已附入到访，原来提交的内容未改动。",
            RemarkForm,
            tone="main",
            explains="附在已提交的这一轮旁边，注明是补录；提交内容和摘要都不变。",
        ),
        Deed(
            "accept",
            "采用",
            _by(sync.accept),
            "已采用，作者的手机上即时可见。",
            RemarkForm,
            tone="main",
            explains="由您担保这项内容有效；不能为本人的内容担保。",
        ),
        Deed(
            "refile",
            "改挂",
            _by(sync.refile),
            "已改挂并采用。",
            RefileForm,
        ),
        Deed(
            "dismiss",
            "驳回",
            _by(sync.dismiss),
            "已驳回，内容仍然留存备查。",
            ReasonForm,
            tone="grave",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> sync.Waiting:
        return sync.one(actor, uuid.UUID(str(key["op_id"])))

    def stamp(self, found: sync.Waiting) -> str:
        return stamp_of(found.row.verdict.status, found.fate.at if found.fate else "")

    def offered(self, actor: Actor, found: sync.Waiting) -> frozenset[str]:
        if not found.open:
            return frozenset()
        late = found.row.verdict.code == sync.LATE
        own = found.row.user_id == actor.user_id and not late
        return frozenset({"dismiss"} | (set() if own else {"addendum" if late else "accept", "refile"}))

    def context(self, request: HttpRequest, actor: Actor, found: sync.Waiting) -> dict[str, Any]:
        return {
            **told(found),
            "body": json.dumps(sync.content(found.row), ensure_ascii=False, indent=2)[:20_000],
            "links": _links(actor, found),
        }


def _links(actor: Actor, found: sync.Waiting) -> list[tuple[str, str]]:
    context, links = found.context, []
    if context.visit:
        links.append(("到访", reverse("desk_visit", args=[context.visit])))
    if context.assignment and actor.has(*OFFICE):
        links.append(("任务", reverse("desk_assignment", args=[context.assignment])))
    return links


class PhoneFilters(forms.Form):
    unsent = forms.BooleanField(label="只看有未上传内容的", required=False)
    failing = forms.BooleanField(label="只看自检有问题的", required=False)


class PhoneList(StaffPage[None]):
    """The county's phones: what each still holds, and when it was last heard of."""

    template = "staff/phones.html"
    roles = OFFICE

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(PhoneFilters, request)
        rows, more = sync.phones(actor, after=mark(request), **wanted)
        return {"rows": rows, "next": rows[-1]["device"] if more else None, "filters": filters}
