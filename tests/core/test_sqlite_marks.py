"""Our SQLite: a statement becomes what Django would make of it."""

import sqlite3

import pytest
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from backend.core.sqlite.base import Cursor

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("SELECT %s, %s", [1, "a"]),
        ("SELECT '100%%', %s", ["%s"]),
        ("SELECT '%%s' || %s", ["b"]),
        ("SELECT %(one)s + %(one)s + %(other)s", {"one": 1, "other": 2}),
        ("SELECT '100%'", None),
    ],
)
def test_marks_are_djangos(query: str, params: list[object] | dict[str, object] | None) -> None:
    found = []
    for kind in (SQLiteCursorWrapper, Cursor, Cursor):
        cursor = sqlite3.connect(":memory:").cursor(factory=kind)
        found.append(cursor.execute(query, params).fetchall())
    assert found[1] == found[2] == found[0]
