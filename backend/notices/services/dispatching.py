"""Sending messages on second channels: again when it fails, never in mute hours, each with its state.

A message is claimed for some minutes, sent outside any transaction, and its fate written down. A process that dies in
between lets another one send it again after the claim has run out; both channels are told an id that stays the same.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence

from django.conf import settings
from django.db.models import F

from backend.accounts.models import User
from backend.accounts.roles import UNIT_ROLES
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import system
from backend.journal.writing import write
from backend.notices.models import Channel, DeliveryState, InboxDelivery, InboxEntry, InboxPreference
from backend.notices.rules import pushes
from backend.notices.services import gateway, mailing
from backend.notices.services.gateway import Undelivered

log = logging.getLogger(__name__)

Send = Callable[..., None]
SENDERS: dict[str, Send] = {Channel.EMAIL: mailing.send, Channel.GATEWAY: gateway.send}

CLAIM = dt.timedelta(minutes=5)
"""How long a message belongs to the process that took it."""


def channels() -> list[str]:
    """The second channels that this deployment has; none by default."""
    return [*([Channel.EMAIL] if settings.MAIL_ON else []), *([Channel.GATEWAY] if settings.GATEWAY else [])]


def enqueue(entries: Sequence[InboxEntry]) -> None:
    """Note which of the entries, just written, go out on second channels, and when. Inside `journal.write()`."""
    able = channels()
    if not able:
        return
    wanted = InboxPreference.objects.in_bulk({entry.user_id for entry in entries})
    InboxDelivery.objects.bulk_create(
        InboxDelivery(entry=entry, channel=channel, due_at=_due(entry, wanted[entry.user_id]))
        for entry in entries
        if entry.user_id in wanted and not _quiet(entry, wanted[entry.user_id])
        for channel in able
        if channel in wanted[entry.user_id].channels
    )


def _quiet(entry: InboxEntry, wish: InboxPreference) -> bool:
    """What has to be confirmed is never kept to the inbox."""
    return not entry.needs_ack and entry.kind.partition(".")[0] in wish.quiet_kinds


def _due(entry: InboxEntry, wish: InboxPreference) -> dt.datetime:
    if entry.kind in URGENT:
        return clock.now()
    return pushes.after_mute(clock.now(), wish.mute_from, wish.mute_until)


URGENT = frozenset({"visit.alarm"})
"""Danger to life wakes people up."""


def dispatch_due(*, limit: int = 50) -> int:
    """Send up to `limit` messages that are due; how many were tried."""
    claimed = _claim(limit)
    for delivery in claimed:
        _attempt(delivery)
    return len(claimed)


def _claim(limit: int) -> list[InboxDelivery]:
    due = InboxDelivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=clock.now())
    if not due.exists():
        return []
    with write(actor=system(0)):
        mine = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at")[:limit]
        rows = list(mine.select_related("entry"))
        held = InboxDelivery.objects.filter(pk__in=[row.pk for row in rows])
        held.update(due_at=clock.now() + CLAIM, tries=F("tries") + 1)
    for row in rows:
        row.tries += 1
    return rows


def _attempt(delivery: InboxDelivery) -> None:
    try:
        to, text = _addressed(delivery)
        SENDERS[delivery.channel](to=to, text=text, id=f"dudao-{delivery.entry_id}-{delivery.channel}")
    except Undelivered as fault:
        _failed(delivery, fault)
    else:
        _settle(delivery, DeliveryState.SENT, sent_at=clock.now(), fault="")


def _addressed(delivery: InboxDelivery) -> tuple[str, str]:
    """To whom and what; looked up at the last moment, because people read, leave and change their minds."""
    entry = InboxEntry.objects.get(pk=delivery.entry_id)
    wish = InboxPreference.objects.filter(pk=entry.user_id).first()
    user = User.objects.filter(pk=entry.user_id, is_active=True).first()
    if entry.read_at is not None:
        raise Dropped("已在系统中阅读")
    if user is None or wish is None or delivery.channel not in wish.channels:
        raise Dropped("接收人已停用此渠道")
    to = wish.email if delivery.channel == Channel.EMAIL else wish.number or user.phone
    if not to:
        raise Undelivered("没有填写地址", final=True)
    roles = people.roles_of(user)
    return to, pushes.text_of(entry.kind, of_unit=not roles or not roles.isdisjoint(UNIT_ROLES))


class Dropped(Undelivered):
    """There is no need to send it any more."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault, final=True)


def _failed(delivery: InboxDelivery, fault: Undelivered) -> None:
    again = None if fault.final else pushes.next_try(delivery.tries, clock.now())
    if again is not None:
        _settle(delivery, DeliveryState.WAITING, due_at=again, fault=fault.fault[:80])
        return
    state = DeliveryState.DROPPED if isinstance(fault, Dropped) else DeliveryState.FAILED
    _settle(delivery, state, fault=fault.fault[:80])
    if state == DeliveryState.FAILED:
        log.warning("message %s could not be sent by %s: %s", delivery.entry_id, delivery.channel, fault.fault)


def _settle(delivery: InboxDelivery, state: str, **fields: object) -> None:
    with write(actor=system(delivery.entry.county_id)):
        rows = InboxDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING)
        rows.update(state=state, **fields)
