"""Django's SQLite, which writes the parameters' marks of a statement anew each time it runs: here it does so once.

A push runs forty statements of a thousand characters whose texts never change (`core.lookup`, `journal.rows`).
"""

from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base


@lru_cache(maxsize=512)
def _marked(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class Cursor(base.SQLiteCursorWrapper):
    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """With `?` in the place of `%s`. Named parameters are Django's own business."""
        if param_names is None:
            return _marked(query)
        return str(super().convert_query(query, param_names=param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """`ENGINE = "backend.core.sqlite"`."""

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)
