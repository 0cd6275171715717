"""Statements prepared on a connection to PostgreSQL, and run by libpq in one call each.

The driver's cursors wait for the database in small steps, so that they can be awaited and interrupted: a server's
thread has nothing else to do meanwhile. Values go out and come in as the driver's own adapters make them.
"""

import re
import uuid
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format, TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

MOST = 512
"""Statements that a connection keeps; the program has fewer. One beyond them is planned each time."""

OUTDATED, DISCARDED = b"0A000", b"26000"
"""What PostgreSQL says of a prepared statement whose table was altered (feature_not_supported), and of one that
somebody discarded (invalid_sql_statement_name), mostly with all others."""

DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)

Key = tuple[str, tuple[int, ...]]
"""A text, and the types of its parameters."""


class _Kept:
    """What one connection keeps."""

    __slots__ = ("names", "transformer")

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        adapters = AdaptersMap(driver.adapters)
        # Django's own reader of instants is Python around the driver's: the session's time zone is UTC already.
        adapters.register_loader("timestamptz", TimestamptzLoader)
        self.transformer = Transformer(_Context(adapters))
        self.names: dict[Key, bytes] = {}


class _Context(NamedTuple):
    """How values are adapted; without the connection, which is forgotten when nobody else holds it."""

    adapters: AdaptersMap
    connection: None = None


_kept: WeakKeyDictionary[psycopg.Connection[Any], _Kept] = WeakKeyDictionary()


def rows(
    driver: psycopg.Connection[Any], sql: str, parameters: Sequence[Any], *, binary: bool = False
) -> list[tuple[Any, ...]]:
    """What `sql` answers, its parameters marked `%s`; nothing if it only writes. Begins a transaction where the
    driver would. `binary`: values come in PostgreSQL's binary form. Raises the driver's exceptions.

    The driver itself must prepare nothing (`prepare_threshold` None): after a rollback it discards whatever is prepared
    on its connection.
    """
    kept, pgconn = _kept.get(driver), driver.pgconn
    if kept is None:
        kept = _kept[driver] = _Kept(driver)
    if not driver.autocommit and pgconn.transaction_status == TransactionStatus.IDLE:
        _checked(driver, pgconn.exec_(b"BEGIN"))
    transformer = kept.transformer
    values = transformer.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
    result = _run(driver, kept, (sql, transformer.types or ()), values, Format.BINARY if binary else Format.TEXT)
    transformer.set_pgresult(result)
    return transformer.load_rows(0, result.ntuples, tuple)


def _run(driver: psycopg.Connection[Any], kept: _Kept, key: Key, values: Sequence[Any], wanted: Format) -> Any:
    pgconn, formats, (sql, types) = driver.pgconn, kept.transformer.formats, key
    name = kept.names.get(key)
    if name is None:
        if len(kept.names) >= MOST:
            return _checked(driver, pgconn.exec_params(_text(sql), values, types, formats, wanted))
        name = f"kept_{uuid.uuid4().hex}".encode()
        _checked(driver, pgconn.prepare(name, _text(sql), types))
        kept.names[key] = name
    result = pgconn.exec_prepared(name, values, formats, wanted)
    state = result.error_field(DiagnosticField.SQLSTATE)
    if state == OUTDATED:
        del kept.names[key]
    elif state == DISCARDED:
        kept.names.clear()
    return _checked(driver, result)


def _checked(driver: psycopg.Connection[Any], result: Any) -> Any:
    if result.status in DONE:
        return result
    if driver.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError(result.get_error_message(driver.info.encoding))
    raise error_from_result(result, encoding=driver.info.encoding)


@lru_cache(maxsize=4 * MOST)
def _text(sql: str) -> bytes:
    """With PostgreSQL's own marks of parameters, `$1`, `$2` …"""
    places = count(1)
    return re.sub("%[s%]", lambda mark: f"${next(places)}" if mark[0] == "%s" else "%", sql).encode()
