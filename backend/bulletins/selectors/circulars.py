"""Reading circulars: who may know of which, and whom they name."""

import datetime as dt
import uuid

from django.db.models import Q, QuerySet

from backend.accounts.roles import UNIT_ROLES, Role
from backend.bulletins.models import Circular
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.selectors.bulletins import MAKERS, READERS
from backend.core.actor import Actor
from backend.core.errors import NotFound

PUBLIC = UNIT_ROLES | {Role.MEMBER_DEPARTMENT}
"""Who reads what is published to all: inspected units and member departments."""

AUDIENCE = READERS | {role.value for role in PUBLIC}
"""Who is told of a circular and may read it once it is published."""


def scoped(actor: Actor) -> QuerySet[Circular]:
    """The circulars `actor` may know of."""
    rows = Circular.objects.filter(county_id=actor.county_id)
    if actor.has(*MAKERS, "system"):
        return rows
    if actor.has(*AUDIENCE) and not actor.deposit_only:
        return rows.filter(state=State.PUBLISHED)
    return rows.none()


def get(actor: Actor, circular_id: uuid.UUID) -> Circular:
    """One circular. Raises `NotFound`."""
    found = scoped(actor).filter(pk=circular_id).first()
    if found is None:
        raise NotFound("circular", circular_id)
    return found


def locked(actor: Actor, circular_id: uuid.UUID) -> Circular:
    """The circular, locked until the transaction ends. Raises `NotFound`."""
    found = scoped(actor).select_for_update().filter(pk=circular_id).first()
    if found is None:
        raise NotFound("circular", circular_id)
    return found


def naming(county_id: int, at: dt.datetime) -> dict[str, str]:
    """By finding, the number of the circular that named it in public at the time `at`."""
    rows = Circular.objects.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at), county_id=county_id)
    named: dict[str, str] = {}
    for row in rows.filter(published_at__lte=at).defer("facts").order_by("published_at"):
        named |= dict.fromkeys(row.named, row.number_text)
    return named


def may_read_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` may read the circular with this content."""
    return scoped(actor).filter(pdf_sha256=sha256).exclude(pdf_sha256="").exists()
