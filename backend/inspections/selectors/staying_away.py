"""Who must stay away from which unit: by a conflict of interest, or because they declared it on a task there."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterator

from backend.core import clock
from backend.inspections.models import Recusal
from backend.registry.models import ConflictOfInterest, ConflictState
from backend.registry.selectors import avoidance

Asked = tuple[int, uuid.UUID, dt.date]
"""A person, a target and a day."""


def away(wanted: Collection[Asked]) -> set[Asked]:
    """Those of `wanted` who may not go."""
    declared: dict[tuple[int, uuid.UUID], dt.date] = {}
    ids, targets = {user for user, _, _ in wanted}, {target for _, target, _ in wanted}
    for user_id, target, day in declared_on_tasks(ids, targets):
        declared[user_id, target] = min(day, declared.get((user_id, target), day))
    on_tasks = {one for one in wanted if one[:2] in declared and declared[one[:2]] <= one[2]}
    return avoidance.kept_away(wanted) | on_tasks


def away_from(people: Collection[int], target: uuid.UUID, day: dt.date) -> set[int]:
    """Those of `people` who may not go to `target` on `day`."""
    return {user_id for user_id, _, _ in away({(one, target, day) for one in people})}


def declared_on_tasks(ids: Collection[int], targets: Collection[uuid.UUID]) -> Iterator[Asked]:
    """Who declared on an assignment to stay away from a unit, and since when: they are not sent there again, until the
    office rejects a conflict of theirs with it that was decided later."""
    rejected: dict[tuple[int, uuid.UUID], dt.datetime] = {}
    lifted = ConflictOfInterest.objects.filter(user_id__in=ids, target__in=targets, state=ConflictState.REJECTED)
    for row in lifted.order_by("decided_at"):
        rejected[row.user_id, row.target_id] = row.decided_at or row.declared_at
    recusals = Recusal.objects.filter(user_id__in=ids, assignment__target__in=targets)
    for user_id, target, at in recusals.values_list("user_id", "assignment__target", "declared_at"):
        if (user_id, target) not in rejected or rejected[user_id, target] < at:
            yield user_id, target, clock.local_date(at)
