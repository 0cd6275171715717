"""Somebody drops out of a crew that goes on without them: ill, called away, needed elsewhere."""

import uuid

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Assignment
from backend.inspections.models.lifecycle import assignment_after
from backend.inspections.selectors import crews as crew_rows
from backend.inspections.services import assignments, crews, field
from backend.journal.writing import Change, write


def leave(*, actor: Actor, assignment_id: uuid.UUID, reason: str, successor: int | None = None) -> Assignment:
    """The actor belongs to the crew no longer; a leader hands over to `successor`, another of the crew.

    Reading ends at once. What they did stays under their name, and what their phone still holds is accepted when it
    arrives (protocol, Push). Leaving twice changes nothing. Raises `NotFound` for those who never belonged to the crew,
    `Conflict(bad_state)` before the release and after the end, `Invalid(invalid, path)`.
    """
    if not reason.strip():
        raise field.refuse("reason", "中途退出须写明原因。", because="reason_missing")
    with write(actor=actor) as change:
        assignment = assignments.locked(actor, assignment_id)
        user_id = actor.user_id
        if user_id is None or not field.may_work(actor, assignment):
            raise NotFound("assignment", assignment_id)
        crew = crew_rows.present(assignment)
        if user_id not in crew:
            return assignment
        assignment.state = assignment_after("leave", assignment.state)
        if assignment.leader_id == user_id:
            _hand_over(change, assignment, successor, crew - {user_id})
        crews.dismiss(assignment, {user_id})
        crews.shut_out(change, assignment, user_id)
        change.put(assignment)
        change.tell("crew.left", (crews.office(actor.county_id) | {assignment.leader_id}) - {user_id}, assignment)
        change.log("crew.left", assignment, user=user_id, reason=reason, leader=assignment.leader_id)
    return assignment


def _hand_over(change: Change, assignment: Assignment, successor: int | None, others: set[int]) -> None:
    if successor is None or successor not in others:
        raise field.refuse("successor", "组长中途退出须指定本组一名成员接任。", because="successor_missing")
    assignment.leader_id = successor
    assignment.save(update_fields=["leader"])
    assignment.crew.filter(ended_at__isnull=True, user_id=successor).update(is_leader=True)
    crews.open_to_leader(change, assignment)
