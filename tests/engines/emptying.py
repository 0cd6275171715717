"""The database made empty again after a test that commits: only tables that hold rows are touched.

Django's own way truncates every table (of about 150) and writes content types and permissions anew, whatever the test
did. What is left is the same: no rows but those two tables', whose contents are those of the beginning.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = ("django_content_type", "auth_permission")
"""Written after every migration, the same each time."""

Kept = tuple[list[tuple[Any, ...]], ...]


def install() -> None:
    """From here on; the database holds what it holds after its migrations."""
    cases: Any = TransactionTestCase
    whole: Callable[[Any], None] = cases._fixture_teardown
    kept = _kept()

    def teardown(case: Any) -> None:
        nonlocal kept
        if type(case).reset_sequences or _kept() != kept:
            whole(case)
            kept = _kept()  # the same rows under other numbers
        else:
            empty()

    cases._fixture_teardown = teardown


def empty() -> None:
    """Delete every row, except those of `KEPT`."""
    filled = holding_rows(tables())
    if not filled:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql" and _may_rest(cursor):
            cursor.execute("SET LOCAL session_replication_role = replica")  # no look at each row's references
        for table in filled:
            cursor.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - names of our own tables


def tables() -> list[str]:
    """Of all models, except `KEPT`."""
    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted({*known} - {*KEPT})


def holding_rows(names: Sequence[str]) -> list[str]:
    """Those of the tables that are not empty; in one statement."""
    asked = ", ".join(f"EXISTS(SELECT 1 FROM {_quoted(name)})" for name in names)  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return [name for name, holds in zip(names, cursor.fetchone(), strict=True) if holds]


def _kept() -> Kept:
    with connection.cursor() as cursor:
        found = []
        for table in KEPT:
            cursor.execute(f"SELECT * FROM {_quoted(table)} ORDER BY id")  # noqa: S608
            found.append(cursor.fetchall())
        return tuple(found)


def _may_rest(cursor: Any) -> bool:
    cursor.execute("SHOW is_superuser")
    return bool(cursor.fetchone()[0] == "on")


def _quoted(table: str) -> str:
    return str(connection.ops.quote_name(table))
