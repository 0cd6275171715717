"""Remarks on a draft."""

import uuid

from django.db.models import QuerySet

from backend.bulletins.models import BulletinComment
from backend.bulletins.selectors import bulletins, consulted
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.journal.writing import write


def readable(actor: Actor, bulletin_id: uuid.UUID) -> QuerySet[BulletinComment]:
    """The remarks that `actor` may read: makers of the issue all, heads who are asked their own. Raises `NotFound`."""
    if actor.has(*bulletins.MAKERS):
        return BulletinComment.objects.filter(bulletin=bulletins.get(actor, bulletin_id))
    return consulted.remarks(actor, consulted.get(actor, bulletin_id))


def remark(*, actor: Actor, bulletin_id: uuid.UUID, text: str, part: str = "") -> BulletinComment:
    """Say something about an issue, or one part of it; heads of departments and stations while they are asked.

    Raises `NotFound`, `Forbidden`.
    """
    if not actor.has(*bulletins.MAKERS, *consulted.HEADS):
        raise Forbidden()
    with write(actor=actor) as change:
        bulletin = (bulletins if actor.has(*bulletins.MAKERS) else consulted).get(actor, bulletin_id)
        row = BulletinComment.objects.create(
            county_id=actor.county_id, bulletin=bulletin, part=part, text=text, author_id=actor.user_id,
            author_name=actor.name, at=clock.now(),
        )  # fmt: skip
        change.log("bulletin.comment", bulletin, part=part, comment=str(row.pk))
    return row


def settle(*, actor: Actor, bulletin_id: uuid.UUID, comment_id: uuid.UUID) -> BulletinComment:
    """Mark a remark as dealt with. Raises `NotFound`, `Forbidden`, `Conflict(bad_state)`."""
    if not actor.has(*bulletins.MAKERS):
        raise Forbidden()
    with write(actor=actor) as change:
        bulletin = bulletins.get(actor, bulletin_id)
        row = BulletinComment.objects.select_for_update().filter(bulletin=bulletin, pk=comment_id).first()
        if row is None:
            raise NotFound("bulletin_comment", comment_id)
        if row.settled_at is not None:
            raise Conflict("bad_state", "该意见已处理。")
        row.settled_at, row.settled_by = clock.now(), actor.name
        row.save(update_fields=["settled_at", "settled_by"])
        change.log("bulletin.comment_settled", bulletin, comment=str(row.pk))
    return row
