"""Real engines for the test suite: SQLite on disk, PostgreSQL and Redis.

`--engine=sqlite` (default) or `--engine=postgresql` chooses the database for the whole run; `make test` does both.
Everything a run needs lives in one temporary folder and ends with the run. With pytest-xdist the controlling process
owns the folder and the PostgreSQL server, and each worker has its own database and its own data folder.

What does not depend on the database is played once, on SQLite's run: whatever does not ask for one, outside the folders
of `SERVED`, and what bears the marker `once`; what bears `postgresql` only there. pytest-django fails what touches a
database without asking for it.

An engine that is not to be had on this machine is skipped with a loud line, and is a failure when CI is set.
"""

import atexit
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest

from tests.engines.postgres import Cluster, start_cluster
from tests.engines.processes import EngineMissing
from tests.engines.redis import RedisServer

ENGINES = ("sqlite", "postgresql")
WORKER = "PYTEST_XDIST_WORKER"
ROOT = "DUDAO_TEST_ROOT"
SERVED = ("faults", "crashes", "foreign", "soak")
"""Folders of tests that start servers of the product on the run's engine, and ask for no database themselves."""

LONG = ("faults", "crashes", "desk", "phone", "foreign", "bench")
"""Folders of tests that start servers, browsers and crowds. Those among them that leave the run's own database alone are
played first: pytest-django would play them last, and one worker would wait for the other."""

PG_DSN = "DUDAO_TEST_PG_DSN"
"""A PostgreSQL to use instead of our own cluster; its user must be allowed to create databases."""


class Run:
    """What one process of the test run owns and has to give back."""

    def __init__(self) -> None:
        self.engine = "sqlite"
        self.header = ""
        self.missing = ""
        self.root: Path | None = None
        self.cluster: Cluster | None = None

    def close(self) -> None:
        if self.cluster is not None:
            self.cluster.stop()
            self.cluster = None
        if self.root is not None:
            if PG_DSN in os.environ:
                from tests.engines import county

                county.forget(self.root)
            shutil.rmtree(self.root, ignore_errors=True)
            self.root = None


run = Run()


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=ENGINES, default="sqlite", help="database of this run (default: sqlite)")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Set the environment before pytest-django, whose own hook of this name imports the settings."""
    run.engine = early_config.known_args_namespace.engine
    if WORKER not in os.environ:
        _open_run()
    _set_environment()
    yield
    _name_test_database()


def _open_run() -> None:
    """In the controlling process: make the folder, start the database server."""
    # `timeout` and CI end us with SIGTERM; an interrupt lets pytest clean up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    atexit.register(run.close)
    run.root = Path(tempfile.mkdtemp(prefix="dudao-tests-"))
    os.environ[ROOT] = str(run.root)
    os.environ["DUDAO_TEST_DATABASE"] = f"sqlite:///{run.root / 'main.sqlite3'}"
    run.header = "database: SQLite on disk"
    if run.engine == "postgresql":
        try:
            os.environ["DUDAO_TEST_DATABASE"] = _postgres_address()
        except EngineMissing as fault:
            run.missing = str(fault)


def _postgres_address() -> str:
    if dsn := os.environ.get(PG_DSN):
        run.header = f"database: PostgreSQL from {PG_DSN}"
        return dsn
    run.cluster = start_cluster()
    run.header = f"database: {run.cluster.version} on 127.0.0.1:{run.cluster.port}, own cluster"
    return run.cluster.dsn


def _set_environment() -> None:
    """Nothing of the developer's own settings may leak into a test."""
    for name in [name for name in os.environ if name.startswith("DUDAO_") and not name.startswith("DUDAO_TEST_")]:
        del os.environ[name]
    data = Path(os.environ[ROOT]) / f"data-{os.environ.get(WORKER, 'main')}"
    data.mkdir(exist_ok=True)
    os.environ.update(
        DUDAO_DATABASE=os.environ["DUDAO_TEST_DATABASE"],
        DUDAO_DATA=str(data),
        DUDAO_SECRET_KEY="a key for tests only, long enough for HS256",
        DUDAO_DEBUG="no",
    )


def _name_test_database() -> None:
    """Without a name Django would take SQLite in memory: no WAL, no locks, not the engine that we ship."""
    from django.conf import settings

    if not settings.configured:
        return
    name = f"test_dudao_{os.getppid() if WORKER in os.environ else os.getpid()}"
    if run.engine == "sqlite":
        name = str(Path(os.environ[ROOT]) / f"{name}.sqlite3")
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name


def pytest_report_header() -> str:
    return run.header or f"database: {run.engine}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    if not run.missing:
        return
    if in_ci():
        pytest.exit(f"PostgreSQL is needed in CI: {run.missing}", returncode=1)
    pytest.exit(f"!!! NOT RUN ON POSTGRESQL: {run.missing}", returncode=0)


def pytest_unconfigure() -> None:
    run.close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not (_is_in(item, LONG) and _is_apart(item)))
    played = [item for item in items if _is_played(item)]
    config.hook.pytest_deselected(items=[item for item in items if not _is_played(item)])
    items[:] = played


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: the garbage collector need not look at it all day, nor at
    every thousand objects that queries make and forget."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _is_played(item: pytest.Item) -> bool:
    """On this engine: SQLite plays what is played once, and not what only PostgreSQL has."""
    if run.engine == "sqlite":
        return item.get_closest_marker("postgresql") is None
    return not _is_played_once(item)


def _is_played_once(item: pytest.Item) -> bool:
    return item.get_closest_marker("once") is not None or (_is_apart(item) and not _is_in(item, SERVED))


def _is_in(item: pytest.Item, folders: Sequence[str]) -> bool:
    here = Path(__file__).parent.parent
    return any(item.path.is_relative_to(here / folder) for folder in folders)


def _is_apart(item: pytest.Item) -> bool:
    """Whether it never touches the database of the run: it computes only, or plays with a server of its own."""
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is None and not asked


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Redis server of our own, one for each worker, without persistence."""
    try:
        server = RedisServer.start(tmp_path_factory.mktemp("redis"))
    except EngineMissing as fault:
        pytest.fail(f"Redis is needed: {fault}")
    yield server.url
    server.stop()
