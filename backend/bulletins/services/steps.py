"""Taking a step in the life of a bulletin: one transaction, one row of history, one audit line."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backend.bulletins.models import Bulletin, BulletinTransition
from backend.bulletins.rules.lifecycle import STEPS, state_after
from backend.bulletins.selectors import bulletins
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Forbidden
from backend.journal.writing import Change, write


@dataclass
class Step:
    """A bulletin being changed inside a transaction, locked."""

    change: Change
    bulletin: Bulletin
    actor: Actor

    def check(self, action: str) -> str:
        """The state that `action` leads to. Raises `Forbidden`, `Conflict(bad_state)`."""
        permit(self.actor, action)
        return state_after(action, self.bulletin.state)

    def take(self, action: str, reason: str = "", **detail: Any) -> None:
        """Move the bulletin by the table and keep the step."""
        before, after = self.bulletin.state, self.check(action)
        self.bulletin.state = after
        remember(self.change, self.bulletin, action, before, reason, **detail)


def permit(actor: Actor, action: str) -> None:
    """Raises `Forbidden` unless one of the actor's roles takes this step."""
    if not actor.has(*STEPS[action].roles):
        raise Forbidden("may_not_sign", "您没有签发权限。") if action == "sign" else Forbidden()


def remember(change: Change, bulletin: Bulletin, action: str, before: str, reason: str = "", **detail: Any) -> None:
    """A row of history and an audit line."""
    BulletinTransition.objects.create(
        bulletin=bulletin,
        action=action,
        before=before,
        after=bulletin.state,
        actor_id=change.actor.user_id,
        actor_name=change.actor.name,
        at=clock.now(),
        reason=reason,
    )
    change.log(f"bulletin.{action}", bulletin, before=str(before), after=str(bulletin.state), reason=reason, **detail)


@contextmanager
def changing(*, actor: Actor, bulletin_id: uuid.UUID) -> Iterator[Step]:
    """A transaction about one locked bulletin, saved at its end. Raises `NotFound` for what is not the actor's."""
    with write(actor=actor) as change:
        step = Step(change, bulletins.locked(actor, bulletin_id), actor)
        yield step
        step.bulletin.save()
