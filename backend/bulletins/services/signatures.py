"""By what right somebody signs a paper, and what it then says."""

from dataclasses import dataclass, replace

from backend.accounts.roles import Role
from backend.bulletins.rules.lifecycle import DEPUTY
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.notices.selectors import deputies


@dataclass(frozen=True, slots=True)
class Signature:
    """`actor` as whom the step is taken, `printed` the name on the paper."""

    actor: Actor
    printed: str

    def check_review(self, reviewer_id: int | None) -> None:
        """A deputy does not sign what they reviewed. Raises `Conflict(own_review)`."""
        if self.actor.has(DEPUTY) and reviewer_id == self.actor.user_id:
            raise Conflict("own_review", "代签人不能签发本人审核的稿件。")


def of(actor: Actor) -> Signature:
    """Of one of the leadership, or of their deputy today; of anybody else without any right to sign."""
    appointment = None if actor.has(Role.LEADERSHIP) else deputies.of(actor)
    if appointment is None:
        return Signature(actor, actor.name)
    return Signature(replace(actor, roles=actor.roles | {DEPUTY}), appointment.printed)
