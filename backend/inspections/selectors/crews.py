"""Who belongs, or ever belonged, to the crew of an assignment."""

from backend.core import clock
from backend.core.actor import Actor
from backend.core.lookup import find
from backend.inspections.models import Assignment, CrewMember, Recusal
from backend.journal.models import FeedRow, Grant


def is_recused(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` has declared to stay away from it."""
    return bool(find(Recusal, only=["id"], assignment_id=assignment.pk, user_id=user_id))


def ever_belonged(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` was of the crew and could read its scope at any time up to now.

    Late work is judged by the authority it was done under, not by when it arrives (protocol, Push).
    """
    return bool(terms(user_id, assignment))


def terms(user_id: int, assignment: Assignment, *, rev: int = 0) -> list[CrewMember]:
    """When `user_id` was of the crew and could read the revision `rev` of the assignment; 0: any revision.

    A term ends with a reassignment. A revision beyond the present one counts as the present one: it belongs to a life
    of the database that was lost in a restore, and whoever is of the crew now may go on.
    """
    rows = find(CrewMember, assignment_id=assignment.pk, user_id=user_id)
    stood = [row for row in rows if not rev or (row.from_rev <= rev and (row.upto_rev is None or rev <= row.upto_rev))]
    held = find(Grant, user_id=user_id, scope=assignment.scope) if stood else []
    return [row for row in stood if any(_was_read(row, grant) for grant in held)]


def _was_read(row: CrewMember, grant: Grant) -> bool:
    """Whether the grant ran within the term. One that was taken back before it began never did."""
    begun = grant.starts_at <= clock.now() and (grant.ends_at is None or grant.starts_at <= grant.ends_at)
    before_end = row.ended_at is None or grant.starts_at <= row.ended_at
    return begun and before_end and (grant.ends_at is None or row.joined_at <= grant.ends_at)


def present_rev(assignment: Assignment) -> int:
    """The revision at which phones have the assignment; 0 while it was never released."""
    rows = find(FeedRow, only=["rev"], kind=assignment.journal_kind, object_id=str(assignment.pk))
    return max((row.rev for row in rows), default=0)


def works_on(actor: Actor, assignment: Assignment) -> bool:
    """Whether `actor` has, or had, the authority to work on this visit."""
    return actor.user_id is not None and ever_belonged(actor.user_id, assignment)


def present(assignment: Assignment) -> set[int]:
    """The ids of those who belong to the crew now, the leader included."""
    return set(assignment.crew.filter(ended_at__isnull=True).values_list("user_id", flat=True))


def members(assignment: Assignment) -> set[int]:
    """The ids of everybody who ever belonged to the crew."""
    return set(assignment.crew.values_list("user_id", flat=True))


def holds_another(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` is in the crew of another open assignment at the same target."""
    rows = CrewMember.objects.filter(
        user_id=user_id,
        ended_at__isnull=True,
        assignment__target_id=assignment.target_id,
        assignment__state__in=["released", "accepted", "departed"],
    )
    return rows.exclude(assignment=assignment).exists()
