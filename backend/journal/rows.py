"""Set-based writing: many rows of one table in one statement whose text is always the same.

The ORM's bulk writes make a new text for every number of rows, so that no database can keep it prepared; and a push
writes a dozen tables. On PostgreSQL the rows travel as one JSON text (`json_to_recordset`), on SQLite as one prepared
statement run per row. Only for rows made by us in memory: no signals, no automatic keys read back, no `auto_now`.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, models

from backend.core import codec, statements
from backend.core.columns import kind, pg_type

Convert = Callable[[Any], Any]
Column = Callable[[list[Any]], list[Any]]


class Row:
    """A row of `model` that is written and not looked at any more: its values by attribute name, all of them.

    An instance of the model costs as much as everything else that is done for the row.
    """

    __slots__ = ("model", "values")

    def __init__(self, model: type[models.Model], **values: Any) -> None:
        self.model, self.values = model, values


Some = models.Model | Row

Write = tuple[Sequence[Some], str]
"""Rows of one model, and what a statement that inserts them ends with."""


class Batch:
    """Writes to several tables that go to the database together; on PostgreSQL as one statement.

    No write of a batch may depend on another one: what one table holds because of it, the others do not see.
    """

    def __init__(self, writes: Sequence[Write] = ()) -> None:
        self._writes: list[Write] = list(writes)

    def copy(self) -> "Batch":
        """Another batch of the same writes."""
        return Batch(self._writes)

    def insert(self, rows: Sequence[Some]) -> None:
        """Insert `rows`, all of one model, in their order. The database refuses the whole batch for one of them."""
        self._add(rows, "")

    def insert_missing(self, rows: Sequence[Some]) -> None:
        """Insert those of `rows` that meet nothing that is unique in the table."""
        self._add(rows, " ON CONFLICT DO NOTHING")

    def upsert(self, rows: Sequence[Some], *, unique: Sequence[str], update: Sequence[str]) -> None:
        """Insert `rows`; one that meets another with the same `unique` fields overwrites its `update` fields.

        No two of `rows` may meet each other.
        """
        if rows:
            self._add(rows, _on_conflict(_model(rows[0]), tuple(unique), tuple(update)))

    def put(self, rows: Sequence[Some]) -> None:
        """Insert `rows` or overwrite the whole row with the same primary key."""
        if rows:
            fields = [field.name for field in _model(rows[0])._meta.local_concrete_fields if not field.primary_key]
            self.upsert(rows, unique=["pk"], update=fields)

    def _add(self, rows: Sequence[Some], ending: str) -> None:
        if rows:
            self._writes.append((rows, ending))

    def run(self) -> None:
        """Write everything, once. Raises what the database raises."""
        writes, self._writes = self._writes, []
        if not writes:
            return
        if connection.vendor == "postgresql":
            _run_together(writes)
        else:
            for rows, ending in writes:
                _run_one_by_one(rows, ending)


def insert(rows: Sequence[Some]) -> None:
    """`Batch.insert` by itself."""
    batch = Batch()
    batch.insert(rows)
    batch.run()


def insert_missing(rows: Sequence[Some]) -> None:
    """`Batch.insert_missing` by itself."""
    batch = Batch()
    batch.insert_missing(rows)
    batch.run()


def upsert(rows: Sequence[Some], *, unique: Sequence[str], update: Sequence[str]) -> None:
    """`Batch.upsert` by itself."""
    batch = Batch()
    batch.upsert(rows, unique=unique, update=update)
    batch.run()


def by_model(rows: Iterable[Some]) -> dict[type[models.Model], list[Some]]:
    """`rows` sorted out by table, each table's in their order, the tables in the order of their first row."""
    out: dict[type[models.Model], list[Some]] = {}
    for row in rows:
        out.setdefault(_model(row), []).append(row)
    return out


def _run_together(writes: Sequence[Write]) -> None:
    texts, records = [], []
    for rows, ending in writes:
        model, held = _model(rows[0]), _all_values(rows)
        numbered = _numbered(model, held)
        texts.append(_statement(model, "postgresql", numbered) + ending)
        records.append(_records(model, held, numbered))
    statements.rows(_joined(tuple(texts)), records)


def _numbered(model: type[models.Model], held: Sequence[dict[str, Any]]) -> bool:
    """Whether the database counts their keys; one among them that is there already is met by what else is unique."""
    key = model._meta.pk
    return isinstance(key, models.AutoField) and None in [each.get(key.attname) for each in held]


@cache
def _joined(texts: tuple[str, ...]) -> str:
    *first, last = texts
    before = ", ".join(f"w{place} AS ({text})" for place, text in enumerate(first))
    return f"WITH {before} {last}" if before else last


def _model(row: Some) -> type[models.Model]:
    return row.model if isinstance(row, Row) else type(row)


def _all_values(rows: Sequence[Some]) -> list[dict[str, Any]]:
    """Of each row its values by attribute name."""
    return [row.values if isinstance(row, Row) else row.__dict__ for row in rows]


def _records(model: type[models.Model], held: list[dict[str, Any]], numbered: bool) -> str:
    names = _same_names(model, numbered)
    if all(each.keys() == names for each in held):
        return codec.text(held)
    columns = [(column, name) for column, name, _ in _columns(model, numbered)]
    return codec.text([{column: each[name] for column, name in columns} for each in held])


@cache
def _same_names(model: type[models.Model], numbered: bool) -> frozenset[str]:
    """The columns that are called as their attributes: mostly all, and then a `Row` can go as it is."""
    return frozenset(column for column, name, _ in _columns(model, numbered) if column == name)


def _run_one_by_one(rows: Sequence[Some], ending: str) -> None:
    model, held = _model(rows[0]), _all_values(rows)
    numbered = _numbered(model, held)
    columns = (
        [each[name] for each in held] if convert is None else convert([each[name] for each in held])
        for _, name, convert in _columns(model, numbered)
    )
    statements.repeat(_statement(model, connection.vendor, numbered) + ending, list(zip(*columns, strict=True)))


@cache
def _statement(model: type[models.Model], vendor: str, numbered: bool) -> str:
    fields = _fields(model, numbered)
    names = ", ".join(f'"{field.column}"' for field in fields)
    into = f'INSERT INTO "{model._meta.db_table}" ({names})'
    if vendor == "postgresql":
        record = ", ".join(f'"{field.column}" {pg_type(field)}' for field in fields)
        # WHERE true: else the parser takes ON CONFLICT for a part of the join.
        return f"{into} SELECT {names} FROM json_to_recordset(%s) AS record ({record}) WHERE true"  # noqa: S608 -- our own names
    return f"{into} VALUES ({', '.join(['%s'] * len(fields))})"


@cache
def _on_conflict(model: type[models.Model], unique: tuple[str, ...], update: tuple[str, ...]) -> str:
    wanted = ", ".join(f'"{_column(model, name)}"' for name in unique)
    changes = ", ".join(f'"{column}" = EXCLUDED."{column}"' for column in (_column(model, name) for name in update))
    return f" ON CONFLICT ({wanted}) DO UPDATE SET {changes}"


@cache
def _columns(model: type[models.Model], numbered: bool) -> list[tuple[str, str, Column | None]]:
    """(column, attribute, conversion) of each field that is written; a key that the database counts is left to it."""
    fields = _fields(model, numbered)
    return [(str(field.column), str(field.attname), CONVERSIONS.get(kind(field))) for field in fields]


def _fields(model: type[models.Model], numbered: bool) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not (numbered and field.primary_key)]


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)


def _texts(values: list[Any]) -> list[Any]:
    """A choice is an Enum, which the driver would write by its name."""
    return [each if each is None or type(each) is str else str(each) for each in values]


def _instant(value: Any) -> str:
    """UTC without saying so."""
    text = str(value.isoformat(" "))
    return text[:-6] if text.endswith("+00:00") else str(value.astimezone(dt.UTC).replace(tzinfo=None))


def _each(convert: Convert) -> Column:
    """Convert every value that is one."""
    return lambda values: [None if each is None else convert(each) for each in values]


def _each_once(convert: Convert) -> Column:
    """The same, where rows mostly hold one and the same value: what is the same object is converted once."""

    def column(values: list[Any]) -> list[Any]:
        different = {id(each): each for each in values}
        known = {key: None if each is None else convert(each) for key, each in different.items()}
        return [known[id(each)] for each in values]

    return column


CONVERSIONS: dict[str, Column] = {
    "CharField": _texts,
    "DateField": _each(dt.date.isoformat),
    "DateTimeField": _each_once(_instant),
    "JSONField": _each(codec.text),
    "TextField": _texts,
    "UUIDField": _each_once(attrgetter("hex")),
}
"""How SQLite, which has no such types, keeps the values of a column; as the ORM does."""
