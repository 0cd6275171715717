"""The demonstration county, made once in a run: servers that begin with a copy of it need not migrate and load for long.

It is made by a server that begins with nothing, as a user's does, on the engine of the run; copies are of its folder and,
on PostgreSQL, of its database.
"""

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.server import Server

ROOT = "DUDAO_TEST_ROOT"
AUTUMN = "2026-10-22T09:00:00+08:00"
"""For servers whose own time begins on a later day of that autumn: what is made takes effect with the making."""


@dataclass(frozen=True, slots=True)
class County:
    """`folder`: what DUDAO_DATA held when its server had ended. `database`: its name on PostgreSQL."""

    folder: Path
    database: str = ""

    def copy_to(self, data: Path) -> None:
        """Lay it where a server is going to begin; nothing may be there yet."""
        shutil.copytree(self.folder, data, ignore=shutil.ignore_patterns("server.log"))


def county(engine: str, clock: str = "") -> County:
    """The run's county as of `clock` (ISO 8601; the present time where it is empty); whoever asks first waits for it."""
    place = Path(os.environ[ROOT]) / f"county-{hashlib.sha256(clock.encode()).hexdigest()[:12]}"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = place / "database"
        if not known.exists():
            made = _make(place / "data", engine, clock)
            known.write_text(made.database)
    return County(place / "data", known.read_text())


def _make(data: Path, engine: str, clock: str) -> County:
    name = "" if engine == "sqlite" else f"county_{uuid.uuid4().hex[:12]}"
    if name:
        _tell(f'CREATE DATABASE "{name}"')
    with Server(data, _address(name) if name else None, clock or None):
        pass
    return County(data, name)


@contextmanager
def own_database(like: County) -> Iterator[str | None]:
    """The address of a copy that nobody else uses, which goes afterwards; None for SQLite in the server's own folder."""
    if not like.database:
        yield None
        return
    name = f"server_{uuid.uuid4().hex[:12]}"
    _tell(f'CREATE DATABASE "{name}" TEMPLATE "{like.database}"')
    try:
        yield _address(name)
    finally:
        _tell(f'DROP DATABASE "{name}" WITH (FORCE)')


def forget(root: Path) -> None:
    """At the end of a run on a PostgreSQL that is not the run's own."""
    for each in root.glob("county-*/database"):
        if name := each.read_text():
            _tell(f'DROP DATABASE "{name}" WITH (FORCE)')


def _address(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DUDAO_TEST_DATABASE"])._replace(path=f"/{name}"))


def _tell(statement: str) -> None:
    with psycopg.connect(os.environ["DUDAO_TEST_DATABASE"], autocommit=True) as connection:
        connection.execute(statement.encode())
