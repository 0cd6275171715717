"""Uploads in JavaScript: tus-js-client, and @tus/server as oracle; `npm ci` (see Makefile) brings both."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Oracle:
    """A running @tus/server: its address, its process, and the ids of the processes that take uploads."""

    url: str
    process: int
    workers: list[int]


@contextmanager
def oracle(folder: Path, workers: int = 1) -> Iterator[Oracle]:
    """Serve on a free port of 127.0.0.1; ends with the block."""
    command = ["node", str(FOLDER / "server.js"), str(folder), str(workers)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=FOLDER)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield Oracle(f"http://127.0.0.1:{told['port']}/files/", process.pid, told["workers"])
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def play(endpoint: str, files: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What tus-js-client saw in every scenario of client.js. Raises `CalledProcessError` with what it said."""
    job = json.dumps({"endpoint": endpoint, "headers": dict(headers or {}), "files": files})
    command = ["node", str(FOLDER / "client.js")]
    done = subprocess.run(command, input=job, capture_output=True, text=True, cwd=FOLDER, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
