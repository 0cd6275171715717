"""Taking a step in the life of a bulletin or a circular: one transaction, one row of history, one audit line."""

import uuid
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from backend.bulletins.models import Bulletin, Circular
from backend.bulletins.rules.lifecycle import STEPS, state_after
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Forbidden
from backend.journal.writing import Change, write

P = TypeVar("P", Bulletin, Circular)
Locked = Callable[[Actor, uuid.UUID], P]
"""A selector that locks one paper of the actor's, or raises `NotFound`."""


@dataclass
class Step(Generic[P]):
    """A paper being changed inside a transaction, locked."""

    change: Change
    paper: P
    actor: Actor

    def check(self, action: str) -> str:
        """The state that `action` leads to. Raises `Forbidden`, `Conflict(bad_state)`."""
        permit(self.actor, action)
        return state_after(action, self.paper.state, str(self.paper._meta.verbose_name))

    def take(self, action: str, reason: str = "", **detail: Any) -> None:
        """Move the paper by the table and keep the step."""
        before, after = self.paper.state, self.check(action)
        self.paper.state = after
        remember(self.change, self.paper, action, before, reason, **detail)

    def tell(self, what: str, people: Set[int], **detail: Any) -> None:
        """Tell `people` (ids) what has become of the paper."""
        self.change.tell(f"{self.paper.journal_kind}.{what}", people, self.paper, title=self.paper.title, **detail)


def permit(actor: Actor, action: str) -> None:
    """Raises `Forbidden` unless one of the actor's roles takes this step."""
    if not actor.has(*STEPS[action].roles):
        raise Forbidden("may_not_sign", "您没有签发权限。") if action == "sign" else Forbidden()


def remember(change: Change, paper: P, action: str, before: str, reason: str = "", **detail: Any) -> None:
    """A row of history and an audit line."""
    paper.transitions.create(
        action=action,
        before=before,
        after=paper.state,
        actor_id=change.actor.user_id,
        actor_name=change.actor.name,
        at=clock.now(),
        reason=reason,
    )
    verb = f"{paper.journal_kind}.{action}"
    change.log(verb, paper, before=str(before), after=str(paper.state), reason=reason, **detail)


@contextmanager
def changing(*, locked: Locked[P], actor: Actor, paper_id: uuid.UUID) -> Iterator[Step[P]]:
    """A transaction about one paper, locked and saved at its end. Raises `NotFound` for what is not the actor's."""
    with write(actor=actor) as change:
        step = Step(change, locked(actor, paper_id), actor)
        yield step
        step.paper.save()
