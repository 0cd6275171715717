"""The rows that one push of a visit really wrote, learned from the database, to be written again by bare SQL.

Every table of the product is compared before and after a push on PostgreSQL: rows that are new become
`INSERT … SELECT FROM unnest`, rows that changed `UPDATE … FROM unnest`. Ids of the push are replaced by those of the
visit that is written; everything else is as the product wrote it, so rows and bytes are the same.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.apps import apps
from django.db import connection

CUSTODY = ("sync_operation", "sync_devicelog", "media_expectation")
"""Written by the first of the two transactions; everything else by the second."""

SCOPE = ("journal_scope", "id")
OPS = 3
"""Where the ids of the operations begin in `ids_of`, each with that of its object."""

Cells = list[str | None]


class Column(msgspec.Struct):
    """`named`: some of its cells are ids of the visit, which differ from visit to visit."""

    name: str
    type: str
    cells: Cells
    named: bool = False
    literal: str = ""


class Table(msgspec.Struct):
    """New or changed rows of one table; `key` is its primary key."""

    name: str
    key: str
    changed: bool
    rows: int
    columns: list[Column]
    sql: str = ""


class Pattern(msgspec.Struct):
    """`ids` are those of the push that was learned from, in the order of `ids_of`; `scope` its scope's row."""

    tables: list[Table]
    ids: list[str]
    scope: int


def ids_of(device: str, assignment: str, ops: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is different in every visit, always in the same order."""
    return [device, assignment, f"crew:{assignment}", *(each for op in ops for each in (op["op"], op["id"]))]


class Learner:
    """Made before a push; `pattern` after it tells what was written."""

    def __init__(self) -> None:
        self.tables = sorted({m._meta.db_table for m in apps.get_models() if m.__module__.startswith("backend.")})
        self.before = {table: self._versions(table) for table in self.tables}

    def pattern(self, ids: list[str], scope: int) -> Pattern:
        """What was written since, with `ids` known as ids of the visit."""
        known = {*ids, str(scope)}
        found = [table for name in self.tables for table in self._written(name, known)]
        return Pattern(found, ids, scope)

    def _versions(self, table: str) -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{self._key(table)}"::text, ctid::text FROM "{table}"')  # noqa: S608 -- our own names
            return dict(cursor.fetchall())

    def _key(self, table: str) -> str:
        return str(next(m._meta.pk.column for m in apps.get_models() if m._meta.db_table == table))

    def _written(self, name: str, known: set[str]) -> Iterator[Table]:
        key, before = self._key(name), self.before[name]
        now = self._versions(name)
        new = [row for row in now if row not in before]
        changed = [row for row in now if row in before and before[row] != now[row]]
        if new:
            yield self._table(name, key, new, known, changed=False)
        if changed:
            yield self._table(name, key, changed, known, changed=True)

    def _table(self, name: str, key: str, rows: Sequence[str], known: set[str], *, changed: bool) -> Table:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name, udt_name, is_identity FROM information_schema.columns"
                " WHERE table_name = %s AND table_schema = current_schema() ORDER BY ordinal_position",
                [name],
            )
            described = [(column, kind) for column, kind, identity in cursor.fetchall() if changed or identity == "NO"]
            wanted = ", ".join(f'"{column}"::text' for column, _ in described)
            select = f'SELECT {wanted} FROM "{name}" WHERE "{key}"::text = ANY(%s) ORDER BY "{key}"'  # noqa: S608
            cursor.execute(select, [list(rows)])
            cells = list(zip(*cursor.fetchall(), strict=True))
        columns = [
            _column(name, column, kind, list(values), known, key=column == key)
            for (column, kind), values in zip(described, cells, strict=True)
        ]
        return _with_sql(Table(name, key, changed, len(rows), columns))


def _column(table: str, name: str, kind: str, cells: Cells, known: set[str], *, key: bool) -> Column:
    is_id = kind in ("uuid", "text", "varchar") or name == "scope_id" or (table, name) == SCOPE
    named = is_id and (any(cell in known for cell in cells) or (key and kind == "uuid"))
    return Column(name, kind, cells, named, "" if named else _literal(cells))


def _literal(cells: Cells) -> str:
    """An array as PostgreSQL reads it."""
    return "{" + ",".join("NULL" if cell is None else json.dumps(cell, ensure_ascii=False) for cell in cells) + "}"


def _with_sql(table: Table) -> Table:
    names = [f'"{column.name}"' for column in table.columns]
    given = ", ".join(f"%s::{column.type}[]" for column in table.columns)
    rows = f"unnest({given}) AS given({', '.join(names)})"
    if table.changed:
        pairs = ", ".join(f"{name} = given.{name}" for name in names if name != f'"{table.key}"')
        where = f'own."{table.key}" = given."{table.key}"'
        table.sql = f'UPDATE "{table.name}" AS own SET {pairs} FROM {rows} WHERE {where}'  # noqa: S608
    else:
        table.sql = f'INSERT INTO "{table.name}" ({", ".join(names)}) SELECT * FROM {rows}'  # noqa: S608
    return table


def statements(
    pattern: Pattern, ids: Sequence[str], scope: int, bodies: Sequence[str], *, custody: bool
) -> Iterator[tuple[str, list[Any]]]:
    """The statements of one of the two transactions for the visit with these ids; `bodies` of its operations."""
    other = dict(zip(pattern.ids, ids, strict=True)) | {str(pattern.scope): str(scope)}
    bodies_of = dict(zip(ids[OPS::2], bodies, strict=True))
    for table in pattern.tables:
        if (table.name in CUSTODY) is custody:
            yield table.sql, _parameters(table, other, bodies_of)


def _parameters(table: Table, other: Mapping[str, str], bodies_of: Mapping[str, str]) -> list[Any]:
    given: list[Any] = [_cells(column, table, other) if column.named else column.literal for column in table.columns]
    if table.name == "sync_operation":
        names = [column.name for column in table.columns]
        given[names.index("body")] = [bodies_of[each] for each in given[names.index("id")]]
    return given


def _cells(column: Column, table: Table, other: Mapping[str, str]) -> list[str | None]:
    """Ids of the visit, and new ones where the product made its own."""
    if column.name == table.key and column.type == "uuid":
        return [other.get(cell or "") or str(uuid.uuid4()) for cell in column.cells]
    return [other.get(cell, cell) if cell is not None else None for cell in column.cells]
