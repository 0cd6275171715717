"""Reading a person's inbox."""

import uuid
from collections.abc import Iterable

from django.db.models import Count, Max, Q, QuerySet

from backend.accounts.models import User
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.notices.models import InboxCounter, InboxEntry, InboxPreference


def of(actor: Actor) -> QuerySet[InboxEntry]:
    """The actor's own messages and nobody else's."""
    return InboxEntry.objects.filter(user_id=actor.user_id or 0, county_id=actor.county_id)


def unread(actor: Actor) -> int:
    """How many messages the actor has not read."""
    return of(actor).filter(read_at__isnull=True).count()


def last_seq(actor: Actor) -> int:
    """The number of the actor's newest message, 0 for an empty inbox."""
    return InboxCounter.objects.filter(user_id=actor.user_id or 0).values_list("last", flat=True).first() or 0


def newest(user_ids: Iterable[int]) -> dict[int, int]:
    """The newest number of each person who has any, in one query."""
    return dict(InboxCounter.objects.filter(pk__in=list(user_ids)).values_list("pk", "last"))


def standing(user_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Of each person the newest number and the count of unread messages, in one query."""
    rows = InboxEntry.objects.filter(user_id__in=list(user_ids)).values("user_id")
    counted = rows.annotate(newest=Max("seq"), waiting=Count("seq", filter=Q(read_at__isnull=True)))
    return {row["user_id"]: (row["newest"], row["waiting"]) for row in counted}


def get(actor: Actor, entry_id: uuid.UUID) -> InboxEntry:
    """One of the actor's own messages. Raises `NotFound`."""
    found = of(actor).filter(pk=entry_id).first()
    if found is None:
        raise NotFound("inbox", entry_id)
    return found


def preference(actor: Actor) -> InboxPreference:
    """What the actor wants; what holds without a wish: the inbox alone."""
    known = InboxPreference.objects.filter(pk=actor.person, county_id=actor.county_id).first()
    return known or InboxPreference(user_id=actor.person, county_id=actor.county_id)


def unconfirmed(actor: Actor) -> QuerySet[InboxEntry]:
    """The county's messages that their readers have still to confirm."""
    return InboxEntry.objects.filter(county_id=actor.county_id, needs_ack=True, acknowledged_at__isnull=True)


def names(rows: Iterable[InboxEntry]) -> dict[int, str]:
    """The names of the readers of `rows`."""
    return dict(User.objects.filter(pk__in={row.user_id for row in rows}).values_list("pk", "name"))
