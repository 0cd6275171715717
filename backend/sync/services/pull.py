"""Pull: the rows a phone lacks, from stored documents (protocol, Pull)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter

import msgspec
from django.db import connection

from backend.core import clock, statements
from backend.core.actor import Actor
from backend.journal import grants
from backend.journal.reading import snapshot
from backend.sync import cursors
from backend.sync.models.state import SyncState, state
from backend.sync.services.reports import count_resets
from backend.sync.wire import PullIn

Row = tuple[int, int, str, str, bytes | None]
"""scope key, number, kind, object id, document as it is stored"""

Sent = tuple[str, str, str, msgspec.Raw | None]
"""scope, kind, object id, document, as on the wire"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as ready JSON, and the epoch that it and its cursor belong to."""

    body: bytes
    epoch: str


@dataclass(slots=True)
class _Pull:
    """One pull in the making."""

    state: SyncState
    actor: Actor
    sent: str | None
    position: cursors.Position
    began: cursors.Position
    scopes: dict[str, grants.Standing] = field(default_factory=dict)
    visible: set[str] = field(default_factory=set)
    drop: list[str] = field(default_factory=list)
    reset: list[str] = field(default_factory=list)
    by_sum: list[str] = field(default_factory=list)
    more: bool = False

    def on_its_way(self) -> bool:
        """A first download, begun or about to begin: it surely lacks something."""
        return not self.position.at or bool(self.position.fresh)

    def behind(self) -> list[grants.Standing]:
        """Scopes that hold something the phone lacks, in the order in which they are sent."""
        found = [scope for name, scope in self.scopes.items() if scope.head > self.position.at.get(name, 0)]
        return sorted(found, key=lambda scope: scope.pk)

    def arrive(self) -> None:
        """The phone has everything: a consistent point."""
        for name, scope in self.scopes.items():
            self.position.at[name] = scope.head
        self.position.fresh.clear()

    def cursor(self) -> str:
        """Where the phone stands now; what it sent itself as long as that has not changed."""
        if self.sent is not None and self.position == self.began:
            return self.sent
        return cursors.write(self.position, user_id=self.actor.person, epoch=self.state.name)

    def restart(self, name: str) -> None:
        self.position.at[name] = 0
        self.position.fresh[name] = self.scopes[name].head if name in self.scopes else 0


def pull(actor: Actor, request: PullIn) -> Page:
    """One page. Raises `Conflict(epoch)`; see `cursors.read`."""
    job, rows = _begin(actor, request), list[Sent]()
    if not job.on_its_way():
        _look(actor, job, request)
    if job.on_its_way() or job.behind():
        with snapshot():
            job = _begin(actor, request)
            _look(actor, job, request)
            rows = _rows(job, request.limit)
    else:
        job.arrive()
    count_resets(actor, job.reset, job.by_sum)
    return _answer(job, rows)


def _begin(actor: Actor, request: PullIn) -> _Pull:
    """The epoch, read before everything else (of an older epoch a cursor is refused, of a newer one it must not
    speak), and where the phone stands."""
    present = state()
    position = cursors.read(request.cursor, user_id=actor.person, epoch=present.name)
    return _Pull(present, actor, request.cursor, position, cursors.Position(dict(position.at), dict(position.fresh)))


def _look(actor: Actor, job: _Pull, request: PullIn) -> None:
    """What the phone may see, and where that stands: one statement, so one moment even outside a transaction, and a
    phone that lacks nothing needs no more."""
    standing = grants.standing(actor.person)
    job.scopes, job.visible = {name: scope for name, scope in standing.items() if scope}, set(standing)
    job.drop = _leave(job)
    _enter(job)
    _repair(job, request.csum)


def _leave(job: _Pull) -> list[str]:
    """Scopes the phone knows and may no longer see."""
    gone = sorted(set(job.position.at) - job.visible)
    for name in gone:
        job.position.at.pop(name)
        job.position.fresh.pop(name, None)
    return gone


def _enter(job: _Pull) -> None:
    """New scopes start from 0; a cursor below a risen floor starts again, unless it is already on its way from 0."""
    for name in job.visible:
        if name not in job.position.at:
            job.restart(name)
        elif name in job.scopes and job.position.at[name] < job.scopes[name].floor and name not in job.position.fresh:
            job.restart(name)
            job.reset.append(name)


def _repair(job: _Pull, sums: Mapping[str, str]) -> None:
    """A phone that stands at the head of a scope and has another sum gets that scope again."""
    for name, told in sums.items():
        scope = job.scopes.get(name)
        if scope is None or job.position.at.get(name) != scope.head or name in job.reset:
            continue
        if told != scope.csum_text:
            job.restart(name)
            job.reset.append(name)
            job.by_sum.append(name)


def _rows(job: _Pull, limit: int) -> list[Sent]:
    names = {scope.pk: name for name, scope in job.scopes.items()}
    found = _fetch(job, job.behind(), limit + 1)
    job.more = len(found) > limit
    del found[limit:]
    for row in found:
        job.position.at[names[row[0]]] = row[1]
    if job.more:
        _finish_scopes_before(job, found[-1][0])
    else:
        job.arrive()
    return [
        (names[scope], kind, object_id, None if document is None else msgspec.Raw(document))
        for scope, _, kind, object_id, document in found
    ]


def _finish_scopes_before(job: _Pull, last: int) -> None:
    """Scopes that were sent whole in this or an earlier page are no longer on their way from 0."""
    for name, scope in job.scopes.items():
        if scope.pk < last:
            job.position.at[name] = scope.head
            job.position.fresh.pop(name, None)


def _fetch(job: _Pull, scopes: list[grants.Standing], limit: int) -> list[Row]:
    """The first `limit` rows after each scope's position, scope by scope, in feed order.

    A scope holds at most as many rows after a position as it has given numbers since: so many scopes are read at once
    as are sure to fit, and a scope that may not fit alone is read up to the limit.
    """
    rows: list[Row] = []
    place = 0
    while place < len(scopes) and len(rows) < limit:
        some = _that_fit(job, scopes[place:], limit - len(rows))
        rows += _read_one(job, scopes[place], limit - len(rows)) if not some else _read(job, some)
        place += max(1, len(some))
    return rows


def _that_fit(job: _Pull, scopes: list[grants.Standing], room: int) -> list[grants.Standing]:
    for place, scope in enumerate(scopes):
        room -= scope.head - job.position.at.get(scope.name, 0)
        if room < 0:
            return scopes[:place]
    return scopes


ROWS = {
    "postgresql": "SELECT scope_id, seq, kind, object_id, convert_to(document, 'UTF8') FROM",
    "sqlite": "SELECT scope_id, seq, kind, object_id, CAST(document AS BLOB) FROM",
}
"""A document is passed on as it is: taking its text apart and putting it together again was a quarter of a download."""

ONE = "journal_feedrow WHERE scope_id = %s AND seq > %s AND (document IS NOT NULL OR seq > %s)"
"""From 0 no tombstones are sent that are older than the reading itself."""

SEVERAL = {
    "postgresql": """unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given(scope, after, start)
        JOIN journal_feedrow ON scope_id = given.scope AND seq > given.after
        WHERE document IS NOT NULL OR seq > given.start""",
    "sqlite": """json_each(%s) AS given CROSS JOIN journal_feedrow
        ON scope_id = json_extract(given.value, '$[0]') AND seq > json_extract(given.value, '$[1]')
        WHERE document IS NOT NULL OR seq > json_extract(given.value, '$[2]')""",
}
"""As `ONE`, for scopes that a parameter holds: a person may read thousands, and an OR of so many has no plan."""


def _read(job: _Pull, scopes: list[grants.Standing]) -> list[Row]:
    asked = [_from(job, scope) for scope in scopes]
    arrays = (
        [msgspec.json.encode(asked).decode()]
        if connection.vendor == "sqlite"
        else [list(each) for each in zip(*asked, strict=True)]
    )
    return sorted(
        statements.rows(f"{ROWS[connection.vendor]} {SEVERAL[connection.vendor]}", arrays, binary=True),
        key=itemgetter(0, 1),
    )


def _read_one(job: _Pull, scope: grants.Standing, limit: int) -> list[Row]:
    text = f"{ROWS[connection.vendor]} {ONE} ORDER BY seq LIMIT %s"
    return statements.rows(text, [*_from(job, scope), limit], binary=True)


def _from(job: _Pull, scope: grants.Standing) -> tuple[int, int, int]:
    """Its key, the last number sent, and up to which number tombstones need not be sent."""
    return scope.pk, job.position.at.get(scope.name, 0), job.position.fresh.get(scope.name, 0)


def _answer(job: _Pull, rows: list[Sent]) -> Page:
    epoch, durable = job.state.name, job.state.durable_at
    page = {
        "rows": rows,
        "epoch": epoch,
        "drop": job.drop,
        "reset": sorted(job.reset),
        "more": job.more,
        "cursor": job.cursor(),
        "csum": {name: one.csum_text for name, one in job.scopes.items() if job.position.at.get(name) == one.head},
        "durable": clock.to_ms(durable) if durable else None,
    }
    return Page(msgspec.json.encode(page), epoch)
