"""Who may sync, and who the author of an operation is."""

from backend.accounts.models import User
from backend.accounts.roles import PHONE_ROLES, Role
from backend.accounts.selectors.people import roles_of, with_role
from backend.core.actor import Actor
from backend.sync.models import Operation
from backend.sync.people import author_lookup
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
