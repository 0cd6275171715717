"""Looking rows up by the values of their columns, without building a query each time.

A push looks up two dozen things by key. The ORM builds and compiles a query for each of them, which costs more than the
database needs to answer, and writes another text for every number of keys, so that nothing can stay prepared. Here the
text of a look-up is made once. For anything more than "these columns equal these values", use the ORM.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

from backend.core import codec

M = TypeVar("M", bound=models.Model)

SEVERAL = (list, tuple, set, frozenset)


def find(
    model: type[M], *, lock: bool = False, only: Sequence[str] = (), order: str = "", where: str = "", **equals: Any
) -> list[M]:
    """The rows of `model` whose columns (by attribute name, as `visit_id`) equal the values; a list means any of it.

    `lock` locks them until the end of the transaction (nothing to do on SQLite), `order` names the column they are
    read and locked in the order of, `only` the attributes to read (others are read when asked for); `where` is a
    constant condition in SQL.
    """
    if any(isinstance(value, SEVERAL) and not value for value in equals.values()):
        return []
    names = tuple(equals)
    lists = tuple(isinstance(value, SEVERAL) for value in equals.values())
    vendor = connection.vendor
    text = _statement(model, vendor, names, lists, lock and vendor == "postgresql", tuple(only), order, where)
    parameters = [_parameter(model, name, value, vendor) for name, value in equals.items()]
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        found = cursor.fetchall()
    return _rows(model, found, tuple(only)) if found else []


def find_one(model: type[M], *, lock: bool = False, only: Sequence[str] = (), **equals: Any) -> M | None:
    """The row that `find` finds, where there can be at most one; None without one."""
    return next(iter(find(model, lock=lock, only=only, **equals)), None)


def _rows(model: type[M], found: list[Any], only: tuple[str, ...]) -> list[M]:
    attributes, compiler, converters = _reading(model, connection.vendor, only)
    rows = compiler.apply_converters(found, converters) if converters else found
    return [model.from_db(connection.alias, attributes, row) for row in rows]


@cache
def _reading(model: type[models.Model], vendor: str, only: tuple[str, ...]) -> tuple[list[str], Any, Any]:
    """The attributes that are read, and Django's own conversion of what the database gives for them."""
    fields = _fields(model, only)
    compiler = model._base_manager.all().query.get_compiler(connection=connection)
    columns = [field.get_col(model._meta.db_table) for field in fields]
    return [field.attname for field in fields], compiler, compiler.get_converters(columns)


@cache
def _statement(
    model: type[models.Model],
    vendor: str,
    names: tuple[str, ...],
    lists: tuple[bool, ...],
    lock: bool,
    only: tuple[str, ...],
    order: str,
    where: str,
) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _fields(model, only))
    tests = [
        f'"{_field(model, name).column}" {_any(vendor) if many else "= %s"}'
        for name, many in zip(names, lists, strict=True)
    ]
    conditions = " AND ".join([*tests, *([where] if where else [])])
    text = f'SELECT {columns} FROM "{model._meta.db_table}" WHERE {conditions}'  # noqa: S608 -- our own names
    if order:
        text += f' ORDER BY "{_field(model, order).column}"'
    return text + (" FOR UPDATE" if lock else "")


def _any(vendor: str) -> str:
    return "= ANY(%s)" if vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"


def _fields(model: type[models.Model], only: tuple[str, ...]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not only or field.attname in only]


@cache
def _field(model: type[models.Model], name: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == name)


def _parameter(model: type[models.Model], name: str, value: Any, vendor: str) -> Any:
    field = _field(model, name)
    if not isinstance(value, SEVERAL):
        return field.get_db_prep_value(value, connection)
    values = [field.get_db_prep_value(each, connection) for each in value]
    return values if vendor == "postgresql" else codec.dumps(values).decode()
