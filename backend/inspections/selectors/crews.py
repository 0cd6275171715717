"""Who belongs, or ever belonged, to the crew of an assignment."""

from backend.core.actor import Actor
from backend.core.lookup import find
from backend.inspections.models import Assignment, CrewMember, Recusal
from backend.journal import grants


def is_recused(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` has declared to stay away from it."""
    return bool(find(Recusal, assignment_id=assignment.pk, user_id=user_id))


def ever_belonged(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` was of the crew and could read its scope at any time up to now.

    Late work is judged by the authority it was done under, not by when it arrives (protocol, Push).
    """
    belonged = find(CrewMember, assignment_id=assignment.pk, user_id=user_id)
    return bool(belonged) and grants.was_ever_granted(user_id, assignment.scope)


def works_on(actor: Actor, assignment: Assignment) -> bool:
    """Whether `actor` has, or had, the authority to work on this visit."""
    return actor.user_id is not None and ever_belonged(actor.user_id, assignment)


def present(assignment: Assignment) -> set[int]:
    """The ids of those who belong to the crew now, the leader included."""
    return set(assignment.crew.filter(ended_at__isnull=True).values_list("user_id", flat=True))


def holds_another(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` is in the crew of another open assignment at the same target."""
    rows = CrewMember.objects.filter(
        user_id=user_id,
        ended_at__isnull=True,
        assignment__target_id=assignment.target_id,
        assignment__state__in=["released", "accepted", "departed"],
    )
    return rows.exclude(assignment=assignment).exists()
