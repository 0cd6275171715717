"""Opening many accounts at once, in a number of statements that does not grow with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from backend.accounts.models import RoleAssignment, User
from backend.accounts.roles import PHONE_ROLES
from backend.accounts.services.people import checked_roles, only_office
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.journal.writing import write


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to open."""

    username: str
    name: str
    role: str
    phone: str = ""


def create_users(*, actor: Actor, users: Sequence[NewUser], password_hash: str | None = None) -> list[User]:
    """New accounts of the actor's county, all or none; `password_hash` (from `make_password`) is that of all of them.

    Without one they wait for their start codes. Raises `Forbidden`, `Conflict(username_taken)`, `Invalid(roles)`.
    """
    only_office(actor)
    for role in {user.role for user in users}:
        checked_roles([role])
    _check_names([user.username for user in users])
    password = password_hash or make_password(None)
    with write(actor=actor) as change:
        rows = User.objects.bulk_create(
            [
                User(username=u.username, name=u.name, phone=u.phone, county_id=actor.county_id, password=password)
                for u in users
            ]
        )
        RoleAssignment.objects.bulk_create(
            [RoleAssignment(user=row, role=user.role) for row, user in zip(rows, users, strict=True)]
        )
        for row, user in zip(rows, users, strict=True):
            change.grant(row.pk, row.scope)
            if user.role in PHONE_ROLES:
                change.grant(row.pk, f"county:{actor.county_id}")
            change.log("user.created", row, roles=[user.role])
    return rows


def _check_names(names: list[str]) -> None:
    taken = set(User.objects.filter(username__in=names).values_list("username", flat=True))
    taken |= {name for name in names if names.count(name) > 1}
    if taken:
        raise Conflict("username_taken", f"账号“{min(taken)}”已被使用。")
