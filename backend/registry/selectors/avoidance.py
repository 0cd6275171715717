"""Who must stay away from which unit, and who holds which card."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.registry.models import Certificate, CertificateKind, ConflictOfInterest, ConflictState

Pair = tuple[int, uuid.UUID]


def conflicts(actor: Actor) -> QuerySet[ConflictOfInterest]:
    """The conflicts `actor` may read: the office its county's, everybody else their own and no other."""
    rows = ConflictOfInterest.objects.filter(county_id=actor.county_id).select_related("user", "target")
    if actor.has(Role.OFFICE, "system"):
        return rows
    return rows.filter(user_id=actor.person)


def certificates(actor: Actor) -> QuerySet[Certificate]:
    """The cards `actor` may read: the office its county's, everybody else their own."""
    rows = Certificate.objects.filter(county_id=actor.county_id).select_related("user")
    if actor.has(Role.OFFICE, "system"):
        return rows
    return rows.filter(user_id=actor.person)


def in_force(user_ids: Collection[int]) -> QuerySet[ConflictOfInterest]:
    """Conflicts of these people that are declared or decided, on whatever days."""
    rows = ConflictOfInterest.objects.filter(user_id__in=user_ids)
    return rows.exclude(state=ConflictState.REJECTED)


def kept_away(wanted: Collection[tuple[int, uuid.UUID, dt.date]]) -> set[tuple[int, uuid.UUID, dt.date]]:
    """Those of (user, target, day) that a conflict of interest forbids."""
    by_pair: dict[Pair, list[ConflictOfInterest]] = {}
    for row in in_force({user_id for user_id, _, _ in wanted}):
        by_pair.setdefault((row.user_id, row.target_id), []).append(row)
    return {one for one in wanted if any(row.excludes(one[2]) for row in by_pair.get(one[:2], ()))}


def held(user_ids: Collection[int]) -> dict[int, list[Certificate]]:
    """The cards of these people, good or not."""
    out: dict[int, list[Certificate]] = {user_id: [] for user_id in user_ids}
    for row in Certificate.objects.filter(user_id__in=user_ids).order_by("valid_from", "pk"):
        out[row.user_id].append(row)
    return out


def officers(cards: dict[int, list[Certificate]], day: dt.date) -> set[int]:
    """Who of the holders in `cards` has a good enforcement card on `day`."""
    return {
        user_id
        for user_id, rows in cards.items()
        if any(row.kind == CertificateKind.ENFORCEMENT_CARD and row.holds(day) for row in rows)
    }
