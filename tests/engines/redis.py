"""A throw-away Redis server, when redis-server is installed."""

import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.engines.processes import EngineMissing, free_port, launch, stop, wait_until


@dataclass
class RedisServer:
    """A running server; `stop` and `resume` let a test see how the product lives through a restart."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @classmethod
    def start(cls, folder: Path) -> Self:
        """Start on a free port of 127.0.0.1; EngineMissing when redis-server is not installed."""
        port = free_port()
        return cls(folder, port, _launch(folder, port))

    def stop(self) -> None:
        stop(self.process)

    def resume(self) -> None:
        self.process = _launch(self.folder, self.port)


def _launch(folder: Path, port: int) -> subprocess.Popen[bytes]:
    binary = shutil.which("redis-server")
    if binary is None:
        raise EngineMissing("redis-server is not installed")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "no"]
    log = folder / "server.log"
    process = launch([binary, *options], log=log, cwd=folder)
    wait_until(lambda: _answers(port), process, log=log)
    return process


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7).startswith(b"+PONG")
    except OSError:
        return False
