"""Pull: the rows a phone lacks, from stored documents (protocol, Pull)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from django.db import connection

from backend.core import clock, codec
from backend.core.actor import Actor
from backend.journal import grants
from backend.journal.models import Scope
from backend.journal.reading import snapshot
from backend.sync import cursors
from backend.sync.models.state import state
from backend.sync.services.reports import count_resets
from backend.sync.wire import PullIn

Row = tuple[int, int, str, str, str | None]
"""scope key, number, kind, object id, document"""


@dataclass(slots=True)
class _Pull:
    """One pull in the making."""

    position: cursors.Position
    scopes: dict[str, Scope]
    visible: set[str]
    reset: list[str] = field(default_factory=list)
    by_sum: list[str] = field(default_factory=list)
    more: bool = False

    def behind(self) -> list[Scope]:
        """Scopes that hold something the phone lacks, in the order in which they are sent."""
        found = [scope for name, scope in self.scopes.items() if scope.head > self.position.at.get(name, 0)]
        return sorted(found, key=lambda scope: scope.pk)

    def restart(self, name: str) -> None:
        self.position.at[name] = 0
        self.position.fresh[name] = self.scopes[name].head if name in self.scopes else 0


def pull(actor: Actor, request: PullIn) -> bytes:
    """One page as ready JSON. Raises `Conflict(epoch)`; see `cursors.read`."""
    with snapshot():
        present = state()
        position = cursors.read(request.cursor, user_id=actor.person, epoch=present.name)
        visible = grants.scope_names(actor.person)
        job = _Pull(position, grants.scopes(visible), visible)
        drop = _leave(job)
        _enter(job)
        _repair(job, request.csum)
        rows = _rows(job, request.limit)
    count_resets(actor, job.reset, job.by_sum)
    cursor = cursors.write(job.position, user_id=actor.person, epoch=present.name)
    durable = clock.to_ms(present.durable_at) if present.durable_at else None
    return _answer(job, rows, drop, present.name, cursor, durable)


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


def _rows(job: _Pull, limit: int) -> list[tuple[str, Row]]:
    names = {scope.pk: name for name, scope in job.scopes.items()}
    found = _fetch(job, job.behind(), limit + 1)
    job.more = len(found) > limit
    out = [(names[row[0]], row) for row in found[:limit]]
    for name, row in out:
        job.position.at[name] = row[1]
    if not job.more:
        for name, scope in job.scopes.items():
            job.position.at[name] = scope.head
        job.position.fresh.clear()
    else:
        _finish_scopes_before(job, out[-1][1][0])
    return out


def _finish_scopes_before(job: _Pull, last: int) -> None:
    """Scopes that were sent whole in this or an earlier page are no longer on their way from 0."""
    for name, scope in job.scopes.items():
        if scope.pk < last:
            job.position.at[name] = scope.head
            job.position.fresh.pop(name, None)


def _fetch(job: _Pull, scopes: list[Scope], limit: int) -> list[Row]:
    """Rows after each scope's position. From 0 no tombstones are sent that are older than the reading itself."""
    if not scopes:
        return []
    parts, params = [], []
    for scope in scopes:
        after, head = job.position.at.get(scope.name, 0), job.position.fresh.get(scope.name, 0)
        parts.append("(scope_id = %s AND seq > %s AND (document IS NOT NULL OR seq > %s))")
        params += [scope.pk, after, head]
    sql = (
        "SELECT scope_id, seq, kind, object_id, document FROM journal_feedrow WHERE "  # noqa: S608 -- no user text
        f"{' OR '.join(parts)} ORDER BY scope_id, seq LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, limit])
        rows: list[Row] = cursor.fetchall()
    return rows


def _answer(
    job: _Pull, rows: list[tuple[str, Row]], drop: list[str], epoch: str, cursor: str, durable: int | None
) -> bytes:
    sums = {name: scope.csum_text for name, scope in job.scopes.items() if job.position.at.get(name) == scope.head}
    head = {
        "epoch": epoch,
        "drop": drop,
        "reset": sorted(job.reset),
        "more": job.more,
        "cursor": cursor,
        "csum": sums,
        "durable": durable,
    }
    return b'{"rows":[' + b",".join(_row(name, row) for name, row in rows) + b"]," + codec.dumps(head)[1:]


def _row(name: str, row: Row) -> bytes:
    label = msgspec.json.encode([name, row[2], row[3]])
    return label[:-1] + b"," + (b"null" if row[4] is None else row[4].encode()) + b"]"
