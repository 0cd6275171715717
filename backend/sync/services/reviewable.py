"""What waits for a person: operations that are quarantined, failed or came under an id already taken, and held ones
that nothing has come for in a day."""

import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from django.db.models import Q, QuerySet, Subquery

from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Invalid, NotFound
from backend.core.pages import Page, in_order
from backend.sync.models import Operation, Verdict
from backend.sync.models.verdict import REVIEWABLE, Status, undone
from backend.sync.registry import Context, Filed, registry

LONG_HELD = dt.timedelta(hours=24)
"""After this a held operation is shown to a person (protocol, Push)."""

MOST_SKEW_MS = 120_000
"""A device clock that is further off is pointed out to the reviewer (protocol, Push: Time)."""

CHUNK = 200
LOOKED_THROUGH = 5000
"""So many operations are read at once for the ids in them."""

UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
"""In any writing that rooms understand."""

AT_ONCE = (Status.QUARANTINED, Status.ERROR, Status.ID_REUSED)
"""Statuses about which a person may decide as soon as they are there; of held ones after a day."""


class _Sent(msgspec.Struct):
    data: msgspec.Raw = msgspec.Raw(b"")


def open_operations() -> QuerySet[Operation]:
    """Those that wait for a decision now, of all counties."""
    long_held = Q(verdict__status=Status.HELD, received_at__lte=clock.now() - LONG_HELD)
    rows = reviewable_operations().filter(Q(verdict__status__in=AT_ONCE) | long_held, review__isnull=True)
    return rows.select_related("verdict", "review")


def reviewable_operations() -> QuerySet[Operation]:
    """Those about which a person may decide, may decide later, or has decided; found from the few such verdicts."""
    return Operation.objects.filter(pk__in=Verdict.objects.filter(undone()).values("pk"))


def is_open(operation: Operation) -> bool:
    """Whether it waits for a decision now, its verdict being at hand; that nobody has decided is for the caller."""
    status = operation.verdict.status
    return status in AT_ONCE or (status == Status.HELD and operation.received_at <= clock.now() - LONG_HELD)


def matching(
    actor: Actor,
    *,
    status: str | None = None,
    code: str | None = None,
    user: int | None = None,
    decided: bool = False,
    waiting: bool = False,
) -> QuerySet[Operation]:
    """Operations of the actor's county that are open, or with `decided` those that somebody has decided about.

    With `waiting` also the held ones younger than a day. Not yet narrowed to those the actor may see: see `page`.
    """
    rows = reviewable_operations() if decided or waiting else open_operations()
    rows = rows.filter(county_id=actor.county_id, review__isnull=not decided)
    wanted = {"verdict__status": status, "verdict__code": code, "user_id": user}
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def page(
    actor: Actor, rows: QuerySet[Operation], *, limit: int, after: uuid.UUID | None = None
) -> tuple[Page[Operation], dict[uuid.UUID, Context]]:
    """One page of those of `rows` that `actor` may review, oldest first by when they arrived, with their contexts.

    What an operation is about is known to the rooms, not to a column: it is asked for in chunks until the page is full.
    Raises `Invalid(bad_page)`.
    """
    rows = _after(rows, after).select_related(None).order_by("received_at", "pk")
    found: list[Operation] = []
    told: dict[uuid.UUID, Context] = {}
    for ids in [_first(rows, limit + 1)] if registry.oversees(actor) else _near(actor, rows):
        chunk = _read(ids)
        about = contexts(chunk)
        mine = [row for row in chunk if may_review(actor, about[row.pk])]
        found += mine
        told |= {row.pk: about[row.pk] for row in mine}
        if len(found) > limit:
            break
    if not found:
        _check_mark(after)
    mark = str(found[limit - 1].pk) if len(found) > limit else None
    return Page(found[:limit], mark), told


def _first(rows: QuerySet[Operation], size: int) -> list[uuid.UUID]:
    """The first of `rows`: put in order by their keys alone, for bodies are long."""
    return list(rows.values_list("pk", flat=True)[:size])


def _near(actor: Actor, rows: QuerySet[Operation]) -> Iterator[list[uuid.UUID]]:
    """Those of `rows` that name something about which `actor` decides first, a chunk at a time: of the others there may
    be thousands, which are only looked through for ids."""
    names = {_bare(name) for name in registry.near(actor)}
    while names:
        batch = list(rows.values_list("pk", "received_at", "object_id", "body")[:LOOKED_THROUGH])
        near = [pk for pk, _, named, body in batch if not names.isdisjoint(map(_bare, (named, *UUID.findall(body))))]
        for start in range(0, len(near), CHUNK):
            yield near[start : start + CHUNK]
        if len(batch) < LOOKED_THROUGH:
            return
        rows = _behind(rows, *batch[-1][:2])


def _bare(name: str) -> str:
    """However it is written."""
    return name.replace("-", "").lower()


def _read(ids: Sequence[uuid.UUID]) -> list[Operation]:
    return in_order(Operation.objects.select_related("verdict", "review"), ids)


def _after(rows: QuerySet[Operation], mark: uuid.UUID | None) -> QuerySet[Operation]:
    if mark is None:
        return rows
    at = Subquery(Operation.objects.filter(pk=mark).values("received_at")[:1])
    return rows.filter(Q(received_at__gt=at) | Q(received_at=at, pk__gt=mark))


def _check_mark(mark: uuid.UUID | None) -> None:
    """An empty page may be one behind a mark that is none of ours."""
    if mark is not None and not Operation.objects.filter(pk=mark).exists():
        raise Invalid("bad_page", "翻页标记无效，请从第一页重新开始。")


def _behind(rows: QuerySet[Operation], last: uuid.UUID, at: dt.datetime) -> QuerySet[Operation]:
    return rows.filter(Q(received_at__gt=at) | Q(received_at=at, pk__gt=last))


def get(actor: Actor, op: uuid.UUID) -> tuple[Operation, Context]:
    """One held or quarantined operation. Raises `NotFound` for unknown and for not the actor's to review."""
    return seen(actor, op, Operation.objects.filter(verdict__status__in=REVIEWABLE))


def seen(actor: Actor, op: uuid.UUID, rows: QuerySet[Operation]) -> tuple[Operation, Context]:
    """The one of `rows`, if the actor may review it. Raises `NotFound`."""
    operation = rows.filter(pk=op, county_id=actor.county_id).select_related("verdict", "review").first()
    if operation is None:
        contexts([_nothing(actor, op)])  # what is not there takes as long as what is not theirs
        raise NotFound("operation", op)
    return operation, reviewed_by(actor, operation)


def _nothing(actor: Actor, op: uuid.UUID) -> Operation:
    """An operation that nobody sent, about nothing."""
    return Operation(pk=op, county_id=actor.county_id, user_id=0, kind="visit", verb="", object_id=str(op), body="{}")


def reviewed_by(actor: Actor, operation: Operation) -> Context:
    """What it is about. Raises `NotFound` unless the actor may review it."""
    context = contexts([operation])[operation.pk]
    if not may_review(actor, context):
        raise NotFound("operation", operation.pk)
    return context


def may_review(actor: Actor, context: Context) -> bool:
    """The overseers of the county everything, everybody else what they are named for."""
    return registry.oversees(actor) or actor.user_id in context.first


def contexts(operations: Iterable[Operation]) -> dict[uuid.UUID, Context]:
    """What each is about, by its id; asked room by room, all of a room's at once."""
    by_kind: dict[int, list[Filed]] = defaultdict(list)
    told: dict[uuid.UUID, Context] = {}
    reviewers = {}
    for operation in operations:
        told[operation.pk] = Context(id=operation.object_id)
        reviewer = registry.reviewer_of(operation.kind)
        if reviewer is not None:
            reviewers[id(reviewer)] = reviewer
            by_kind[id(reviewer)].append(filed(operation))
    for key, waiting in by_kind.items():
        answers: Sequence[Context] = reviewers[key].contexts(waiting)
        told |= {one.op: context for one, context in zip(waiting, answers, strict=True)}
    return told


def filed(operation: Operation) -> Filed:
    """An operation as the rooms are asked about it."""
    text = _data(operation.body)
    return Filed(
        county_id=operation.county_id,
        user_id=operation.user_id,
        op=operation.pk,
        kind=operation.kind,
        verb=operation.verb,
        id=operation.object_id,
        data=readable(text),
        text=text,
        n=operation.n,
        device_at=operation.device_at,
        received_at=operation.received_at,
    )


def _data(body: str) -> str:
    """The `data` of an operation as JSON text; all of it where it is no operation."""
    try:
        return bytes(msgspec.json.decode(body.encode(), type=_Sent).data).decode()
    except (msgspec.DecodeError, RecursionError):
        return body


def readable(text: str) -> Any:
    """JSON as values that can be written out again, None where it holds none."""
    try:
        return codec.loads(codec.dumps(codec.loads(text)))
    except (ValueError, TypeError, RecursionError):
        return None
