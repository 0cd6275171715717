"""The pages of an inspected unit: its notices from `issued` on, what is due when, and everything it answers to them.

Nothing else exists here (workflow.md section 12). Every write is one call of the service that REST calls.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from backend.accounts import tickets
from backend.accounts.models import User
from backend.accounts.roles import UNIT_ROLES
from backend.core import clock, http
from backend.core.actor import Actor
from backend.core.errors import Invalid, NotFound, Problem
from backend.core.pages import page as rows_of
from backend.desk import pages
from backend.desk.deeds import NoFields, read
from backend.desk.forms import (
    ClosingReportForm,
    DefenceForm,
    EvidenceForm,
    ExtensionForm,
    FactForm,
    ReportForm,
)
from backend.desk.views import noticeboard, uploading
from backend.media.api.delivery import serve
from backend.notices.models import InboxEntry, NoticeEvidence
from backend.notices.selectors import inbox, notices
from backend.notices.selectors.possible import possible, unused
from backend.notices.services import evidence, issuing, replies, reports
from backend.notices.services import inbox as inbox_services
from backend.notices.services.reports import Part

for_unit = pages.for_roles(UNIT_ROLES)


@require_safe
@for_unit
def notice_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is due when; what waits for others; what is over."""
    found = rows_of(notices.scoped(actor).select_related("target"), request.GET)
    context = {
        "groups": noticeboard.grouped(found.rows, clock.today()),
        "next": found.next,
        "unread": inbox.unread(actor),
        "last": inbox.last_seq(actor),
    }
    return pages.page(request, "unit/notices.html", context)


@csrf_protect
@require_safe
@for_unit
def notice(request: HttpRequest, actor: Actor, notice_id: uuid.UUID) -> HttpResponse:
    """One notice; opening it for the first time is kept as a read receipt."""
    issuing.opened(actor=actor, notice=notices.get(actor, notice_id))
    fields = pages.kept(request)
    bound = {fields["form"]: fields} if "form" in fields else {}
    return _shown(request, actor, notice_id, bound, {"restored": bool(bound), "said": pages.said(request)})


def _shown(
    request: HttpRequest,
    actor: Actor,
    notice_id: uuid.UUID,
    bound: dict[str, Any],
    more: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """The page of a notice; `bound` holds by form what was typed into it."""
    found = notices.get(actor, notice_id)
    may = possible(found, clock.today())
    context = {
        **noticeboard.described(found, clock.today()),
        "may": may,
        "defence_form": DefenceForm(initial=bound.get("defence")),
        "extension_form": ExtensionForm(initial=bound.get("extension")),
        "items": [
            noticeboard.item_card(row, found, may, lambda row: _report_form(row, may, bound))
            for row in found.findings.all()
        ],
        "kinds": NoticeEvidence.Kind.choices,
        "unread": inbox.unread(actor),
        "last": inbox.last_seq(actor),
        **more,
    }
    return pages.page(request, "unit/notice.html", context, status=status)


def _report_form(row: Any, may: Any, bound: dict[str, Any]) -> ReportForm:
    kind = ClosingReportForm if len(may.report) == 1 else ReportForm
    return kind(initial=bound.get(f"report-{row.pk}"), prefix=None, auto_id=f"r{row.number}_%s")


def _act(
    request: HttpRequest, actor: Actor, notice_id: uuid.UUID, form: str, work: Callable[[], object], said: str
) -> HttpResponse:
    """Do one thing, then show the notice again; a refusal is told beside what was typed."""
    try:
        work()
    except NotFound:
        raise
    except Problem as fault:
        typed = {name: str(text) for name, text in request.POST.items()}
        return _shown(request, actor, notice_id, {form: typed}, {"fault": fault.detail, "open": form}, fault.status)
    pages.say(request, said)
    return HttpResponseRedirect(reverse("unit_notice", args=[notice_id]))


def _plain(
    name: str, form: type[forms.Form], service: Callable[..., object], said: str
) -> Callable[..., HttpResponseBase]:
    """The view of a form that goes to one service as it is; `name` as the page calls the form."""

    @csrf_protect
    @require_POST
    @for_unit
    def view(request: HttpRequest, actor: Actor, notice_id: uuid.UUID) -> HttpResponse:
        def work() -> None:
            service(actor=actor, notice_id=notice_id, **read(form(request.POST)))

        return _act(request, actor, notice_id, name, work, said)

    return view


acknowledge = _plain("acknowledge", NoFields, replies.acknowledge, "已签收。请按期整改并提交报告。")
defend = _plain("defence", DefenceForm, replies.object_to, "申辩意见已提交，答复之前整改期限暂停计算。")
extend = _plain("extension", ExtensionForm, replies.request_extension, "延期申请已提交，答复之前整改期限暂停计算。")


@csrf_protect
@require_POST
@for_unit
def report(request: HttpRequest, actor: Actor, notice_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """The rectification of one finding, with all evidence that was uploaded for it."""
    found = notices.get(actor, notice_id)
    row = next((row for row in found.findings.all() if row.pk == item_id), None)
    if row is None:
        raise NotFound("notice_finding", item_id)

    def work() -> None:
        data = read(ClosingReportForm(request.POST))
        whole = {name: data.pop(name) for name in ("summary", "self_check")}
        part = Part(item=item_id, evidence=[proof.pk for proof in _proofs(row)], **data)
        reports.submit_report(actor=actor, notice_id=notice_id, parts=[part], **whole)

    return _act(request, actor, notice_id, f"report-{item_id}", work, f"问题{row.number}的整改情况已提交。")


def _proofs(row: Any) -> list[NoticeEvidence]:
    """What is uploaded; bytes that were something else than declared count for nothing."""
    return [proof for proof in unused(row) if proof.state != NoticeEvidence.State.CORRUPT]


@csrf_protect
@require_POST
@for_unit
def attach(request: HttpRequest, actor: Actor, notice_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """A photo or paper sent with the page itself."""

    def work() -> None:
        data = read(EvidenceForm(request.POST, request.FILES))
        uploading.receive(actor=actor, notice_id=notice_id, item_id=item_id, kind=data["kind"], file=data["file"])

    return _act(request, actor, notice_id, f"evidence-{item_id}", work, "佐证已上传。")


@csrf_protect
@require_POST
def declare(request: HttpRequest, notice_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Declare a photo or paper that the page uploads in pieces; problem+json, for the page's script."""
    actor = pages.actor_of(request)
    if actor is None or not actor.has(*UNIT_ROLES):
        return JsonResponse({"code": "unauthorized", "detail": "登录已失效，请重新登录。"}, status=401)
    try:
        data = read(FactForm(request.POST))
        proof = evidence.declare(actor=actor, notice_id=notice_id, item_id=item_id, evidence_id=data.pop("id"), **data)
    except Problem as fault:
        return http.problem_response(fault)
    return JsonResponse({"id": str(proof.pk), "state": proof.state})


@csrf_protect
@require_POST
def ticket(request: HttpRequest) -> HttpResponse:
    """What the page's script shows to uploads and to the live socket."""
    user = request.user
    if pages.actor_of(request) is None or not isinstance(user, User):
        return JsonResponse({"code": "unauthorized", "detail": "登录已失效，请重新登录。"}, status=401)
    return JsonResponse({"ticket": tickets.issue(user), "seconds": tickets.LASTS})


@require_safe
@for_unit
def file(request: HttpRequest, actor: Actor, sha256: str) -> HttpResponseBase:
    """A paper, a photo of its annex, or own evidence; `size` for its preview or list size."""
    size = request.GET.get("size")
    if size not in (None, "preview", "list"):
        raise Invalid("invalid", "参数 size 只能是 preview 或 list。", path="size")
    return serve(request, actor=actor, sha256=sha256, kind=size, export="download" in request.GET)


ABOUT = {
    "notice": ("unit_notice", "查看通知书"),
    "bulletin": ("unit_bulletin", "阅读半月报（PDF）"),
    "circular": ("unit_circular", "阅读通报（PDF）"),
}
"""What a message may be about: where it is read, and what the link says."""


def _about(entry: InboxEntry) -> tuple[str, str]:
    """Address and words of the link; both empty where nothing is to be opened."""
    name, said = ABOUT.get(entry.subject_kind, ("", ""))
    return (reverse(name, args=[entry.subject_id]), said) if name else ("", "")


@csrf_protect
@for_unit
def messages(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The inbox; opening it marks what it shows as read."""
    found = rows_of(inbox.of(actor), request.GET, by="-seq")
    shown = [(row, row.read_at is None, _about(row)) for row in found.rows]
    fresh = [row.pk for row, new, _ in shown if new]
    if fresh and request.method == "GET":
        inbox_services.mark_read(actor=actor, ids=fresh)
    context = {"entries": shown, "next": found.next, "unread": inbox.unread(actor), "last": inbox.last_seq(actor)}
    return pages.page(request, "unit/inbox.html", context)
