"""Reading targets: who may know of which."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q, QuerySet

from backend.accounts.roles import PHONE_ROLES, UNIT_ROLES, Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.terms import in_term
from backend.journal import grants
from backend.registry.models import Target, TargetContact, TargetKind

OVERSEERS = (Role.OFFICE, "system")
READERS = (*PHONE_ROLES, Role.LEADERSHIP, Role.DEPARTMENT_HEAD, Role.TIP_CLERK)


def scoped(actor: Actor) -> QuerySet[Target]:
    """The targets `actor` may know of, all of the own county.

    The office: every one. People of the field: schools and institutions, and of suspected sites those they reported
    or may read at present. Accounts of units: what they act for at present. Everybody else: none.
    """
    rows = Target.objects.filter(county_id=actor.county_id)
    if actor.has(*OVERSEERS):
        return rows
    if actor.user_id is None:
        return rows.none()
    if actor.has(*UNIT_ROLES):
        return rows.filter(pk__in=_acted_for(actor.user_id, clock.now()))
    if not actor.has(*READERS):
        return rows.none()
    known = ~Q(kind=TargetKind.SUSPECTED_SITE) | Q(reported_by=actor.user_id)
    return rows.filter(known | Q(pk__in=_granted(actor.user_id)))


def one(actor: Actor, target_id: uuid.UUID) -> Target:
    """Raises `NotFound` for what `actor` may not know of."""
    row = scoped(actor).select_related("district", "station", "team").filter(pk=target_id).first()
    if row is None:
        raise NotFound("target", target_id)
    return row


def matching(rows: QuerySet[Target], *, q: str = "", active: bool | None = None, **equal: Any) -> QuerySet[Target]:
    """Those whose name or code contains `q`, which are in inspection or not as asked, and whose fields are `equal`."""
    if q:
        rows = rows.filter(Q(name__contains=q) | Q(code__icontains=q))
    if active is not None:
        rows = rows.filter(is_active=active)
    return rows.filter(**equal)


def of_contact(user_id: int, at: dt.datetime | None = None) -> QuerySet[Target]:
    """The targets that `user_id` acts for at `at` (default now)."""
    return Target.objects.filter(pk__in=_acted_for(user_id, at or clock.now()))


def contacts(target: Target, at: dt.datetime | None = None) -> set[int]:
    """Ids of the active people who act for `target` at `at` (default now)."""
    rows = TargetContact.objects.filter(in_term(at or clock.now()), target=target, user__is_active=True)
    return set(rows.values_list("user_id", flat=True))


def contact_rows(target: Target, at: dt.datetime | None = None) -> QuerySet[TargetContact]:
    """The terms of the people who act for `target` at `at` (default now), with their people."""
    return TargetContact.objects.filter(in_term(at or clock.now()), target=target).select_related("user")


def _acted_for(user_id: int, at: dt.datetime) -> QuerySet[TargetContact, uuid.UUID]:
    return TargetContact.objects.filter(in_term(at), user_id=user_id).values_list("target_id", flat=True)


def _granted(user_id: int) -> list[str]:
    prefix = "target:"
    return [name.removeprefix(prefix) for name in grants.scope_names(user_id) if name.startswith(prefix)]
