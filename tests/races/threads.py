"""Threads with a database connection each, and what the database itself says of deadlocks."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

ENDS_WITHIN = 10.0
"""Seconds for PostgreSQL to end the process behind a closed connection."""


class Crowd:
    """People who all begin at the same instant, each in a thread with a connection of its own."""

    def __init__(self, deeds: Sequence[Callable[[], Any]]) -> None:
        self.processes: list[int] = []
        """PostgreSQL's process of each connection."""

        self._gate = threading.Barrier(len(deeds))
        self._pool = ThreadPoolExecutor(len(deeds))
        self._doing = [self._pool.submit(self._run, deed) for deed in deeds]

    def _run(self, deed: Callable[[], Any]) -> Any:
        _leave_the_pool()
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                self.processes.append(connection.connection.info.backend_pid)
            self._gate.wait(60)
            return deed()
        except BaseException:
            self._gate.abort()
            raise
        finally:
            connection.close()

    def busy(self) -> bool:
        return not all(each.done() for each in self._doing)

    def answers(self) -> list[Any]:
        """What each came back with, in order; raises what the first of them met."""
        self._pool.shutdown()
        return [each.result() for each in self._doing]


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of them as nearly at the same time as threads can; their answers in order."""
    return Crowd(deeds).answers()


def _leave_the_pool() -> None:
    """The product's pool lets eight people of a process meet in the database at once; here all shall."""
    options = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"}
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": options}


def deadlocks(after: Crowd | None = None) -> int:
    """How many deadlocks this database has ever met; none on SQLite, which has one lock.

    A process of PostgreSQL counts what it met at the latest when it ends, so the crowd's are waited for.
    """
    if connection.vendor != "postgresql":
        return 0
    end = time.monotonic() + ENDS_WITHIN
    while after and _alive(after.processes) and time.monotonic() < end:
        time.sleep(0.05)
    return int(_ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


def _alive(processes: list[int]) -> bool:
    return bool(_ask("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", processes))


def _ask(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
