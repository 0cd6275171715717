"""Starting and ending the servers of a test run."""

import ctypes
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


class EngineMissing(Exception):
    """The engine cannot be had on this machine; the text says why."""


def free_port() -> int:
    """A TCP port that is free on 127.0.0.1 at this moment."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def launch(command: Sequence[str], *, log: Path, cwd: Path, user: str | None = None) -> subprocess.Popen[bytes]:
    """Start a server detached from our streams (a child that holds pytest's pipe makes a piped run hang)."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - before any thread
            **identity(user),
        )


def identity(user: str | None) -> dict[str, Any]:
    """Keywords for subprocess to run a command as `user` (and in no other group); nothing for ourselves."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": ()}


def _die_with_parent() -> None:
    """A test run that is killed outright must not leave a server behind (Linux only)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], *, log: Path, seconds: float = 20) -> None:
    """Poll until the server answers; raise EngineMissing with the end of its log if it dies or stays silent."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise EngineMissing(f"the server does not start: {tail(log)}")
        time.sleep(0.05)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the server by its own process id; SIGINT is an orderly end for PostgreSQL and for Redis."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def tail(log: Path, lines: int = 5) -> str:
    return " / ".join(log.read_text(errors="replace").splitlines()[-lines:])
