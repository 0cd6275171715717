"""What bulletins and circulars have in common on their way: reviewed, sent back, opened by a reader."""

import uuid

from django.db import IntegrityError

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.services.steps import Locked, P, changing
from backend.core import clock
from backend.core.actor import Actor
from backend.journal.rows import Row
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


def opened(*, actor: Actor, paper: P, before: bool | None = None) -> None:
    """Keep when a reader first opened a published paper. `before`: whether they had opened it, if the caller knows.

    It happens while somebody waits for a page, so it is written without looking again: of two requests of one reader
    that come at the same time the database refuses the later one, with its audit line.
    """
    if paper.state != State.PUBLISHED or actor.user_id is None:
        return
    mine = paper.receipts.filter(user_id=actor.user_id)
    if mine.exists() if before is None else before:
        return
    own = {f"{paper.journal_kind}_id": paper.pk, "user_id": actor.user_id, "name": actor.name, "read_at": clock.now()}
    try:
        with write(actor=actor) as change:
            change.batch.insert([Row(paper.receipts.model, **own)])
            change.log(f"{paper.journal_kind}.opened", paper)
    except IntegrityError:
        if not mine.exists():
            raise
