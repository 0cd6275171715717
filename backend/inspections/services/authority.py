"""Who may do what here, beyond what the crew's own grants say."""

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.core.errors import Forbidden

SYSTEM = "system"


def only_office(actor: Actor) -> None:
    """Raises `Forbidden` unless the actor is of the supervision office, or the product itself."""
    if not actor.has(Role.OFFICE, SYSTEM):
        raise Forbidden()
