"""SQLite: VACUUM INTO of one read transaction; a restore is one transaction of SQLite's own backup interface."""

import datetime as dt
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db import connection

from backend.backups.folder import read_pieces
from backend.backups.problems import BackupProblem, Damaged
from backend.core import clock
from backend.media.storage import sync_file, sync_folder

PATIENCE = 60.0
"""Seconds to wait for somebody else's write transaction."""

BUSY = "数据库正忙，请先停止服务再试。"


class SQLite:
    name = "sqlite"
    part = "database.sqlite3"

    def settled_until(self) -> dt.datetime | None:
        """Whoever writes here reads the clock inside a transaction that was begun IMMEDIATE: while we hold that
        lock there is none."""
        with closing(_open(_path())) as ours, _translated():
            ours.execute("BEGIN IMMEDIATE")
            instant = clock.now()
            ours.execute("ROLLBACK")
        return instant

    @contextmanager
    def snapshot(self, work: Path) -> Iterator["Copy"]:
        copy = work / "copy.sqlite3"
        with closing(_open(_path())) as ours, _translated():
            ours.execute("VACUUM INTO ?", [str(copy)])
        with closing(_read(copy)) as reader:
            yield Copy(copy, reader)

    def check(self, pieces: Iterable[bytes], work: Path) -> None:
        _check(_written(pieces, work / "check.sqlite3"))

    def replace(self, pieces: Iterable[bytes], work: Path, epilogue: str) -> None:
        restored = _written(pieces, work / "restored.sqlite3")
        _check(restored)
        with closing(_open(restored)) as source:
            source.execute(epilogue)
            connection.close()
            try:
                _pour(source, _path())
            except sqlite3.DatabaseError as fault:
                if not _is_unreadable(fault):
                    raise BackupProblem(detail=f"无法写入数据库：{fault}。") from fault
                _set_aside(_path())
                _pour(source, _path())


class Copy:
    """A finished copy of the database."""

    def __init__(self, path: Path, reader: sqlite3.Connection) -> None:
        self._path, self._reader = path, reader

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        return iter(self._reader.execute(sql))

    def pieces(self) -> Iterator[bytes]:
        return read_pieces(self._path)


def _path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _open(path: Path) -> sqlite3.Connection:
    """A connection of our own: Django's may be inside a transaction, where nothing can be vacuumed."""
    ours = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    ours.execute("PRAGMA synchronous=FULL")
    return ours


def _read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as fault:
        raise BackupProblem(detail=f"数据库无法读取：{fault}。") from fault
    except sqlite3.DatabaseError as fault:
        raise Damaged(detail=f"正在使用的数据库已损坏：{fault}。") from fault


def _written(pieces: Iterable[bytes], path: Path) -> Path:
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    return path


def _check(path: Path) -> None:
    try:
        with closing(_read(path)) as reader:
            found = [str(row[0]) for row in reader.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as fault:
        raise Damaged(detail=f"备份中的数据库无法打开：{fault}。") from fault
    if found != ["ok"]:
        raise Damaged(detail=f"备份中的数据库未通过完整性检查：{'；'.join(found)}。")


def _pour(source: sqlite3.Connection, target: Path) -> None:
    """Overwrite a database in one transaction of it; who reads it meanwhile sees the old one until the end."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(_open(target)) as ours:
        ours.execute("PRAGMA journal_mode=WAL")
        source.backup(ours, progress=_until(time.monotonic() + PATIENCE))
        with suppress(sqlite3.OperationalError):  # a reader keeps the log; it will be folded in later
            ours.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sync_file(target)
    sync_folder(target.parent)


def _until(deadline: float) -> Callable[[int, int, int], None]:
    """SQLite tries again for ever when the database is locked; we do not."""

    def progress(status: int, _remaining: int, _total: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > deadline:
            raise BackupProblem("busy", BUSY)

    return progress


def _is_unreadable(fault: sqlite3.DatabaseError) -> bool:
    return fault.sqlite_errorcode in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def _set_aside(path: Path) -> None:
    """A damaged database is kept under another name: somebody may still read something out of it."""
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.replace(path.with_name(f"{path.name}.damaged-{stamp}{suffix}"))
