"""Where the product is measured: a database server as it is shipped, and the product's server with its workers.

PostgreSQL runs with its own defaults of durability (fsync, synchronous_commit, full_page_writes on). Everything lives
in one folder, listens on 127.0.0.1 and ends with the stand.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from bench.load import Job, Report
from bench.preparing import Prepared
from bench.server import ROOT, ServerFault, free_port
from bench.table import Line
from tests.engines.postgres import DURABLE, start_cluster
from tests.engines.processes import stop, tail
from tests.engines.redis import RedisServer

STARTS_WITHIN = 60.0
ENGINES = ("sqlite", "postgresql")


@dataclass
class Stand:
    """A folder, its environment, and how many server processes there are."""

    folder: Path
    environment: dict[str, str]
    workers: int
    engine: str
    port: int = 0
    processes: list[int] = field(default_factory=list)
    """Of the database server and of the product's."""

    def prepare(self, *, crews: int, phones: int = 1, visits: int, others: int = 0, learn: bool = False) -> Prepared:
        """County, crews, phones; see `bench.preparing`."""
        out = self.folder / "prepared.json"
        options = ["--crews", str(crews), "--phones", str(phones), "--visits", str(visits)]
        options += ["--others", str(others), "--out", str(out)]
        self.run("bench.preparing", *options, *(["--learn"] if learn else []))
        return msgspec.json.decode(out.read_bytes(), type=Prepared)

    def load(self, clients: Sequence[Sequence[bytes]], warm: int = 0, others: Sequence[bytes] = ()) -> Report:
        """Send these requests from a process of their own; what came back."""
        job, report = self.folder / "job.msgpack", self.folder / "report.msgpack"
        told = Job(self.port, [list(each) for each in clients], warm, self.workers, list(others))
        job.write_bytes(msgspec.msgpack.encode(told))
        self.run("bench.load", str(job), str(report))
        return msgspec.msgpack.decode(report.read_bytes(), type=Report)

    def run(self, module: str, *arguments: str) -> None:
        """A module of ours in a process of its own. Raises `CalledProcessError`."""
        subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=self.environment, check=True)

    def memory(self) -> float:
        """Megabytes that the largest of the server's processes holds (Linux)."""
        pids = {httpx.get(f"http://127.0.0.1:{self.port}/bench/worker").text for _ in range(8 * self.workers)}
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    @contextmanager
    def serving(self, *, duties: bool = False, application: str = "backend.asgi:application") -> Iterator[None]:
        """The product's server, started as docs/operations.md says; with or without its duties. `application`: the
        product with a control beside it."""
        self.port, log = free_port(), self.folder / "server.log"
        options = ["--port", str(self.port), "--no-access-log", "--no-proxy-headers", "--log-level", "warning"]
        options += ["--timeout-keep-alive", "60"]
        options += ["--workers", str(self.workers)] if self.workers > 1 else []
        embedded = "yes" if duties and self.workers == 1 else "no"
        with ExitStack() as stack:
            command = ["-m", "uvicorn", application, *options]
            server = stack.enter_context(self._process(command, log, DUDAO_WORKER=embedded))
            self._wait(server, log)
            self.processes.append(server.pid)
            stack.callback(self.processes.remove, server.pid)
            if duties and self.workers > 1:
                stack.enter_context(self._process(["manage.py", "worker"], self.folder / "worker.log"))
            yield

    @contextmanager
    def _process(self, command: Sequence[str], log: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment | more,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            yield process
        finally:
            stop(process)

    def _wait(self, process: subprocess.Popen[bytes], log: Path) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and process.poll() is None:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2.0).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise ServerFault(f"the server does not start: {tail(log)}")


def on_both(module: str, only: str = "") -> Iterator[Line]:
    """What `module` measures on an empty stand of each engine, or of the `only` one: it writes its lines into the file
    it is given.
    """
    for begin in (sqlite, postgresql) if not only else ({"sqlite": sqlite, "postgresql": postgresql}[only],):
        with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, begin(Path(folder)) as stand:
            out = stand.folder / "lines.json"
            stand.run(module, str(out))
            yield from msgspec.json.decode(out.read_bytes(), type=list[Line])


def open_county() -> str:
    """In a process of such a stand: the demonstration county in the empty database. The engine's name."""
    from django.core.management import call_command
    from django.db import connection

    from backend.desk import demo

    call_command("migrate", verbosity=0)
    demo.prepare(lambda _line: None)
    return {"sqlite": "SQLite"}.get(connection.vendor, "PostgreSQL")


@contextmanager
def postgresql(folder: Path, workers: int = 2) -> Iterator[Stand]:
    """PostgreSQL and Redis of our own, `workers` server processes. Raises `EngineMissing`."""
    with ExitStack() as stack:
        cluster = start_cluster(DURABLE)
        stack.callback(cluster.stop)
        redis = RedisServer.start(folder)
        stack.callback(redis.stop)
        address = {"DUDAO_DATABASE": cluster.dsn, "DUDAO_REDIS": redis.url, "DUDAO_WORKERS": str(workers)}
        yield Stand(folder, _environment(folder) | address, workers, cluster.version, processes=[cluster.process.pid])


@contextmanager
def sqlite(folder: Path) -> Iterator[Stand]:
    """The embedded default: one process, SQLite on disk."""
    yield Stand(folder, _environment(folder), 1, "SQLite")


def _environment(folder: Path) -> dict[str, str]:
    """What the product reads is set here alone."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DUDAO_", "DJANGO_"))}
    return env | {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "DUDAO_DATA": str(folder),
        "DUDAO_DEMO": "yes",
        "DUDAO_HOSTS": "127.0.0.1,testserver",
        "DUDAO_WORKER": "no",
        "DUDAO_SECRET_KEY": "a key for measurements only, long enough for HS256",
        "PYTHONUNBUFFERED": "1",
    }
