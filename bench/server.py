"""A real server of our own: started, waited for, ended by its process id."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 120.0
"""Seconds; the first start also migrates and loads the county."""

ENDS_WITHIN = 20.0
"""Seconds an operator's stop may take; then it is killed, and that is a fault."""


class ServerFault(Exception):
    """The server did not start, or ended by itself; the text holds the end of its log."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free at this moment."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`manage.py up` with its data in `data`.

    `database` is a DUDAO_DATABASE address (default: SQLite in `data`). `clock` is the instant (ISO 8601 with offset) at
    which the product's clock starts, and from which it runs on; None for the real time. Used as a context manager.
    """

    data: Path
    database: str | None = None
    clock: str | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def start(self) -> "Server":
        """Start and wait until it answers. Raises `ServerFault`."""
        self.data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port), "--quiet"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._wait(self.process)
        return self

    def stop(self) -> None:
        """End it the way an operator does, and wait; nothing happens when it does not run. Raises `ServerFault`."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise ServerFault(f"服务器 {ENDS_WITHIN:.0f} 秒内没有结束：\n{self.tail()}") from None

    def restart(self, clock: str | None) -> None:
        """End it and start it again on the same data at another time of the product's clock."""
        self.stop()
        self.clock = clock
        self.start()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _environment(self) -> dict[str, str]:
        """What the product reads is set here alone: settings of the caller's shell must not change the day."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("DUDAO_")}
        env |= {"DUDAO_DEMO": "yes", "DUDAO_DATA": str(self.data), "PYTHONUNBUFFERED": "1"}
        if self.database:
            env["DUDAO_DATABASE"] = self.database
        if self.clock:
            env["DUDAO_CLOCK"] = self.clock
        return env

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + STARTS_WITHIN
        with httpx.Client(timeout=2.0) as client:  # one: each of them reads the system's certificates, in 30 ms
            while time.monotonic() < until:
                if process.poll() is not None:
                    raise ServerFault(f"服务器启动后自行退出（代码 {process.returncode}）：\n{self.tail()}")
                try:
                    if client.get(f"{self.url}/readyz").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.1)
        self.stop()
        raise ServerFault(f"服务器 {STARTS_WITHIN:.0f} 秒内没有就绪：\n{self.tail()}")

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])
