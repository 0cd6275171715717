"""What bulletins and circulars have in common on their way: reviewed, sent back, opened by a reader."""

import uuid

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.services.steps import Locked, P, changing
from backend.core.actor import Actor
from backend.journal.writing import write


def review(*, locked: Locked[P], actor: Actor, paper_id: uuid.UUID) -> P:
    """The office has checked the draft; leadership is told that it waits. Raises as `Step.take`."""
    with changing(locked=locked, actor=actor, paper_id=paper_id) as step:
        step.take("review")
        step.paper.reviewed_by, step.paper.reviewer_id = actor.name, actor.user_id
        step.tell("reviewed", people.with_role(actor.county_id, {Role.LEADERSHIP}))
    return step.paper


def revise(*, locked: Locked[P], actor: Actor, paper_id: uuid.UUID, reason: str) -> P:
    """Back to the draft, with a reason; the office is told. Raises like `review`."""
    with changing(locked=locked, actor=actor, paper_id=paper_id) as step:
        step.take("revise", reason)
        step.paper.reviewed_by, step.paper.reviewer_id = "", None
        step.tell("revised", people.with_role(actor.county_id, {Role.OFFICE}))
    return step.paper


def opened(*, actor: Actor, paper: P) -> None:
    """Keep when a reader first opened a published paper."""
    if paper.state != State.PUBLISHED or actor.user_id is None:
        return
    if paper.receipts.filter(user_id=actor.user_id).exists():
        return
    with write(actor=actor) as change:
        _, first = paper.receipts.get_or_create(user_id=actor.user_id, defaults={"name": actor.name})
        if first:
            change.log(f"{paper.journal_kind}.opened", paper)
