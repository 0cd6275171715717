"""Nobody is sent where a conflict of interest forbids it, and no check of an institution without its officers.

The draw keeps these rules by itself; here they are kept for crews that somebody puts together by hand.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from backend.accounts.models import User
from backend.core import clock
from backend.core.errors import Invalid
from backend.inspections.models import Assignment, AssignmentState, CrewMember
from backend.inspections.rules.footing import footing
from backend.inspections.selectors import staying_away
from backend.registry.selectors import avoidance


@dataclass(frozen=True, slots=True)
class Sending:
    """Who is to be sent where, when, on what legal footing; `path` names the line in a refusal."""

    target: uuid.UUID
    people: Collection[int]
    day: dt.date
    kind: str
    path: str = "crew"


def check_crews(sendings: Sequence[Sending]) -> None:
    """Raises `Invalid` for the first crew that may not go, see `faults`."""
    for _, fault in faults(sendings):
        raise fault


def faults(sendings: Sequence[Sending]) -> Iterator[tuple[int, Invalid]]:
    """The number of every crew that may not go, with the first reason.

    `crew_conflict` with the people who must stay away, `crew_certificates` when too few hold an enforcement card that
    is good on the day (workflow.md sections 0 and 2).
    """
    wanted = {(user, one.target, one.day) for one in sendings for user in one.people}
    away, cards = staying_away.away(wanted), avoidance.held({user for user, _, _ in wanted})
    for number, one in enumerate(sendings):
        kept = sorted(user for user in one.people if (user, one.target, one.day) in away)
        if kept:
            yield number, _conflict(one, kept)
            continue
        needed = footing(one.kind).certificates
        officers = avoidance.officers({user: cards[user] for user in one.people}, one.day)
        if len(officers) < needed:
            text = f"行政检查须由{needed}名以上持有效行政执法证的人员实施，现有{len(officers)}名。"
            yield number, Invalid("crew_certificates", text, path=one.path, msg=text, target=str(one.target))


def _conflict(one: Sending, kept: Sequence[int]) -> Invalid:
    names = "、".join(User.objects.filter(pk__in=kept).order_by("pk").values_list("name", flat=True))
    text = f"{names}与检查对象存在利害关系，当日应当回避。"
    return Invalid("crew_conflict", text, path=one.path, msg=text, users=list(kept), target=str(one.target))


def sendings_of(county_id: int, assignment_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, Sending]]:
    """Of those of these assignments that are still only planned, who is to be sent where; at the earliest today."""
    people: dict[uuid.UUID, set[int]] = defaultdict(set)
    for assignment, user in CrewMember.objects.filter(
        assignment__in=assignment_ids, assignment__county_id=county_id, ended_at__isnull=True
    ).values_list("assignment", "user"):
        people[assignment].add(user)
    rows = Assignment.objects.filter(pk__in=people, state=AssignmentState.PLANNED)
    planned, today = {row.pk: row for row in rows.only("pk", "target", "scheduled_on", "kind")}, clock.today()
    found = [(number, planned[pk]) for number, pk in enumerate(assignment_ids) if pk in planned]
    return [
        (row.pk, Sending(row.target_id, people[row.pk], max(row.scheduled_on, today), row.kind, f"ids.{number}"))
        for number, row in found
    ]
