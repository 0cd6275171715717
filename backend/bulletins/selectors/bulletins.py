"""Reading bulletins: who may know of which.

The office and leadership know every issue of their county, its readers what is published; to everybody else there are
none. What is another county's, or not yet published, is the same as what does not exist.
"""

import uuid

from django.db.models import QuerySet

from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin
from backend.bulletins.rules.lifecycle import State
from backend.core.actor import Actor
from backend.core.errors import NotFound

MAKERS = frozenset({Role.OFFICE.value, Role.LEADERSHIP.value})
READERS = MAKERS | {Role.TEAM_LEADER.value}
"""Who is told of an issue and may read it once it is published."""


def scoped(actor: Actor) -> QuerySet[Bulletin]:
    """The issues `actor` may know of."""
    rows = Bulletin.objects.filter(county_id=actor.county_id)
    if actor.has(*MAKERS, "system"):
        return rows
    if actor.has(*READERS):
        return rows.filter(state=State.PUBLISHED)
    return rows.none()


def get(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """One issue. Raises `NotFound`."""
    found = scoped(actor).filter(pk=bulletin_id).first()
    if found is None:
        raise NotFound("bulletin", bulletin_id)
    return found


def locked(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """The issue, locked until the transaction ends. Raises `NotFound`."""
    found = scoped(actor).select_for_update().filter(pk=bulletin_id).first()
    if found is None:
        raise NotFound("bulletin", bulletin_id)
    return found


def may_read_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` may read the paper with this content. Accounts of units never: theirs is another edition."""
    return not actor.deposit_only and scoped(actor).filter(pdf_sha256=sha256).exclude(pdf_sha256="").exists()
