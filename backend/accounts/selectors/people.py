"""Reading people: as actors, and as lists that a caller may see."""

from collections.abc import Iterable

from django.db.models import QuerySet

from backend.accounts.models import RoleAssignment, User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.lookup import find
from backend.core.terms import in_term


def roles_of(user: User) -> frozenset[str]:
    """The roles `user` holds now."""
    return frozenset(row.role for row in find(RoleAssignment, user_id=user.pk) if _holds(row))


def roles_of_all(user_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The roles held now by each of `user_ids`, in one query."""
    held: dict[int, set[str]] = {user_id: set() for user_id in user_ids}
    rows = RoleAssignment.objects.filter(in_term(clock.now()), user_id__in=held)
    for user_id, role in rows.values_list("user_id", "role"):
        held[user_id].add(role)
    return {user_id: frozenset(roles) for user_id, roles in held.items()}


def actor_of(user: User) -> Actor:
    """`user` as rooms below know people. Raises nothing; a maintainer acts for county 0."""
    return Actor(user_id=user.pk, county_id=user.county_id or 0, name=user.name, roles=roles_of(user))


def scoped(actor: Actor) -> QuerySet[User]:
    """The people `actor` may see: the office its county, everybody else only themselves."""
    people = User.objects.filter(county_id=actor.county_id)
    if actor.has(Role.OFFICE):
        return people
    return people.filter(pk=actor.person)


def with_role(county_id: int, roles: Iterable[str]) -> set[int]:
    """Ids of the county's active people who hold any of `roles` now."""
    rows = find(RoleAssignment, role=[str(role) for role in roles], related=["user"])
    return {row.user_id for row in rows if _holds(row) and row.user.is_active and row.user.county_id == county_id}


def _holds(row: RoleAssignment) -> bool:
    now = clock.now()
    return row.starts_at <= now and (row.ends_at is None or now < row.ends_at)
