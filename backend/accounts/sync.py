"""Who may sync, who the author of an operation is, and what is known of a device."""

import uuid
from collections.abc import Iterable

from backend.accounts import tokens
from backend.accounts.models import Device, User
from backend.accounts.roles import PHONE_ROLES, Role
from backend.accounts.selectors.people import roles_of, with_role
from backend.core.actor import Actor
from backend.sync.models import Operation
from backend.sync.people import DeviceCard, author_lookup, card_reader, name_reader, token_reader
from backend.sync.registry import registry

registry.oversee(Role.OFFICE, people=lambda county_id: with_role(county_id, [Role.OFFICE]))
registry.allow(*PHONE_ROLES, Role.OFFICE, Role.DEPARTMENT_HEAD, Role.LEADERSHIP)


@author_lookup
def author(operation: Operation) -> Actor:
    """The author with the roles held now; an account that is gone acts with none."""
    user = User.objects.filter(pk=operation.user_id, county_id=operation.county_id).first()
    return Actor(
        user_id=operation.user_id,
        county_id=operation.county_id,
        name=user.name if user else "",
        roles=roles_of(user) if user else frozenset(),
        device_id=operation.device_id,
    )


@name_reader
def names(user_ids: Iterable[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "name"))


@token_reader
def device_of_token(token: str) -> uuid.UUID:
    device: uuid.UUID = tokens.read_access(token)["device"]
    return device


@card_reader
def cards(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeviceCard]:
    rows = Device.objects.filter(pk__in=list(ids)).select_related("user")
    return {
        row.pk: DeviceCard(
            name=row.name,
            platform=row.platform,
            user=row.user_id,
            user_name=row.user.name,
            seen_at=row.seen_at,
            revoked=row.revoked_at is not None,
        )
        for row in rows
    }
