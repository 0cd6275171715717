"""Avoidance: staying away from a unit one is tied to (重庆市教育督导条例 art. 12)."""

import uuid

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Assignment, Recusal
from backend.inspections.selectors import crews as crew_rows
from backend.inspections.services import assignments, crews
from backend.journal.writing import write


def declare(*, actor: Actor, assignment_id: uuid.UUID, kind: str, reason: str = "") -> Recusal:
    """The actor stays away from this assignment: reading it ends at once, later work under it is refused.

    A second declaration changes nothing. Raises `NotFound` for those who do not belong to the crew, unless a reviewer
    answers for it.
    """
    with write(actor=actor) as change:
        assignment = assignments.locked(actor, assignment_id)
        user_id = actor.user_id
        if user_id is None or not _may_declare(actor, user_id, assignment):
            raise NotFound("assignment", assignment_id)
        recusal, new = Recusal.objects.get_or_create(
            assignment=assignment,
            user_id=user_id,
            defaults={"county_id": actor.county_id, "kind": kind, "reason": reason},
        )
        if new:
            crews.dismiss(assignment, {user_id})
            crews.shut_out(change, assignment, user_id)
            change.put(assignment)
            change.tell("recusal.declared", crews.office(actor.county_id) | {assignment.leader_id}, assignment)
            change.log("recusal.declared", recusal, assignment=str(assignment_id), kind=kind)
    return recusal


def _may_declare(actor: Actor, user_id: int, assignment: Assignment) -> bool:
    return actor.vouched_by is not None or crew_rows.ever_belonged(user_id, assignment)
