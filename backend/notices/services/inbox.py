"""Delivering what people are to be told, exactly once, and marking it read."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import transaction

from backend.accounts.roles import UNIT_ROLES
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, NotFound
from backend.journal.models import Outbox
from backend.journal.writing import Change, write
from backend.notices.models import InboxCounter, InboxEntry
from backend.notices.rules.messages import template_of
from backend.notices.selectors import inbox
from backend.notices.services import dispatching

Herald = Callable[[int, int, int], None]
_heralds: list[Herald] = []


def on_delivered(herald: Herald) -> Herald:
    """Let `herald(user_id, newest_seq, unread)` be called after the commit that changed a person's inbox."""
    _heralds.append(herald)
    return herald


def deliver_waiting(*, limit: int = 200) -> int:
    """Move up to `limit` waiting messages per county into their inboxes; how many were moved.

    Safe to run twice at once and to be killed anywhere: a message is claimed, stamped and numbered in one
    transaction (PostgreSQL skips rows that another deliverer holds; SQLite has one writer at a time).
    """
    waiting = Outbox.objects.filter(delivered_at__isnull=True).order_by().values_list("county_id", flat=True)
    return sum(_deliver_county(county_id, limit) for county_id in sorted(set(waiting.distinct())))


def _deliver_county(county_id: int, limit: int) -> int:
    with write(actor=system(county_id)) as change:
        waiting = Outbox.objects.select_for_update(skip_locked=True)
        rows = list(waiting.filter(delivered_at__isnull=True, county_id=county_id).order_by("id")[:limit])
        if not rows:
            return 0
        entries = _compose(rows, change)
        _number(entries)
        InboxEntry.objects.bulk_create(entries)
        dispatching.enqueue(entries)
        for entry in entries:
            change.put(entry)
        Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(delivered_at=clock.now())
        _announce({entry.user_id for entry in entries})
    return len(rows)


def _compose(rows: Sequence[Outbox], change: Change) -> list[InboxEntry]:
    """The entries that the messages become; what may not reach its reader is kept back with an audit line."""
    roles = people.roles_of_all({row.recipient_id for row in rows})
    entries = []
    for row in rows:
        held = roles[row.recipient_id]
        # Who holds no role any more is told as little as a unit.
        template = template_of(row.kind, of_unit=not held or not held.isdisjoint(UNIT_ROLES))
        entry = InboxEntry(
            county_id=row.county_id,
            user_id=row.recipient_id,
            message_id=row.pk,
            kind=row.kind,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            at=row.at,
        )
        if template is None:
            change.log("inbox.withheld", entry, message=row.pk, recipient=row.recipient_id, kind=row.kind)
            continue
        entry.needs_ack = template.acknowledge
        entry.title, entry.body = template.title_for(row.detail)[:80], template.body_for(row.detail)[:400]
        entries.append(entry)
    return entries


def _number(entries: Sequence[InboxEntry]) -> None:
    users = {entry.user_id for entry in entries}
    InboxCounter.objects.bulk_create([InboxCounter(user_id=user) for user in sorted(users)], ignore_conflicts=True)
    locked = InboxCounter.objects.select_for_update().filter(user_id__in=users).order_by("user_id")
    counters = {counter.user_id: counter for counter in locked}
    for entry in entries:
        counter = counters[entry.user_id]
        counter.last += 1
        entry.seq = counter.last
    InboxCounter.objects.bulk_update(counters.values(), ["last"])


def _announce(user_ids: Iterable[int]) -> None:
    for user_id in sorted(user_ids):
        transaction.on_commit(partial(_herald, user_id), robust=True)


def _herald(user_id: int) -> None:
    newest, waiting = inbox.standing([user_id]).get(user_id, (0, 0))
    for herald in _heralds:
        herald(user_id, newest, waiting)


def mark_read(*, actor: Actor, ids: Iterable[uuid.UUID] = (), upto: int | None = None) -> list[InboxEntry]:
    """Mark the actor's messages `ids`, and all numbered up to `upto`, as read; answers those that were not yet.

    Raises `NotFound` when an id is not in the actor's inbox.
    """
    wanted = set(ids)
    with write(actor=actor) as change:
        mine = inbox.of(actor)
        known = set(mine.filter(pk__in=wanted).values_list("pk", flat=True))
        if missing := wanted - known:
            raise NotFound("inbox", min(missing))
        unread = mine.select_for_update().filter(read_at__isnull=True).order_by("seq")
        through = unread.filter(seq__lte=upto) if upto is not None else unread.none()
        rows = {row.pk: row for row in [*unread.filter(pk__in=wanted), *through]}
        for row in rows.values():
            row.read_at = clock.now()
            change.put(row)
        InboxEntry.objects.bulk_update(rows.values(), ["read_at"])
        if rows and actor.user_id is not None:
            _announce([actor.user_id])
    return list(rows.values())


def read_one(*, actor: Actor, entry_id: uuid.UUID, upto: int | None = None) -> tuple[InboxEntry, bool]:
    """Mark one message (and all up to `upto`) as read; the message, and whether anything changed."""
    with write(actor=actor):
        changed = mark_read(actor=actor, ids=[entry_id], upto=upto)
        return inbox.of(actor).get(pk=entry_id), bool(changed)


def acknowledge(*, actor: Actor, entry_id: uuid.UUID) -> tuple[InboxEntry, bool]:
    """Confirm one's own message that asks for it; that reads it, too. The message, and whether anything changed.

    Raises `NotFound`, `Conflict(no_ack_asked)`.
    """
    with write(actor=actor) as change:
        row = inbox.of(actor).select_for_update().filter(pk=entry_id).first()
        if row is None:
            raise NotFound("inbox", entry_id)
        if not row.needs_ack:
            raise Conflict("no_ack_asked", "此消息不需要确认。")
        if row.acknowledged_at is not None:
            return row, False
        row.acknowledged_at = clock.now()
        row.read_at = row.read_at or row.acknowledged_at
        row.save(update_fields=["acknowledged_at", "read_at"])
        change.put(row)
        change.log("inbox.acknowledged", row, kind=row.kind)
        _announce([actor.person])
    return row, True
