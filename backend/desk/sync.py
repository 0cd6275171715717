"""What the office reads of the sync engine: work that waits for a person, and phones with work not sent yet."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Count, Q

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Problem
from backend.core.pages import DEFAULT_LIMIT, Page
from backend.sync import people, reporting
from backend.sync.models import DeviceReport, Operation, Review
from backend.sync.models.verdict import Status
from backend.sync.registry import Context
from backend.sync.services import reviewable, reviewing
from backend.sync.services.reviewing import accept, dismiss, refile

__all__ = ["Waiting", "accept", "decide_each", "dismiss", "one", "phones", "refile", "stuck", "unsent", "waiting"]


class Waiting(NamedTuple):
    """An operation on the desk, what it is about, who made it, and whether somebody may decide about it now."""

    row: Operation
    context: Context
    author: str
    open: bool

    @property
    def fate(self) -> Review | None:
        """What was decided; None where nobody has."""
        return self.row.verdict.fate

    @property
    def skewed(self) -> bool:
        """Whether the clock of its phone was off by more than two minutes."""
        return abs(self.row.offset_ms or 0) > reviewable.MOST_SKEW_MS


def stuck(actor: Actor) -> dict[str, int]:
    """How much waits for a person, how much for something else, and how many phones hold work; two queries."""
    rows = reviewable.reviewable_operations().filter(county_id=actor.county_id, review__isnull=True)
    old, held = clock.now() - reviewable.LONG_HELD, Q(verdict__status=Status.HELD)
    counts = rows.order_by().aggregate(
        quarantined=Count("pk", filter=Q(verdict__status__in=reviewable.AT_ONCE)),
        held=Count("pk", filter=held & Q(received_at__lte=old)),
    )
    unsent = DeviceReport.objects.filter(county_id=actor.county_id, unsent_since__isnull=False)
    return counts | {"phones": unsent.count()}


def waiting(actor: Actor, wanted: Mapping[str, Any], *, after: uuid.UUID | None) -> Page[Waiting]:
    """One page of what the actor may decide about, oldest first; `wanted` as in `reviewable.matching`."""
    rows = reviewable.matching(actor, **wanted)
    found, contexts = reviewable.page(actor, rows, limit=DEFAULT_LIMIT, after=after)
    names = people.names(row.user_id for row in found.rows)
    told = [Waiting(row, contexts[row.pk], names.get(row.user_id, ""), _is_open(row)) for row in found.rows]
    return Page(told, found.next)


def one(actor: Actor, op: uuid.UUID) -> Waiting:
    """One operation. Raises `NotFound` for unknown and for not the actor's to review."""
    row, context = reviewable.get(actor, op)
    return Waiting(row, context, people.author(row).name, _is_open(row))


def decide_each(
    actor: Actor, ops: Sequence[uuid.UUID], *, outcome: str, reason: str
) -> list[tuple[uuid.UUID, str, str]]:
    """One decision about several, each by itself: (operation, what it is about, why not; "" where it was decided).

    What cannot be decided changes nothing and holds up none of the others.
    """
    return [(op, *_decided(actor, reviewing.Decision(op, outcome, reason))) for op in ops]


def _decided(actor: Actor, decision: reviewing.Decision) -> tuple[str, str]:
    title = ""
    try:
        title = reviewable.get(actor, decision.op)[1].title
        reviewing.decide(actor=actor, decision=decision)
    except Problem as refused:
        return title, refused.detail
    return title, ""


def _is_open(row: Operation) -> bool:
    return row.verdict.fate is None and reviewable.is_open(row)


def content(row: Operation) -> Any:
    """What was sent, as values; the text itself where it is no JSON."""
    found = reviewable.readable(row.body)
    return row.body if found is None else found


def phones(
    actor: Actor, *, unsent: bool = False, failing: bool = False, after: uuid.UUID | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """The county's phones with what each last told of itself, and whether there are more than one page of them."""
    return reporting.devices(actor.county_id, unsent=unsent, failing=failing, after=after, limit=DEFAULT_LIMIT)


LATE = reviewing.LATE
"""The code of work that came after its visit was submitted."""


def unsent(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DeviceReport]:
    """What these devices last told of their work; those that never told are missing."""
    return DeviceReport.objects.in_bulk(ids)
