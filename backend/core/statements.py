"""Running statements whose texts never change, without a cursor around each.

A push runs two dozen of them, made by `core.lookup` and `journal.rows`. What Django's cursor and the driver's do around
a statement costs three times what PostgreSQL needs for it (0.10 ms of computing beside 0.03 ms), so here a statement
goes straight to libpq (`core.prepared`) or to sqlite3. What Django's cursor is for is kept: a broken transaction
refuses, faults of the database come as Django's exceptions, and whoever watches the connection (`execute_wrapper`,
`CaptureQueriesContext`) sees these statements too.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.asyncio import async_unsafe

from backend.core import prepared
from backend.core.sqlite.base import marked

Rows = list[tuple[Any, ...]]
Execute = Callable[[str, Any, bool, dict[str, Any]], Rows]


def rows(sql: str, parameters: Sequence[Any] = (), *, binary: bool = False, real: Any = None) -> Rows:
    """What `sql` answers; nothing if it only writes. Parameters are marked `%s` and are as the driver takes them
    (`lookup.kept`); a per cent sign is written `%%`.

    Only for the few constant texts of the program: each stays prepared as long as the connection lasts. Raises Django's
    exceptions of databases. `binary`: bytes come as they are, where PostgreSQL would write them as text, twice as long.
    `real`: Django's connection, where the caller holds it already.
    """
    return _run(sql, parameters, False, binary, real)


def repeat(sql: str, each: Sequence[Sequence[Any]]) -> None:
    """Run `sql`, which writes, with `each` of these parameters; on SQLite, where a statement has no way to go."""
    _run(sql, each, True, False, None)


@async_unsafe
def _run(sql: str, parameters: Any, many: bool, binary: bool, real: Any) -> Rows:
    if real is None:
        real = connections[DEFAULT_DB_ALIAS]
    if real.connection is None:
        real.ensure_connection()
    context = {"connection": real, "binary": binary}
    if real.queries_logged:
        return _by_cursor(sql, parameters, many, context)
    execute: Execute = _execute
    for wrapper in reversed(real.execute_wrappers):
        execute = functools.partial(wrapper, execute)
    return execute(sql, parameters, many, context)


def _by_cursor(sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Rows:
    """By Django's own, which writes down what it runs."""
    with context["connection"].cursor() as cursor:
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


def _execute(sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Rows:
    real = context["connection"]
    if real.needs_rollback:
        real.validate_no_broken_transaction()
    with real.wrap_database_errors:
        if real.vendor == "postgresql":
            return prepared.rows(real.connection, sql, parameters, binary=context["binary"])
        run = real.connection.executemany if many else real.connection.execute
        return run(marked(sql), parameters).fetchall()  # type: ignore[no-any-return]
