"""Confirming a message, and how a unit's people want to be told: forms beside their inbox."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from backend.core.actor import Actor
from backend.core.errors import Invalid, Problem
from backend.desk import pages
from backend.desk.views.unit import for_unit
from backend.notices.models import Channel, InboxPreference
from backend.notices.selectors import inbox
from backend.notices.services import dispatching, preferences
from backend.notices.services import inbox as inbox_services

MOST = {"email": 120, "number": 64}


@csrf_protect
@require_POST
@for_unit
def acknowledge(request: HttpRequest, actor: Actor, entry_id: uuid.UUID) -> HttpResponse:
    """Confirm a message, and back to the inbox."""
    inbox_services.acknowledge(actor=actor, entry_id=entry_id)
    return HttpResponseRedirect(reverse("unit_inbox"))


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def wishes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """By what else than these pages somebody is told, and when not."""
    if request.method != "POST":
        return _page(request, actor, inbox.preference(actor))
    try:
        kept = preferences.prefer(actor=actor, **_given(request))
    except Problem as fault:
        return _page(request, actor, inbox.preference(actor), fault=fault)
    return _page(request, actor, kept, saved=True)


def _given(request: HttpRequest) -> dict[str, Any]:
    """What the form says. Raises `Invalid`."""
    texts = {name: request.POST.get(name, "").strip() for name in ("email", "number", "mute_from", "mute_until")}
    if any(len(texts[name]) > most for name, most in MOST.items()) or "\x00" in "".join(texts.values()):
        raise Invalid("invalid", "填写的内容过长或含有无效字符。")
    if texts["email"] and not preferences.is_email(texts["email"]):
        raise Invalid("invalid", "邮箱格式不正确。", path="email")
    channels = [each for each in request.POST.getlist("channels") if each in Channel.values]
    hours = {name: _time(texts[name]) for name in ("mute_from", "mute_until")}
    return {"channels": channels, "email": texts["email"], "number": texts["number"], **hours}


def _time(text: str) -> dt.time | None:
    try:
        return dt.time.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("invalid", "时间格式不正确，请按 22:00 的样式填写。") from None


def _page(
    request: HttpRequest, actor: Actor, wish: InboxPreference, *, fault: Problem | None = None, saved: bool = False
) -> HttpResponse:
    """The form with what holds; after a refusal with what was typed."""
    typed = request.POST if fault else None
    shown = {name: typed.get(name, "") if typed else _shown(getattr(wish, name)) for name in FIELDS}
    chosen = typed.getlist("channels") if typed else wish.channels
    able = dispatching.channels()
    ways = [(each.value, each.label, each in chosen) for each in Channel if each in able]
    context = {"ways": ways, "shown": shown, "fault": fault.detail if fault else "", "saved": saved}
    context |= {"unread": inbox.unread(actor), "last": inbox.last_seq(actor)}
    return pages.page(request, "unit/wishes.html", context, status=fault.status if fault else 200)


FIELDS = ("email", "number", "mute_from", "mute_until")


def _shown(value: object) -> str:
    return f"{value:%H:%M}" if isinstance(value, dt.time) else str(value or "")
