"""PostgreSQL: pg_dump of an exported snapshot; a restore is one transaction of psql, fed by pg_restore."""

import datetime as dt
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from backend.backups.engines.tools import Tool, find, started
from backend.backups.problems import BackupProblem, Damaged
from backend.core import clock
from backend.journal.reading import snapshot
from backend.media.storage import CHUNK

OTHERS = """
    SELECT bool_and(state IS NOT NULL AND state <> 'disabled'),
           extract(epoch FROM clock_timestamp() - min(xact_start))
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
"""Of the other sessions: may we see all of them; and the age in seconds of the oldest running transaction."""

PLAIN = ("--no-owner", "--no-privileges")
SCRIPT = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-")


class PostgreSQL:
    name = "postgresql"
    part = "database.dump"

    def settled_until(self) -> dt.datetime | None:
        """Our clock now, or as it stood when the oldest transaction that still runs began: that one may bear any time
        since. None when the server does not let us see who is at work."""
        instant = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            visible, age = cursor.fetchone() or (None, None)
        if visible is False:
            return None
        return instant - dt.timedelta(seconds=max(0.0, float(age))) if age is not None else instant

    @contextmanager
    def snapshot(self, work: Path) -> Iterator["Moment"]:
        find("pg_dump")
        with snapshot():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_export_snapshot()")
                name = (cursor.fetchone() or ("",))[0]
            yield Moment(name)

    def check(self, pieces: Iterable[bytes], work: Path) -> None:
        try:
            with started("pg_restore", "--file=-", *PLAIN, reads=True) as reader, _fed(reader, pieces):
                for _ in reader.output(CHUNK):
                    pass
        except BackupProblem as fault:
            if fault.code == "tool_failed":
                raise Damaged(detail=f"备份中的数据库无法读取：{fault.detail}") from fault
            raise

    def replace(self, pieces: Iterable[bytes], work: Path, epilogue: str) -> None:
        """A script without its last line commits nothing: whatever fails before it leaves the database as it was."""
        prologue = _prologue()
        connection.close()
        with (
            started("psql", *SCRIPT, reads=True, prints=False) as writer,
            started("pg_restore", "--file=-", *PLAIN, reads=True) as reader,
            _fed(reader, pieces) as feeder,
        ):
            try:
                writer.stdin.write(prologue.encode())
                for piece in reader.output(CHUNK):
                    writer.stdin.write(piece)
                feeder.finish()
                writer.stdin.write(f"{epilogue};\nCOMMIT;\n".encode())
                writer.stdin.close()
            except BrokenPipeError:
                writer.process.wait()
                raise writer.fault() from None
            writer.finish()


class Moment:
    """An exported snapshot; it lives as long as the transaction around it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(5000):
                yield from rows

    def pieces(self) -> Iterator[bytes]:
        options = ("--format=custom", f"--snapshot={self._name}", "--lock-wait-timeout=60000", *PLAIN)
        with started("pg_dump", *options) as tool:
            yield from tool.output(CHUNK)


def _prologue() -> str:
    """Everything that is there now goes, also what a newer version added after the backup."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor, include_views=False)
    quoted = ", ".join(f"public.{connection.ops.quote_name(name)}" for name in sorted(names))
    drop = f"DROP TABLE {quoted} CASCADE;\n" if quoted else ""
    return f"BEGIN;\nSET LOCAL lock_timeout = '60s';\nSET LOCAL client_min_messages = warning;\n{drop}"


@contextmanager
def _fed(tool: Tool, pieces: Iterable[bytes]) -> Iterator["_Feeder"]:
    """Write `pieces` into the tool while the block reads what it prints. A fault of the pieces ends the tool and is
    what the block raises, not the tool's complaint about its input."""
    feeder = _Feeder(tool, pieces)
    feeder.start()
    try:
        yield feeder
        feeder.finish()
    except BaseException:
        feeder.abandon()
        if feeder.fault is not None:
            raise feeder.fault from None
        raise


class _Feeder(threading.Thread):
    """`fault`: what the pieces raised."""

    def __init__(self, tool: Tool, pieces: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self._tool, self._pieces = tool, pieces
        self._given_up = False
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            self._feed()
        except Exception as fault:  # noqa: BLE001 -- raised again in the thread that waits
            self.fault = fault
            self._tool.process.kill()

    def finish(self) -> None:
        """All pieces were there and were what they should be; else what they raised."""
        self.join()
        if self.fault is not None:
            raise self.fault

    def abandon(self) -> None:
        self._given_up = True
        self._tool.process.kill()
        self.join()

    def _feed(self) -> None:
        ended = False
        for piece in self._pieces:
            if self._given_up:
                return
            ended = ended or not self._write(piece)
        if not ended:
            self._tool.stdin.close()

    def _write(self, piece: bytes) -> bool:
        """False when the tool has ended: it says itself why. The rest is still read: its end proves it whole."""
        try:
            self._tool.stdin.write(piece)
        except BrokenPipeError:
            return False
        return True
