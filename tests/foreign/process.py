"""A server process of its own for the foreign client: started as an operator starts it, ended by its pid."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120
NO_POST = "smtp://127.0.0.1:9"
"""E-mail is offered where people choose how to be told. Nobody asks for it, and nothing listens there."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _up(port: int, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "up", "--port", str(port), "--quiet"]
    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


@dataclass
class Server:
    """A running server and the environment that it was started with."""

    base: str
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, data: Path, database: str | None, clock: str = "") -> "Server":
        """`clock`: an instant (ISO 8601) at which the server's own time begins; the present one where it is empty."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DUDAO_")}
        environment |= {"DUDAO_DEMO": "yes", "DUDAO_DATA": str(data), "DUDAO_EMAIL": NO_POST}
        if database:
            environment["DUDAO_DATABASE"] = database
        if clock:
            environment["DUDAO_CLOCK"] = clock
        port = free_port()
        log = data.parent / "server.log"
        server = cls(f"http://127.0.0.1:{port}", environment, _up(port, environment, log))
        server.wait(log)
        return server

    def start_again(self) -> None:
        """After `stop`: on the same port and data."""
        log = Path(self.environment["DUDAO_DATA"]).parent / "server.log"
        self.process = _up(int(self.base.rpartition(":")[2]), self.environment, log)
        self.wait(log)

    def travel(self, clock: str) -> None:
        """On the same port and data at a later time."""
        self.stop()
        self.environment = {**self.environment, "DUDAO_CLOCK": clock}
        self.start_again()

    def wait(self, log: Path) -> None:
        """Until /readyz answers 200; what the server printed, where it does not come up."""
        end = time.monotonic() + START_SECONDS
        with httpx.Client(timeout=5) as client:
            while time.monotonic() < end and self.process.poll() is None:
                try:
                    if client.get(f"{self.base}/readyz").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the server did not come up:\n{log.read_text(errors='replace')[-4000:]}")

    def manage(self, *arguments: str) -> str:
        """A management command as a process beside the server, with its environment; what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
