"""Taking a step in the life of a circular: one transaction, one row of history, one audit line."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backend.bulletins.models import Circular, CircularTransition
from backend.bulletins.rules.lifecycle import state_after
from backend.bulletins.selectors import circulars
from backend.bulletins.services.steps import permit
from backend.core import clock
from backend.core.actor import Actor
from backend.journal.writing import Change, write

PAPER = "通报"


@dataclass
class Step:
    """A circular being changed inside a transaction, locked."""

    change: Change
    circular: Circular
    actor: Actor

    def check(self, action: str) -> str:
        """The state that `action` leads to. Raises `Forbidden`, `Conflict(bad_state)`."""
        permit(self.actor, action)
        return state_after(action, self.circular.state, PAPER)

    def take(self, action: str, reason: str = "", **detail: Any) -> None:
        """Move the circular by the table and keep the step."""
        before, after = self.circular.state, self.check(action)
        self.circular.state = after
        remember(self.change, self.circular, action, before, reason, **detail)


def remember(change: Change, circular: Circular, action: str, before: str, reason: str = "", **detail: Any) -> None:
    """A row of history and an audit line."""
    CircularTransition.objects.create(
        circular=circular,
        action=action,
        before=before,
        after=circular.state,
        actor_id=change.actor.user_id,
        actor_name=change.actor.name,
        at=clock.now(),
        reason=reason,
    )
    change.log(f"circular.{action}", circular, before=str(before), after=str(circular.state), reason=reason, **detail)


@contextmanager
def changing(*, actor: Actor, circular_id: uuid.UUID) -> Iterator[Step]:
    """A transaction about one locked circular, saved at its end. Raises `NotFound` for what is not the actor's."""
    with write(actor=actor) as change:
        step = Step(change, circulars.locked(actor, circular_id), actor)
        yield step
        step.circular.save()
