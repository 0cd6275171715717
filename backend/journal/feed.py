"""Storing documents in the feed: numbered per scope, late, under the scopes' locks taken in sorted order."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from backend.core import clock, codec, statements
from backend.core.lookup import array, find
from backend.core.making import made
from backend.journal.models.feed import FeedRow, Scope, digest
from backend.journal.models.subject import Document
from backend.journal.rows import Batch, insert_missing

Key = tuple[str, str]

UPDATED = ["seq", "rev", "digest", "document", "changed_at"]


@dataclass
class _Work:
    scopes: dict[str, Scope]
    rows: dict[Key, list[FeedRow]]
    writes: list[FeedRow] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    at: dt.datetime = field(default_factory=clock.now)

    def live(self, key: Key) -> FeedRow | None:
        return next((row for row in self.rows.get(key, []) if row.document is not None), None)

    def row_in(self, key: Key, scope: Scope) -> FeedRow | None:
        return next((row for row in self.rows.get(key, []) if row.scope_id == scope.pk), None)

    def last_rev(self, key: Key) -> int:
        return max((row.rev for row in self.rows.get(key, [])), default=0)


def store(county_id: int, puts: Mapping[Key, Document | None], writes: Batch) -> tuple[dict[Key, int], set[str]]:
    """Put the documents (None: tombstones) into `writes`. Returns the revision of each object and the scopes touched.

    An object whose document is what the feed already holds keeps its revision and takes no number.
    """
    work = _lock(county_id, puts)
    revs = {key: _store_one(work, key, document) for key, document in puts.items()}
    _save(work, writes)
    return revs, work.touched


TURNS = """
    SELECT count(pg_advisory_xact_lock(key)) FROM (
        SELECT unnest(%s::bigint[]) AS key
        UNION
        SELECT s.id FROM unnest(%s::text[]) AS named(id)
        CROSS JOIN LATERAL (SELECT scope_id FROM journal_feedrow WHERE object_id = named.id OFFSET 0) AS r
        JOIN journal_scope s ON s.id = r.scope_id WHERE left(s.name, 7) <> 'county:'
        ORDER BY key
    ) AS keys
"""


def take_turns(keys: Collection[int], object_ids: Collection[str]) -> None:
    """Wait until no other transaction holds any of `keys` or of the scopes of these objects; held until its end.

    What a whole county reads is left out. For PostgreSQL: SQLite has one writer at a time anyway.
    """
    statements.rows(TURNS, [array(sorted(keys)), array(object_ids)])


def _lock(county_id: int, puts: Mapping[Key, Document | None]) -> _Work:
    """Read the objects' rows, lock their scopes, and read again what others wrote while this waited for the locks.

    Callers mostly hold the lock of the object itself; where they do not, a revision counted twice would leave the
    scope with a sum that no phone can ever reach. (Two can not create the same object: its own table forbids it.)
    """
    wanted = {document.journal_scope for document in puts.values() if document is not None}
    scopes: dict[str, Scope] = {}
    rows = _rows(puts, scopes)
    while lacking := (wanted | {row.scope.name for found in rows.values() for row in found}) - scopes.keys():
        scopes |= _locked(county_id, lacking)
        if rows:
            rows = _rows(puts, scopes)
    return _Work(scopes, rows)


def _rows(puts: Mapping[Key, Document | None], locked: Mapping[str, Scope]) -> dict[Key, list[FeedRow]]:
    found = find(FeedRow, object_id={object_id for _, object_id in puts})
    wanted = [row for row in found if (row.kind, row.object_id) in puts]
    scopes = {scope.pk: scope for scope in locked.values()}
    scopes |= {scope.pk: scope for scope in find(Scope, id={row.scope_id for row in wanted} - scopes.keys())}
    rows: dict[Key, list[FeedRow]] = {}
    for row in wanted:
        row.scope = scopes[row.scope_id]
        rows.setdefault((row.kind, row.object_id), []).append(row)
    return rows


def _locked(county_id: int, names: Collection[str]) -> dict[str, Scope]:
    """The scopes, made where they are new, locked in the order of their names."""
    found = {scope.name: scope for scope in find(Scope, lock=True, order="name", name=names)}
    missing = sorted(set(names) - found.keys())
    if not missing:
        return found
    insert_missing([Scope(name=name, county_id=county_id) for name in missing])
    return _locked(county_id, names)


def _store_one(work: _Work, key: Key, document: Document | None) -> int:
    live = work.live(key)
    if document is None:
        if live is None:
            return work.last_rev(key)
        _bury(work, live)
        return live.rev
    scope = work.scopes[document.journal_scope]
    content = document.journal_document()
    if "rev" in content:
        raise ValueError(f"{key[0]}: the journal counts `rev`; a document must not bring its own")
    if live is not None and live.scope_id == scope.pk and _same(live, content):
        return live.rev
    rev = work.last_rev(key) + 1
    if live is not None:
        if live.scope_id == scope.pk:
            scope.add(-live.digest)
        else:
            _bury(work, live)
    _write(work, scope, key, rev, codec.stable({"rev": rev, **content}).decode())
    return rev


def _same(row: FeedRow, content: dict[str, object]) -> bool:
    return row.document == codec.stable({"rev": row.rev, **content}).decode()


def _write(work: _Work, scope: Scope, key: Key, rev: int, document: str) -> None:
    row = work.row_in(key, scope) or made(FeedRow, scope=scope, kind=key[0], object_id=key[1])
    row.rev, row.document, row.digest = rev, document, digest(*key, rev)
    scope.add(row.digest)
    _number(work, scope, row)


def _bury(work: _Work, row: FeedRow) -> None:
    scope = work.scopes[row.scope.name]
    scope.add(-row.digest)
    row.document = None
    _number(work, scope, row)


def _number(work: _Work, scope: Scope, row: FeedRow) -> None:
    scope.head += 1
    row.seq, row.changed_at = scope.head, work.at
    work.writes.append(row)
    work.touched.add(scope.name)


def _save(work: _Work, writes: Batch) -> None:
    for row in work.writes:
        row.pk = None  # the row is found by its object, in one statement for old and new
    writes.upsert(work.writes, unique=["scope", "kind", "object_id"], update=UPDATED)
    scopes = [work.scopes[name] for name in sorted(work.touched)]
    writes.upsert(scopes, unique=["pk"], update=["head", "csum"])
