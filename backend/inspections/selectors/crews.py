"""Who belongs, or ever belonged, to the crew of an assignment."""

import datetime as dt
from typing import NamedTuple

from backend.core import clock, statements
from backend.core.actor import Actor
from backend.core.lookup import find, instant, kept
from backend.inspections.models import Assignment, CrewMember, Recusal
from backend.journal.models import FeedRow


def is_recused(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` has declared to stay away from it."""
    return bool(find(Recusal, only=["id"], assignment_id=assignment.pk, user_id=user_id))


def ever_belonged(user_id: int, assignment: Assignment) -> bool:
    """Whether `user_id` was of the crew and could read its scope at any time up to now.

    Late work is judged by the authority it was done under, not by when it arrives (protocol, Push).
    """
    return bool(terms(user_id, assignment))


class Term(NamedTuple):
    """Somebody's time in the crew, and a time in which they might read its scope; `ended_at` None: not yet."""

    is_leader: bool
    joined_at: dt.datetime
    ended_at: dt.datetime | None
    read_from: dt.datetime
    read_until: dt.datetime | None


TERMS = """
    SELECT c.is_leader, c.joined_at, c.ended_at, g.starts_at, g.ends_at, c.from_rev, c.upto_rev
    FROM inspections_crewmember c JOIN journal_grant g ON g.user_id = c.user_id
    WHERE c.assignment_id = %s AND c.user_id = %s AND g.scope = %s
"""


def terms(user_id: int, assignment: Assignment, *, rev: int = 0) -> list[Term]:
    """When `user_id` was of the crew and could read the revision `rev` of the assignment; 0: any revision.

    A term ends with a reassignment. A revision beyond the present one counts as the present one: it belongs to a life
    of the database that was lost in a restore, and whoever is of the crew now may go on.
    """
    of = kept(CrewMember, assignment_id=assignment.pk, user_id=user_id)
    found = statements.rows(TERMS, [*of, assignment.scope])
    stood = [row for row in found if not rev or (row[5] <= rev and (row[6] is None or rev <= row[6]))]
    ran = [Term(bool(row[0]), *map(instant, row[1:5])) for row in stood]  # type: ignore[arg-type]
    return [term for term in ran if _was_read(term)]


def _was_read(term: Term) -> bool:
    """Whether the grant ran within the term. One that was taken back before it began never did."""
    starts_at, ends_at = term.read_from, term.read_until
    begun = starts_at <= clock.now() and (ends_at is None or starts_at <= ends_at)
    before_end = term.ended_at is None or starts_at <= term.ended_at
    return begun and before_end and (ends_at is None or term.joined_at <= ends_at)


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
