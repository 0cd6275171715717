"""What a database must be able to do to be backed up; one module for each that the product runs on."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from django.db import connection


class Snapshot(Protocol):
    """One moment of the database."""

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Answers to a query, all of them of that moment."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """The whole database of that moment, to be read once."""
        ...


class Engine(Protocol):
    """`name` as the manifest says it, `part` the file that holds the database."""

    name: str
    part: str

    def settled_until(self) -> dt.datetime | None:
        """An instant of our clock: no transaction that read the clock before it is still running.

        So whatever bears an earlier time is in every snapshot taken after this call. None when it cannot be told.
        """
        ...

    def snapshot(self, work: Path) -> AbstractContextManager[Snapshot]:
        """`work` is a folder for files that must not outlive the block."""
        ...

    def check(self, pieces: Iterable[bytes], work: Path) -> None:
        """Read a database part as the engine would. Raises `Damaged`."""
        ...

    def replace(self, pieces: Iterable[bytes], work: Path, epilogue: str) -> None:
        """Put this database in the place of the present one and run the statement `epilogue` in it, all or nothing."""
        ...


def current() -> Engine:
    """The engine of this deployment."""
    from backend.backups.engines.postgresql import PostgreSQL
    from backend.backups.engines.sqlite import SQLite

    return SQLite() if connection.vendor == "sqlite" else PostgreSQL()
