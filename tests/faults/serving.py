"""A real server on the engine of the run, with a database of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import Server
from tests.engines.county import county, own_database


@contextmanager
def serving(engine: str, folder: Path, clock: str, *, since: str) -> Iterator[Server]:
    """A running server of the demonstration county as it was made at `since`, whose clock starts later, at `clock`."""
    like = county(engine, since)
    like.copy_to(folder)
    with own_database(like) as address, Server(folder, address, clock) as server:
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
