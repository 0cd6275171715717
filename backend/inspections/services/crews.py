"""What a crew may read, and when: the grants that follow from an assignment."""

import datetime as dt

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.inspections.models import Assignment, CrewMember
from backend.inspections.selectors import crews
from backend.journal.writing import Change


def office(county_id: int) -> set[int]:
    """The ids of the office's people."""
    return people.with_role(county_id, [Role.OFFICE])


def leadership(county_id: int) -> set[int]:
    """The ids of the county's leadership."""
    return people.with_role(county_id, [Role.LEADERSHIP])


def enrol(assignment: Assignment, leader_id: int, member_ids: set[int], *, from_rev: int = 0) -> None:
    """Write down the crew; the leader always belongs to it. `from_rev`: the first revision that names them."""
    now = clock.now()
    CrewMember.objects.bulk_create(
        CrewMember(
            assignment=assignment,
            user_id=user_id,
            is_leader=user_id == leader_id,
            joined_at=now,
            from_rev=from_rev,
        )
        for user_id in sorted(member_ids | {leader_id})
    )


def dismiss(assignment: Assignment, user_ids: set[int]) -> None:
    """They no longer belong to the crew; that they did stays on record."""
    rows = CrewMember.objects.filter(assignment=assignment, user_id__in=user_ids, ended_at__isnull=True)
    rows.update(ended_at=clock.now(), upto_rev=crews.present_rev(assignment))


def open_to_leader(change: Change, assignment: Assignment) -> None:
    """The leader reads from the reveal on; the office from now."""
    starts_at = max(assignment.reveal_at, clock.now())
    _grant(change, assignment, assignment.leader_id, starts_at)
    for user_id in sorted(office(assignment.county_id) - {assignment.leader_id}):
        change.grant(user_id, assignment.scope)


def open_to_crew(change: Change, assignment: Assignment) -> None:
    """At departure everybody of the crew may read."""
    for user_id in sorted(crews.present(assignment) - {assignment.leader_id}):
        _grant(change, assignment, user_id, clock.now())


def admit(change: Change, assignment: Assignment, user_ids: set[int]) -> None:
    """They join a crew that has set out, and read what it reads from now on."""
    now, rev = clock.now(), crews.present_rev(assignment)
    rows = (CrewMember(assignment=assignment, user_id=one, joined_at=now, from_rev=rev) for one in sorted(user_ids))
    CrewMember.objects.bulk_create(rows)
    for user_id in sorted(user_ids):
        _grant(change, assignment, user_id, now)


def _grant(change: Change, assignment: Assignment, user_id: int, starts_at: dt.datetime) -> None:
    change.grant(user_id, assignment.scope, starts_at=starts_at)
    change.grant(user_id, assignment.target.scope, starts_at=starts_at)


def shut_out(change: Change, assignment: Assignment, user_id: int, *, at: dt.datetime | None = None) -> None:
    """`user_id` reads neither the crew's scope nor, unless sent there again, the target's history."""
    change.end_grant(user_id, assignment.scope, at=at)
    if assignment.target.reported_by != user_id and not crews.holds_another(user_id, assignment):
        change.end_grant(user_id, assignment.target.scope, at=at)


def shut(change: Change, assignment: Assignment, *, at: dt.datetime | None = None) -> None:
    """Nobody reads the crew's scope any longer; its people lose the target's history with it."""
    for user_id in sorted(crews.present(assignment)):
        shut_out(change, assignment, user_id, at=at)
    change.end_scope(assignment.scope, at=at)
