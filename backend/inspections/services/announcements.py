"""Telling everybody in the field."""

import uuid

from backend.accounts.roles import PHONE_ROLES
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Announcement
from backend.inspections.services.authority import only_office
from backend.journal.writing import write


def announce(*, actor: Actor, title: str, body: str) -> Announcement:
    """Publish to every phone of the county, and tell their people. Raises `Forbidden`."""
    only_office(actor)
    with write(actor=actor) as change:
        row = Announcement.objects.create(
            county_id=actor.county_id, title=title, body=body, author_id=actor.user_id, author_name=actor.name
        )
        change.put(row)
        change.tell("announcement.published", people.with_role(actor.county_id, PHONE_ROLES), row, title=title)
        change.log("announcement.published", row, title=title)
    return row


def withdraw(*, actor: Actor, announcement_id: uuid.UUID) -> Announcement:
    """Take it back from every phone; it stays on record. A second time changes nothing."""
    only_office(actor)
    with write(actor=actor) as change:
        rows = Announcement.objects.select_for_update().filter(county_id=actor.county_id)
        row = rows.filter(pk=announcement_id).first()
        if row is None:
            raise NotFound("announcement", announcement_id)
        if row.withdrawn_at is None:
            row.withdrawn_at = clock.now()
            row.save(update_fields=["withdrawn_at"])
            change.remove(row)
            change.log("announcement.withdrawn", row)
    return row
