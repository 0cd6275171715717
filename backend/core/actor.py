"""Who acts. Rooms below `accounts` know people only as this."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system itself) on whose authority something is done.

    `user_id` is None for the system. `county_id` is the tenant; nothing of another county exists for an actor.
    `deposit_only`: a revoked device or disabled user may hand in work, and nothing else (protocol, Pull: Errors).
    `vouched_by`: the reviewer (user id) who answers for work that its author had no authority for; where services ask
    for the author's grants and open account they let it pass, where they ask for states they do not.
    """

    user_id: int | None
    county_id: int
    name: str
    roles: frozenset[str] = frozenset()
    device_id: uuid.UUID | None = None
    deposit_only: bool = False
    vouched_by: int | None = None

    @property
    def person(self) -> int:
        """The user id of an actor that is a person; the system has none and never gets here."""
        if self.user_id is None:
            raise TypeError("the system is not a person")
        return self.user_id

    def has(self, *roles: str) -> bool:
        """Whether the actor holds any of `roles`."""
        return not self.roles.isdisjoint(roles)


def system(county_id: int) -> Actor:
    """The product acting by itself: schedules, sealing, delivery."""
    return Actor(user_id=None, county_id=county_id, name="系统", roles=frozenset({"system"}))
