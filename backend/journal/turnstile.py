"""A fair queue in front of the database's writers.

SQLite has a single write lock, for which waiting writers race with growing sleeps; in order of arrival the slowest
waiters wait half as long. PostgreSQL can take several at once, but more than a few per process only stand in each
other's way, and if every phone that hands in its day held a connection while it waited, those who only want to read
would find none (measured: at the rush their pulls waited seconds). So who waits here gives its connection back.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PLACES = {"sqlite": 1, "postgresql": 2}
"""How many of this process may write at the same time."""


class Turnstile:
    """So many places at a time, handed over in order of arrival."""

    def __init__(self, places: int = 1) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._free = places

    def enter(self) -> None:
        """Take a place, at once if one is free."""
        turn = self._queue()
        if turn is not None:
            turn.wait()

    def _queue(self) -> threading.Event | None:
        with self._guard:
            if self._free:
                self._free -= 1
                return None
            turn = threading.Event()
            self._waiting.append(turn)
            return turn

    def leave(self) -> None:
        """Hand the place to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


class Yielding(Turnstile):
    """Gives the database connection back to the pool before it waits."""

    def enter(self) -> None:
        turn = self._queue()
        if turn is not None:
            connection.close()
            turn.wait()


_turnstiles = {"sqlite": Turnstile(PLACES["sqlite"]), "postgresql": Yielding(PLACES["postgresql"])}


@contextmanager
def turn() -> Iterator[None]:
    """Wait for this process's turn to write; nothing to wait for inside a transaction."""
    if connection.in_atomic_block:
        yield
        return
    turnstile = _turnstiles[connection.vendor]
    turnstile.enter()
    try:
        yield
    finally:
        turnstile.leave()
