"""`write()`: the only way to change synced or audited data."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction

from backend.core import clock
from backend.core.actor import Actor
from backend.core.making import made
from backend.journal import feed, grants
from backend.journal.attempts import Attempts, H
from backend.journal.models import AuditLine, Outbox
from backend.journal.models.subject import Document, Subject
from backend.journal.rows import Batch, Row
from backend.journal.signals import changes_committed
from backend.journal.turnstile import turn

Key = tuple[str, str]


class Change:
    """One transaction in the making. Objects put several times are stored once, as they are at the end."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.revs: dict[Key, int] = {}
        self._puts: dict[Key, Document | None] = {}
        self._lines: list[Row] = []
        self._told: list[Outbox] = []
        self._scopes: set[str] = set()
        self._any_told = self._numbered = False
        self._attempts = Attempts()
        self.coming: dict[str, list[str]] = {}
        """By kind the ids of what the attempts of this transaction are about: who looks one up can look up all."""

    def hold(self, key: Any, load: Callable[[], H]) -> H:
        """What this transaction works on in memory under `key`; `load` reads it the first time (see `attempts`)."""
        return self._attempts.hold(key, load)

    def held(self, kind: type[H]) -> list[H]:
        """Everything of `kind` that is worked on in memory."""
        return self._attempts.held(kind)

    def aside(self) -> AbstractContextManager[None]:
        """For the statements by which what is held reads itself: it is not written first, as for anybody else's."""
        return self._attempts.aside()

    def put(self, document: Document) -> None:
        """The object's current document goes into its scope's feed."""
        self._puts[document.journal_kind, document.journal_id] = document

    def remove(self, document: Subject) -> None:
        """The object leaves every feed; a tombstone tells the phones."""
        self._puts[document.journal_kind, document.journal_id] = None

    def log(self, verb: str, subject: Subject, *, actor: Actor | None = None, **detail: Any) -> None:
        """An audit line. `detail` must be plain JSON data and hold nothing secret that the reader may not see."""
        who = actor or self.actor
        self._lines.append(
            Row(
                AuditLine,
                county_id=who.county_id,
                at=clock.now(),
                actor_id=who.user_id,
                actor_name=who.name,
                device_id=who.device_id,
                verb=verb,
                kind=subject.journal_kind,
                object_id=subject.journal_id,
                detail=detail,
            )
        )

    def tell(self, kind: str, recipients: Iterable[int], subject: Subject, **detail: Any) -> None:
        """A message to each of `recipients` (user ids, each once), delivered after commit."""
        self._told += [
            made(
                Outbox,
                county_id=self.actor.county_id,
                recipient_id=recipient,
                kind=kind,
                subject_kind=subject.journal_kind,
                subject_id=subject.journal_id,
                detail=detail,
                at=clock.now(),
            )
            for recipient in sorted(set(recipients))
        ]

    def grant(self, user_id: int, scope: str, *, starts_at: Any = None, ends_at: Any = None) -> None:
        """`user_id` may read `scope` from `starts_at` (default now) until `ends_at` (default: no end)."""
        grants.give(self.actor.county_id, user_id, scope, starts_at or clock.now(), ends_at)
        self._scopes.add(f"user:{user_id}")

    def end_grant(self, user_id: int, scope: str, *, at: Any = None) -> None:
        """Every running or future grant of `user_id` to `scope` ends at `at` (default now)."""
        grants.end(user_id, scope, at or clock.now())
        self._scopes.add(f"user:{user_id}")

    def end_scope(self, scope: str, *, at: Any = None) -> None:
        """Every grant to `scope` ends at `at` (default now) at the latest."""
        grants.end_all(scope, at or clock.now())
        self._scopes.add(scope)

    def touch(self, scope: str) -> None:
        """Live sockets of `scope` look again after commit, although no document of it changed."""
        self._scopes.add(scope)

    @property
    def batch(self) -> Batch:
        """For rows that nobody looks at in this transaction: written with everything else at its end."""
        return self._attempts.batch

    def number(self) -> None:
        """Number what was put so far; `revs` then knows each object's revision. Takes the scopes' locks."""
        if not self._puts:
            return
        if self._numbered:  # what was numbered before must be there to be read
            self._attempts.write()
        self._attempts.save()
        puts, self._puts = self._puts, {}
        revs, scopes = feed.store(self.actor.county_id, puts, self.batch)
        self.revs |= revs
        self._scopes |= scopes
        self._numbered = True

    def flush(self) -> None:
        """Number and write everything so far."""
        self.number()
        self.batch.insert(self._lines)
        self.batch.insert(self._told)
        self._any_told = self._any_told or bool(self._told)
        self._lines, self._told = [], []
        self._attempts.write()
        self._numbered = False

    def announce(self) -> None:
        """After commit: one signal with what was touched. Never fails the write that has happened."""
        if self._scopes or self._any_told:
            changes_committed.send_robust(
                sender=Change,
                county_id=self.actor.county_id,
                scopes=tuple(sorted(self._scopes)),
                told=self._any_told,
            )

    def _mark(self) -> tuple[Any, ...]:
        lines, told = list(self._lines), list(self._told)
        return dict(self._puts), lines, told, set(self._scopes), dict(self.revs), self._any_told, self._numbered

    def _back_to(self, mark: tuple[Any, ...]) -> None:
        self._puts, self._lines, self._told, self._scopes, self.revs, self._any_told, self._numbered = mark


_active: ContextVar[Change | None] = ContextVar("journal_change", default=None)


def active() -> bool:
    """Whether the running code is inside `write()`."""
    return _active.get() is not None


def write(*, actor: Actor, eager: bool = False) -> AbstractContextManager[Change]:
    """A transaction with its feed rows, audit lines and messages; all of it happens or none.

    Inside another `write()` it becomes an attempt of that one: an exception undoes only the inner part (`eager`: see
    `attempts`). Feed rows are numbered late, scopes locked in sorted order, so that number order is commit order
    (sync protocol, Pull) and crossing writers cannot deadlock on them.
    """
    outer = _active.get()
    return _transaction(Change(actor)) if outer is None else _Inner(outer, actor, eager)


@contextmanager
def _transaction(change: Change) -> Iterator[Change]:
    with turn(), transaction.atomic(), change._attempts.watching():
        token = _active.set(change)
        try:
            yield change
            change.flush()
            transaction.on_commit(change.announce)
        finally:
            _active.reset(token)


class _Inner:
    """A `write()` inside another one; a push has two for each operation, so it is no generator."""

    __slots__ = ("actor", "attempt", "before", "change", "eager", "mark")

    def __init__(self, change: Change, actor: Actor, eager: bool) -> None:
        self.change, self.actor, self.eager = change, actor, eager

    def __enter__(self) -> Change:
        change = self.change
        self.mark, self.before = change._mark(), change.actor
        self.attempt = change._attempts.begin(eager=self.eager)
        change.actor = self.actor
        return change

    def __exit__(self, fault: object, *_: object) -> None:
        change = self.change
        change.actor = self.before
        if fault is None:
            change._attempts.keep(self.attempt)
        else:
            change._back_to(self.mark)
            change._attempts.undo(self.attempt)
