"""Issues of the half-monthly bulletin: the list, and one issue to read, on a phone too, with its steps."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from backend.bulletins.models import Bulletin, BulletinTransition
from backend.bulletins.rules import periods
from backend.bulletins.rules.editions import LABELS as EDITIONS
from backend.bulletins.rules.editions import Edition
from backend.bulletins.rules.figures import change, note
from backend.bulletins.rules.lifecycle import LABELS, STEPS, State
from backend.bulletins.rules.parts import PART_NAMES
from backend.bulletins.rules.wording import PARTS
from backend.bulletins.selectors import bulletins, receipts
from backend.bulletins.services import comments, compiling, editing, handing, imprint, offers, publishing, signing
from backend.bulletins.services.paper import OVERVIEW
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.core.pages import page as rows_of
from backend.desk import pages
from backend.desk.bulletin_forms import PeriodForm, RemarkForm
from backend.desk.deeds import Deed, ReasonForm, row_key
from backend.desk.links import to
from backend.desk.navigation import LEADERS, LEADERSHIP, OFFICE
from backend.desk.staff import StaffPage, stamp_of

READERS = OFFICE | LEADERSHIP | LEADERS
MAKERS = OFFICE | LEADERSHIP
MOST_PERIODS = 6

LEADERSHIP_PARTS = tuple(part for part in PARTS if not part.startswith("school_"))
COMPILED = "已汇编，数据已冻结，请核对文字。"


class BulletinList(StaffPage[None]):
    """The county's issues, the newest first."""

    template = "staff/bulletins.html"
    roles = READERS
    deeds = (
        Deed(
            "compile",
            "汇编一期",
            lambda actor, found, values: compiling.compile(
                actor=actor, period_start=dt.date.fromisoformat(values["period_start"])
            ),
            COMPILED,
            PeriodForm,
            explains="每月1日和16日系统自动汇编上一时段；数据以收到时间为准。",
            leads_to=lambda bulletin: reverse("desk_bulletin", args=[bulletin.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"compile"}) if actor.has(*STEPS["compile"].roles) else frozenset()

    def form(self, actor: Actor, found: None, deed: Deed, **more: Any) -> forms.Form:
        return PeriodForm(periods=_recent(), **more)

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        issues = bulletins.scoped(actor).prefetch_related("papers").annotate(read=Count("receipts"))
        rows = rows_of(issues, request.GET)
        return {"rows": [(row, _papers(row)) for row in rows.rows], "next": rows.next, "makes": actor.has(*MAKERS)}


def _recent() -> list[periods.Period]:
    found = [periods.holding(clock.today())]
    while len(found) < MOST_PERIODS:
        found.append(found[-1].before())
    return found


def _papers(bulletin: Bulletin) -> list[tuple[str, str]]:
    """Label and hash of each signed edition."""
    return [(EDITIONS[paper.edition], paper.sha256) for paper in bulletin.papers.all() if paper.sha256]


DEEDS = (
    Deed(
        "compile",
        "重新汇编",
        lambda actor, bulletin, values: compiling.compile(actor=actor, period_start=bulletin.period_start),
        COMPILED,
        explains="按现有数据重新冻结并重写各部分文字；原文字留在版次里，好的做法保留。",
    ),
    Deed(
        "consult",
        "送科室征求意见",
        lambda actor, bulletin, values: editing.consult(actor=actor, bulletin_id=bulletin.pk),
        "已通知科室负责人和督导站站长。",
        explains="负责人只看到自己单位的名称，其他单位名称自动隐去。",
    ),
    Deed(
        "review",
        "审核通过",
        lambda actor, bulletin, values: editing.review(actor=actor, bulletin_id=bulletin.pk),
        "已审核，等待签发。",
        tone="main",
    ),
    Deed(
        "revise",
        "退回修改",
        lambda actor, bulletin, values: editing.revise(actor=actor, bulletin_id=bulletin.pk, **values),
        "已退回修改。",
        ReasonForm,
    ),
    Deed(
        "sign",
        "签发",
        lambda actor, bulletin, values: signing.sign(actor=actor, bulletin_id=bulletin.pk),
        lambda bulletin: f"已签发，{bulletin.number_text}。",
        tone="main",
        explains="签发即编号，排印领导版和学校版，此后数据和文字都不能再改。",
    ),
    Deed(
        "publish",
        "印发",
        lambda actor, bulletin, values: publishing.publish(actor=actor, bulletin_id=bulletin.pk),
        "已印发，读者已收到消息。",
        tone="main",
        explains="领导、科室、督查组收到领导版，学校和机构收到学校版。",
    ),
    Deed(
        "remark",
        "提意见",
        lambda actor, bulletin, values: comments.remark(actor=actor, bulletin_id=bulletin.pk, **values),
        "意见已记下。",
        RemarkForm,
    ),
    Deed(
        "settle",
        "已处理",
        lambda actor, bulletin, values: comments.settle(
            actor=actor, bulletin_id=bulletin.pk, comment_id=row_key(values["row"])
        ),
        "已标为处理完毕。",
        row=True,
    ),
    Deed(
        "withdraw",
        "撤回",
        lambda actor, bulletin, values: publishing.withdraw(actor=actor, bulletin_id=bulletin.pk, **values),
        "已撤回；重新汇编后即为更正期。",
        ReasonForm,
        tone="grave",
        explains="期号作废，不再使用；读者会收到撤回消息。",
    ),
)


class BulletinPage(StaffPage[Bulletin]):
    """One issue to read; which steps it offers says the table of its life (`services.offers`)."""

    template = "staff/bulletin.html"
    roles = READERS
    deeds = DEEDS

    def find(self, actor: Actor, **key: Any) -> Bulletin:
        return bulletins.to_read(actor, uuid.UUID(str(key["bulletin_id"])))

    def stamp(self, found: Bulletin) -> str:
        return stamp_of(found.state, found.version, found.texts_version, found.consulted_at)

    def offered(self, actor: Actor, found: Bulletin) -> frozenset[str]:
        makes = actor.has(*MAKERS)
        return offers.of(actor, found) | (frozenset({"remark", "settle"}) if makes else frozenset())

    def context(self, request: HttpRequest, actor: Actor, found: Bulletin) -> dict[str, Any]:
        handing.opened(actor=actor, paper=found, before=found.opened_before)
        makes, facts = actor.has(*MAKERS), found.facts
        return {
            "bulletin": found,
            "cut": imprint.cut_off_text(found),
            "makes": makes,
            "edits": "edit" in offers.of(actor, found),
            "papers": _papers(found),
            "editions": list(EDITIONS.items()),
            "figures": [
                _tile(found, key, makes)
                for key in OVERVIEW
                if key in facts["figures"]  # an issue frozen before the figure existed has none
            ],
            "count": len(facts["figures"]),
            "parts": [(PART_NAMES[part], found.texts.get(part, ())) for part in LEADERSHIP_PARTS],
            "cases": _cases(found),
            "practices": found.texts.get("good_practices", ()),
            "late": facts["late"],
            "comments": found.comments.order_by("-id") if makes else [],
            "standing": receipts.standing(found) if makes and found.state == State.PUBLISHED else None,
            "steps": [(_step_name(step), LABELS[step.after], step) for step in found.transitions.order_by("id")],
            "part_names": PART_NAMES,
        }


def _step_name(step: BulletinTransition) -> str:
    return STEPS[step.action].name if step.before else "汇编"


def _tile(bulletin: Bulletin, key: str, makes: bool) -> dict[str, Any]:
    figure, name = bulletin.facts["figures"][key], OVERVIEW[key]
    moved = change(figure)
    if moved is None:
        beside = note(figure)
    else:
        by = f"{name.number(abs(moved))}{'个百分点' if name.unit == '%' else name.unit}"
        beside = f"较上期{'＋' if moved > 0 else '－'}{by}" if moved else "与上期持平"
    return {
        "label": name.text,
        "value": name.said(figure["value"]),
        "beside": beside,
        "address": to("desk_figure", bulletin.pk, key) if makes and figure["records"] else "",
    }


def _cases(bulletin: Bulletin) -> list[dict[str, Any]]:
    """The chosen cases as they are printed."""
    known = {one["finding"]: one for one in bulletin.facts["cases"]}
    return [
        {
            **{name: known[one["finding"]][name] for name in ("place", "basis", "severity", "state")},
            "text": one["text"],
            "photos": one.get("photos", known[one["finding"]].get("photos", [])),
        }
        for one in bulletin.texts.get("cases", ())
    ]


@require_safe
@xframe_options_sameorigin
@pages.for_roles(MAKERS)
def proof(request: HttpRequest, actor: Actor, bulletin_id: uuid.UUID, edition: str) -> HttpResponse:
    """The paper as it would be signed now; of a signed issue the paper itself."""
    if edition not in EDITIONS:
        raise Invalid("invalid", "版本只能是 leadership 或 school。", path="edition")
    return pdf(signing.proof(actor=actor, bulletin_id=bulletin_id, edition=Edition(edition)))


def pdf(content: bytes) -> HttpResponse:
    """A paper shown in the browser, only inside our own pages, and never stored."""
    headers = {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
