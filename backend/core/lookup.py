"""Looking rows up by the values of their columns, without building a query each time.

A push looks up two dozen things by key. The ORM builds and compiles a query for each of them, which costs more than the
database needs to answer, and writes another text for every number of keys, so that nothing can stay prepared. Here the
text of a look-up is made once. For anything more than "these columns equal these values", use the ORM.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.base import ModelState

from backend.core import codec, statements
from backend.core.columns import PLAIN, kind, pg_type

M = TypeVar("M", bound=models.Model)

SEVERAL = (list, tuple, set, frozenset)


class _Shape(NamedTuple):
    """Everything that decides the text of a look-up."""

    model: type[models.Model]
    vendor: str
    names: tuple[str, ...]
    lists: tuple[bool, ...]
    lock: bool
    only: tuple[str, ...]
    order: str
    where: str
    related: tuple[str, ...]


def find(
    model: type[M],
    *,
    lock: bool = False,
    only: Sequence[str] = (),
    order: str = "",
    where: str = "",
    related: Sequence[str] = (),
    **equals: Any,
) -> list[M]:
    """The rows of `model` whose columns (by attribute name, as `visit_id`) equal the values; a list means any of it.

    `lock` locks them until the end of the transaction (nothing to do on SQLite), `order` names the column they are
    read and locked in the order of, `only` the attributes to read beside the key (others are read when asked for);
    `where` is a constant condition in SQL. `related` names references that are never null: the rows they refer to are
    read with them, and not locked.
    """
    for name, value in equals.items():
        if isinstance(value, SEVERAL):
            if not value:
                return []
            equals[name] = _one_or_list(value)
    lists = tuple([isinstance(value, list) for value in equals.values()])
    real = connections[DEFAULT_DB_ALIAS]
    locked = lock and real.vendor == "postgresql"
    shape = _Shape(model, real.vendor, tuple(equals), lists, locked, tuple(only), order, where, tuple(related))
    parameters = [_parameter(model, name, equals[name], real) for name, _ in _asked(shape)]
    found = statements.rows(_statement(shape), parameters, real=real)
    return _rows(model, found, shape, real) if found else []


def find_one(
    model: type[M], *, lock: bool = False, only: Sequence[str] = (), related: Sequence[str] = (), **equals: Any
) -> M | None:
    """The row that `find` finds, where there can be at most one; None without one."""
    return next(iter(find(model, lock=lock, only=only, related=related, **equals)), None)


def existing(wanted: Mapping[Any, Collection[Any]]) -> set[tuple[type[models.Model], Any]]:
    """Which primary keys exist in which tables, asked in one statement."""
    real = connections[DEFAULT_DB_ALIAS]
    asked = {model: _one_or_list(keys) for model, keys in wanted.items() if keys}
    if not asked:
        return set()
    keys = [_parameter(model, model._meta.pk.attname, ids, real) for model, ids in asked.items()]
    tables = tuple((model, isinstance(ids, list)) for model, ids in asked.items())
    found = statements.rows(_existing(tables, real.vendor), keys, real=real)
    return {(tables[place][0], tables[place][0]._meta.pk.to_python(key)) for place, key in found}


def _one_or_list(values: Collection[Any]) -> Any:
    """The only one, or each once as a list. PostgreSQL plans a look-up of one value once, and one in a short list each
    time: it thinks that a plan for lists of any length would be dearer."""
    different = list(dict.fromkeys(values))
    return different[0] if len(different) == 1 else different


@cache
def _existing(tables: tuple[tuple[type[models.Model], bool], ...], vendor: str) -> str:
    parts = []
    for place, (model, many) in enumerate(tables):
        key = model._meta.pk.attname
        shape = _Shape(model, vendor, (key,), (many,), False, (key,), "", "", ())
        parts.append(_statement(shape).replace("SELECT ", f"SELECT {place}, ", 1))
    return " UNION ALL ".join(parts)


def _rows(model: type[M], found: list[Any], shape: _Shape, real: Any) -> list[M]:
    if not shape.related:
        return _built(model, found, shape.only, real)
    end = len(_fields(model, shape.only))
    rows = _built(model, [row[:end] for row in found], shape.only, real)
    for name in shape.related:
        reference = _reference(model, name)
        begin, end = end, end + len(_fields(reference.related_model, ()))
        others = _built(reference.related_model, [row[begin:end] for row in found], (), real)
        for row, other in zip(rows, others, strict=True):
            reference.set_cached_value(row, other)
    return rows


def _built(model: type[M], found: list[Any], only: tuple[str, ...], real: Any) -> list[M]:
    attributes, converters = _reading(model, real.vendor, only)
    columns = list(zip(*found, strict=True))
    for place, conversions, expression in converters:
        for convert in conversions:
            columns[place] = tuple([convert(value, expression, real) for value in columns[place]])
    return [_made(model, attributes, values) for values in zip(*columns, strict=True)]


def _made(model: type[M], attributes: list[str], values: tuple[Any, ...]) -> M:
    """What `model.from_db` makes, without signals and without a look at each field; what is not read is deferred."""
    row = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    held = row.__dict__
    held["_state"] = state
    held.update(zip(attributes, values, strict=True))
    return row


@cache
def _reading(model: type[models.Model], vendor: str, only: tuple[str, ...]) -> tuple[list[str], list[Any]]:
    """The attributes that are read, and Django's own conversions of what the database gives for them, by place."""
    fields = _fields(model, only)
    compiler = model._base_manager.all().query.get_compiler(connection=connections[DEFAULT_DB_ALIAS])
    converters = compiler.get_converters([field.get_col(model._meta.db_table) for field in fields])
    return [field.attname for field in fields], [(place, *each) for place, each in converters.items()]


@cache
def _statement(shape: _Shape) -> str:
    model, table = shape.model, shape.model._meta.db_table
    columns = [f'"{table}"."{field.column}"' for field in _fields(model, shape.only)]
    joins = ""
    for name in shape.related:
        reference = _reference(model, name)
        other, key = reference.related_model._meta.db_table, reference.target_field.column
        columns += [f'"{other}"."{field.column}"' for field in _fields(reference.related_model, ())]
        joins += f' JOIN "{other}" ON "{other}"."{key}" = "{table}"."{reference.column}"'
    tests = [_test(shape, name, several) for name, several in _asked(shape)]
    text = f"SELECT {', '.join(columns)} FROM {{source}}{joins}"  # noqa: S608 -- our own names
    if _one_by_one(shape):
        text = text.format(source=_each_value(shape, tests))
    else:
        text = text.format(source=f'"{table}"') + f" WHERE {' AND '.join([*tests, *_constant(shape)])}"
    if shape.order:
        text += f' ORDER BY "{table}"."{_field(model, shape.order).column}"'
    return text + (f' FOR UPDATE OF "{table}"' if shape.lock else "")


def _test(shape: _Shape, name: str, several: bool) -> str:
    table, column = shape.model._meta.db_table, _field(shape.model, name).column
    return f'"{table}"."{column}" {_any(shape.vendor) if several else "= %s"}'


@cache
def _asked(shape: _Shape) -> list[tuple[str, bool]]:
    """The names in the order of their parameters, and whether each is a list: lists come first."""
    return sorted(zip(shape.names, shape.lists, strict=True), key=lambda each: not each[1])


def _constant(shape: _Shape) -> list[str]:
    return [shape.where] if shape.where else []


def _one_by_one(shape: _Shape) -> bool:
    """Whether the values of the first list are looked up one after another. (Rows found so can not be locked.)"""
    return shape.vendor == "postgresql" and any(shape.lists) and not shape.lock


def _each_value(shape: _Shape, tests: list[str]) -> str:
    """Where rows come from that are looked up value by value, each by the index.

    PostgreSQL plans a statement used again once and for all, until somebody analyses the table. The plan for `= ANY`
    made while a table was small reads the whole of it for ever, and compares each row with each value.
    """
    table, (name, _) = shape.model._meta.db_table, _asked(shape)[0]
    field = _field(shape.model, name)
    conditions = " AND ".join([f'"{table}"."{field.column}" = wanted.value', *tests[1:], *_constant(shape)])
    each = f'SELECT * FROM "{table}" WHERE {conditions} OFFSET 0'  # noqa: S608 -- our own names
    return f'unnest(%s::{pg_type(field)}[]) AS wanted(value), LATERAL ({each}) AS "{table}"'


def _any(vendor: str) -> str:
    return "= ANY(%s)" if vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"


def among(values: Collection[Any]) -> tuple[str, Any]:
    """For a statement of one's own: the condition that a column is one of `values`, which are as the database keeps
    them, and its parameter. The text is one of two, however many there are."""
    given, vendor = _one_or_list(values), connections[DEFAULT_DB_ALIAS].vendor
    if not isinstance(given, list):
        return "= %s", given
    return _any(vendor), given if vendor == "postgresql" else codec.text(given)


@cache
def _fields(model: type[models.Model], only: tuple[str, ...]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not only or field.primary_key or field.attname in only]


@cache
def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


@cache
def _reference(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def kept(model: type[models.Model], **values: Any) -> list[Any]:
    """`values` of attributes of `model` as the database keeps them: parameters of a statement of one's own."""
    real = connections[DEFAULT_DB_ALIAS]
    return [_parameter(model, name, value, real) for name, value in values.items()]


def instant(found: Any) -> dt.datetime | None:
    """An instant as a statement of one's own finds it; SQLite keeps them in UTC without saying so."""
    if found is None:
        return None
    read = found if isinstance(found, dt.datetime) else dt.datetime.fromisoformat(found)
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def array(values: Collection[Any]) -> str:
    """Texts, numbers or ids as PostgreSQL writes an array of them. The driver would look at each of them, in Python."""
    return f"{{{','.join(['NULL' if each is None else _element(each) for each in values])}}}"


def _element(value: Any) -> str:
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _parameter(model: type[models.Model], name: str, value: Any, real: Any) -> Any:
    field = _field(model, name)
    if not isinstance(value, SEVERAL):
        return field.get_db_prep_value(value, real)
    values = [field.get_db_prep_value(each, real) for each in value]
    if real.vendor != "postgresql":
        return codec.text(values)
    return array(values) if kind(field) in PLAIN else values
