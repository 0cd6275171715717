"""Django's SQLite, which does two things anew each time that are the same each time: here they are done once.

It writes the parameters' marks into a statement: a push runs forty of a thousand characters whose texts never change
(`core.lookup`, `journal.rows`). And it makes an object of every UUID that it reads, although the ids of a county's
targets, teams and people come again in every row that cites them: the coverage of a month reads ten thousand.
"""

import uuid
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations


@lru_cache(maxsize=512)
def marked(query: str) -> str:
    """With `?` in the place of `%s`."""
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


KNOWN_IDS = 32_768
"""UUIDs that are remembered, about 7 MB."""

_uuid = lru_cache(maxsize=KNOWN_IDS)(uuid.UUID)


class Operations(DatabaseOperations):
    def convert_uuidfield_value(self, value: str | None, expression: Any, connection: Any) -> uuid.UUID | None:
        """A UUID never changes, so that rows may share one."""
        return None if value is None else _uuid(value)


class Cursor(base.SQLiteCursorWrapper):
    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Named parameters are Django's own business."""
        if param_names is None:
            return marked(query)
        return str(super().convert_query(query, param_names=param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """`ENGINE = "backend.core.sqlite"`."""

    ops_class = Operations

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)
