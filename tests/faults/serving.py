"""A real server on the engine of the run, with a database of its own."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.server import Server


@contextmanager
def database(engine: str) -> Iterator[str | None]:
    """The address of a fresh database on the run's PostgreSQL; None for SQLite in the server's own folder."""
    if engine == "sqlite":
        yield None
        return
    cluster = os.environ["DUDAO_TEST_DATABASE"]
    name = f"faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield urlunsplit(urlsplit(cluster)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def serving(engine: str, folder: Path, clock: str) -> Iterator[Server]:
    """A running server whose clock starts at `clock`."""
    with database(engine) as address, Server(folder, address, clock) as server:
        yield server


def memory_of(server: Server) -> int:
    """Bytes that the server's process holds in memory now."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status")
    if status.exists():
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024
    command = ["ps", "-o", "rss=", "-p", str(server.process.pid)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout) * 1024
