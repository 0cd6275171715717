"""Reading people: as actors, and as lists that a caller may see."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from backend.accounts.models import RoleAssignment, User
from backend.accounts.roles import Role
from backend.core import clock, statements
from backend.core.actor import Actor
from backend.core.lookup import among, find
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


HOLDERS = """
    SELECT r.user_id FROM accounts_roleassignment r
    WHERE r.role {held} AND r.starts_at <= %s AND (r.ends_at IS NULL OR r.ends_at > %s)
    AND (SELECT u.is_active AND u.county_id = %s FROM accounts_user u WHERE u.id = r.user_id)
"""
"""By the role, which few hold, and only then by the person."""


def with_role(county_id: int, roles: Iterable[str]) -> set[int]:
    """Ids of the county's active people who hold any of `roles` now."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    held, wanted = among([str(role) for role in roles])
    return {user_id for (user_id,) in statements.rows(HOLDERS.format(held=held), [wanted, now, now, county_id])}


def holders(county_id: int, roles: Iterable[str]) -> QuerySet[User]:
    """The same people as `with_role`, for a query that asks more about them."""
    held = RoleAssignment.objects.filter(in_term(clock.now()), role__in=[str(role) for role in roles])
    return User.objects.filter(county_id=county_id, is_active=True, pk__in=held.values("user_id"))


def _holds(row: RoleAssignment) -> bool:
    now = clock.now()
    return row.starts_at <= now and (row.ends_at is None or now < row.ends_at)
