"""A look into the server's own tables, past all of its code: what custody holds, what became of it, what it made.

The only place of these tests that knows how tables are called.
"""

import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

import psycopg

from bench.server import Server

Row = tuple[Any, ...]
MOST_NAMES = 500
"""Values in one IN clause."""

OPERATIONS = "SELECT id, device_id, n, body FROM sync_operation WHERE device_id IN ({})"
STRAYS = "SELECT operation_id FROM sync_strayoperation WHERE device_id IN ({})"
VERDICTS = (
    "SELECT o.id, v.status, v.code FROM sync_operation o LEFT JOIN sync_verdict v ON v.operation_id = o.id"
    " WHERE o.device_id IN ({})"
)
REVISIONS = "SELECT device_id, n, key FROM inspections_answerrevision WHERE device_id IN ({})"
VISITS = "SELECT id, assignment_id, state, content_hash FROM inspections_visit WHERE assignment_id IN ({})"
ROUNDS = "SELECT visit_id, round, content_hash FROM inspections_visitround WHERE visit_id IN ({})"
FINDINGS = "SELECT id, visit_id, number, state FROM inspections_finding WHERE visit_id IN ({})"
EVIDENCE = "SELECT id, state FROM inspections_evidence WHERE visit_id IN ({})"
STEPS = "SELECT visit_id, verb FROM inspections_visittransition WHERE visit_id IN ({})"


class Tables:
    """One look, read-only. `sqlite` or a PostgreSQL address, whichever the server uses."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def rows(self, statement: str, ids: Iterable[str]) -> list[Row]:
        """Rows of a statement with one IN clause of ids; ids in rows come back as they are written in JSON."""
        names = [uuid.UUID(each) for each in ids]
        out: list[Row] = []
        for start in range(0, len(names), MOST_NAMES):
            out += self._ask(statement, names[start : start + MOST_NAMES])
        return [tuple(_plain(value) for value in row) for row in out]

    def _ask(self, statement: str, names: Sequence[uuid.UUID]) -> list[Row]:
        if self.server.database:
            with psycopg.connect(self.server.database) as database:
                return database.execute(statement.format(", ".join(["%s"] * len(names))).encode(), names).fetchall()
        address = f"file:{self.server.data / 'dudao.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as database:
            hexes = [name.hex for name in names]
            return database.execute(statement.format(", ".join("?" * len(hexes))), hexes).fetchall()


def _plain(value: Any) -> Any:
    """SQLite keeps an id as 32 hex digits, PostgreSQL as itself."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, str) and len(value) == 32:
        try:
            return str(uuid.UUID(value))
        except ValueError:
            return value
    return value
