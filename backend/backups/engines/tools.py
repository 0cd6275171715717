"""PostgreSQL's own programs: found, started, and made to answer."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection

from backend.backups.problems import BackupProblem, ToolMissing

VARIABLES = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}


def find(name: str) -> str:
    """In DUDAO_PG_BIN, else on PATH, else where Debian keeps them, newest first. Raises `ToolMissing`."""
    if settings.PG_BIN:
        places = [Path(settings.PG_BIN) / name]
    else:
        places = [Path(found)] if (found := shutil.which(name)) else []
        places += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_major, reverse=True)
    for place in places:
        if os.access(place, os.X_OK):
            return str(place)
    raise ToolMissing(
        detail=f"找不到 {name}：请安装与数据库同版本的 PostgreSQL 客户端，或用环境变量 DUDAO_PG_BIN 指明其所在目录。"
    )


def _major(path: Path) -> int:
    digits = path.parent.parent.name
    return int(digits) if digits.isdecimal() else 0


class Tool:
    """A running program. Its complaints go to a file, so that it never waits for us to read them."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
        self.name, self.process, self._complaints = name, process, complaints

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    def output(self, size: int) -> Iterator[bytes]:
        """What it prints, in pieces; at the end `BackupProblem` if it failed."""
        assert self.process.stdout is not None
        while piece := self.process.stdout.read(size):
            yield piece
        self.finish()

    def finish(self) -> None:
        """Wait for its end. Raises `BackupProblem` with its own words."""
        if self.process.wait() != 0:
            raise self.fault()

    def fault(self) -> BackupProblem:
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return BackupProblem("tool_failed", f"{self.name} 未能完成：{' '.join(lines[-4:]) or '无说明'}")


@contextmanager
def started(name: str, *options: str, reads: bool = False, prints: bool = True) -> Iterator[Tool]:
    """Start a program on this deployment's database; whatever happens, it has ended when the block ends.

    The password travels in the environment, where `ps` does not show it.
    """
    command = [find(name), *options]
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE if reads else subprocess.DEVNULL,
        "stdout": subprocess.PIPE if prints else subprocess.DEVNULL,
    }
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, env=_environment(), stderr=complaints, **pipes)  # noqa: S603 -- found by us
        try:
            yield Tool(name, process, complaints)
        finally:
            _end(process)


def _environment() -> dict[str, str]:
    said = connection.settings_dict
    ours = {variable: str(said[name]) for name, variable in VARIABLES.items() if said[name]}
    return {**os.environ, "PGCONNECT_TIMEOUT": "20", **ours}


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
