"""A fair queue in front of SQLite's single write lock.

SQLite lets waiting writers race for its lock with growing sleeps; in order of arrival the slowest
waiters wait half as long. PostgreSQL needs no such thing and passes straight through.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class Turnstile:
    """A lock that is handed over in order of arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._busy = False

    def enter(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False


_turnstile = Turnstile()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for this process's turn to write; nothing to wait for inside a transaction or on PostgreSQL."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    _turnstile.enter()
    try:
        yield
    finally:
        _turnstile.leave()
