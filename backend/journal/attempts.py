"""Attempts: parts of a transaction that may fail alone, without a savepoint for each.

A push judges two dozen operations in one transaction, and a bad one must cost only itself. A database savepoint around
each would cost more than the work inside: most attempts only change what the transaction holds in memory (`Held`), and
that is marked and put back for nothing. A savepoint is opened when an attempt writes its first row, and not before.

What is held is written when somebody else looks at its tables, and at the end.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Protocol, TypeVar

from django.db import connection, transaction

from backend.journal.rows import Batch

WRITING = ("INSERT", "UPDATE", "DELETE", "WITH")


class Held(Protocol):
    """What a transaction works on in memory: read once, changed by many attempts, written once."""

    tables: ClassVar[frozenset[str]]
    """Names of the tables whose rows it holds."""

    def mark(self) -> Any:
        """What `back_to` needs to undo everything that happens from now on."""
        ...

    def back_to(self, mark: Any) -> None: ...

    def save(self, batch: Batch) -> None:
        """Put what was changed since the last time into `batch`."""
        ...

    def forget(self) -> None:
        """Others changed the tables: nothing in memory is to be trusted any longer."""
        ...


H = TypeVar("H", bound=Held)


class Attempt:
    """One attempt: what was held and to be written when it began, and its savepoint once it has written."""

    __slots__ = ("batch", "held", "marks", "savepoint")

    def __init__(self, held: dict[Any, Held], batch: Batch) -> None:
        self.held, self.batch = held, batch
        self.marks = [(each, each.mark()) for each in held.values()]
        self.savepoint: str | None = None


class Attempts:
    """The attempts of one transaction, innermost last, and what it holds."""

    def __init__(self) -> None:
        self._levels: list[Attempt] = []
        self._held: dict[Any, Held] = {}
        self._tables: set[str] = set()
        self._own_work = False
        self.batch = Batch()
        """What is to be written together; run before anybody looks at what is held."""

    def hold(self, key: Any, load: Callable[[], H]) -> H:
        """The thing held under `key`, loaded if it is not held yet. `load` may raise; then nothing is held."""
        held: Any = self._held.get(key)
        if held is None:
            with self.aside():
                held = load()
            self._held[key] = held
            self._tables |= held.tables
        return held  # type: ignore[no-any-return]

    def held(self, kind: type[H]) -> list[H]:
        """Everything of `kind` that is held."""
        return [each for each in self._held.values() if isinstance(each, kind)]

    def save(self) -> None:
        """Put everything held that is not written yet into the batch."""
        with self.aside():
            for held in self._held.values():
                held.save(self.batch)

    def write(self) -> None:
        """Write everything held, and what else is in the batch."""
        self.save()
        with self.aside():
            self.batch.run()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Statements inside are the work of what is held itself: it need not be written for them to see it."""
        before, self._own_work = self._own_work, True
        try:
            yield
        finally:
            self._own_work = before

    def begin(self, *, eager: bool = False) -> Attempt:
        """What happens from now on is one attempt, until `keep` or `undo`.

        `eager` opens the savepoint at once: then even a read that the database refuses costs only this attempt.
        """
        attempt = Attempt(dict(self._held), self.batch.copy())
        self._levels.append(attempt)
        if eager:
            self._open_savepoints()
        return attempt

    def keep(self, attempt: Attempt) -> None:
        self._levels.remove(attempt)

    def undo(self, attempt: Attempt) -> None:
        """Nothing of the attempt has happened."""
        self._levels.remove(attempt)
        self._held, self.batch = attempt.held, attempt.batch
        for each, mark in attempt.marks:
            each.back_to(mark)
        if attempt.savepoint is not None:
            transaction.savepoint_rollback(attempt.savepoint)
            connection.needs_rollback = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Every statement of the transaction is looked at before it runs."""
        with connection.execute_wrapper(self._watch):
            yield

    def _watch(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        writes = str(sql).lstrip()[:6].upper().startswith(WRITING)
        if not self._own_work and self._held and any(table in sql for table in self._tables):
            self.write()
            if writes:
                self._forget()
        if writes:
            self._open_savepoints()
        return execute(sql, params, many, context)

    def _forget(self) -> None:
        for held in self._held.values():
            held.forget()
        self._held.clear()

    def _open_savepoints(self) -> None:
        """One for all attempts that have not written yet: to all of them the database looks the same."""
        if self._levels and self._levels[-1].savepoint is None:
            savepoint = transaction.savepoint()
            for level in self._levels:
                level.savepoint = level.savepoint or savepoint
