"""The inbox of people at desks, and how else they want to be told."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.desk.deeds import Deed
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERS, LEADERSHIP, OFFICE, STAFF
from backend.desk.staff import StaffPage
from backend.notices.api.channels import QUIET_KINDS
from backend.notices.models import Channel, InboxEntry, InboxPreference
from backend.notices.selectors import inbox
from backend.notices.services import dispatching, preferences
from backend.notices.services import inbox as services

ABOUT: dict[str, tuple[str, frozenset[Any]]] = {
    "notice": ("desk_notice", OFFICE | LEADERSHIP),
    "escalation_paper": ("desk_escalation", OFFICE | LEADERSHIP),
    "look_back": ("desk_look_back", OFFICE | LEADERSHIP),
    "inspection_plan": ("desk_plan", OFFICE | LEADERSHIP),
    "visit": ("desk_visit", STAFF),
    "bulletin": ("desk_bulletin", STAFF),
    "circular": ("desk_circular", STAFF),
    "target": ("desk_unit", OFFICE | LEADERSHIP),
    "assignment": ("desk_assignment", OFFICE | LEADERSHIP),
}
"""What a message may be about: the page, and who has it."""

QUIET_LABELS = {
    "announcement": "公告",
    "bulletin": "简报",
    "notice": "整改通知书",
    "plan": "计划",
    "operation": "上传结果",
}


class InboxFilters(forms.Form):
    unread = forms.ChoiceField(label="显示", required=False, choices=[("", "全部"), ("yes", "仅未读")])


class InboxPage(StaffPage[None]):
    """Own messages, the newest first; whoever opens the page has read what it shows."""

    template = "staff/messages.html"
    roles = STAFF
    deeds = (
        Deed(
            "acknowledge",
            "确认收到",
            lambda actor, found, values: services.acknowledge(actor=actor, entry_id=_key(values["row"])),
            "已确认收到。",
            tone="main",
            row=True,
        ),
        Deed(
            "read_all",
            "全部标为已读",
            lambda actor, found, values: services.mark_read(actor=actor, upto=inbox.last_seq(actor)),
            "全部消息已标为已读。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(InboxFilters, request)
        mine = inbox.of(actor)
        rows = rows_of(mine.filter(read_at__isnull=True) if wanted else mine, request.GET, by="-seq")
        shown = [(row, row.read_at is None, _page_about(actor, row)) for row in rows.rows]
        fresh = [row.pk for row, new, _ in shown if new]
        if fresh and request.method == "GET":
            services.mark_read(actor=actor, ids=fresh)
        return {"entries": shown, "next": rows.next, "filters": filters, "older": inbox.unread(actor)}


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def _page_about(actor: Actor, entry: InboxEntry) -> str:
    """The address of the page about a message's subject; "" where its reader has none."""
    name, roles = ABOUT.get(entry.subject_kind, ("", frozenset()))
    if entry.subject_kind == "notice" and not actor.has(*roles):
        name, roles = "desk_team_notice", LEADERS
    if not name or not actor.has(*roles):
        return ""
    try:
        return reverse(name, args=[entry.subject_id])
    except NoReverseMatch:
        return ""


class WishesForm(forms.Form):
    channels = forms.MultipleChoiceField(
        label="另外用这些方式提醒", required=False, choices=Channel.choices, widget=forms.CheckboxSelectMultiple
    )
    email = forms.EmailField(label="邮箱", max_length=120, required=False)
    number = forms.CharField(
        label="手机号或企业微信账号", max_length=64, required=False, help_text="不填则用账号登记的电话。"
    )
    quiet_kinds = forms.MultipleChoiceField(
        label="这些类别只在收件箱提醒",
        required=False,
        choices=[(kind, QUIET_LABELS[kind]) for kind in QUIET_KINDS],
        widget=forms.CheckboxSelectMultiple,
    )
    mute_from = forms.TimeField(label="免打扰开始", required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    mute_until = forms.TimeField(
        label="免打扰结束",
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text="这段时间内的提醒顺延到结束时发出，收件箱不受影响。",
    )


class WishesPage(StaffPage[InboxPreference]):
    """One's own wishes; the inbox itself is never off."""

    template = "staff/wishes.html"
    roles = STAFF
    deeds = (
        Deed(
            "prefer",
            "修改提醒方式",
            lambda actor, wish, values: preferences.prefer(
                actor=actor, **{"channels": [], "email": wish.email, "number": wish.number, **values}
            ),
            "已保存。",
            WishesForm,
            tone="main",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> InboxPreference:
        return inbox.preference(actor)

    def form(self, actor: Actor, found: InboxPreference, deed: Deed, **more: Any) -> forms.Form:
        """Only channels that this server has; without any nothing is asked about them."""
        form, able = deed.form(**more), dispatching.channels()
        form.fields["channels"].choices = [  # type: ignore[attr-defined]
            choice for choice in Channel.choices if choice[0] in able
        ]
        if not able:
            for name in ("channels", "email", "number"):
                del form.fields[name]
        return form

    def initial(self, actor: Actor, found: InboxPreference, deed: Deed, row: str) -> dict[str, Any]:
        return {name: getattr(found, name) for name in WishesForm.base_fields}

    def context(self, request: HttpRequest, actor: Actor, found: InboxPreference) -> dict[str, Any]:
        labels = dict(Channel.choices)
        return {
            "wish": found,
            "able": dispatching.channels(),
            "chosen": [labels[each] for each in found.channels if each in labels],
            "quiet": [QUIET_LABELS[each] for each in found.quiet_kinds if each in QUIET_LABELS],
            "muted": _hours(found.mute_from, found.mute_until),
        }


def _hours(begins: dt.time | None, ends: dt.time | None) -> str:
    return f"{begins:%H:%M} 至 {ends:%H:%M}" if begins and ends else ""
