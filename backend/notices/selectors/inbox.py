"""Reading a person's inbox."""

from collections.abc import Iterable

from django.db.models import Count, Max, Q, QuerySet

from backend.core.actor import Actor
from backend.notices.models import InboxCounter, InboxEntry


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
