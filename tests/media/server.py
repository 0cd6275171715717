"""The upload application on a real server of 127.0.0.1, in a thread, with a fixed cast of uploaders."""

import asyncio
import socket
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import uvicorn

from backend.core.actor import Actor
from backend.core.errors import Unauthorized
from backend.media.uploads import application

COUNTY = 1
PEOPLE = {
    "mei": Actor(user_id=11, county_id=COUNTY, name="梅"),
    "lan": Actor(user_id=12, county_id=COUNTY, name="兰"),
    "elsewhere": Actor(user_id=11, county_id=2, name="邻县同号"),
    "flood": Actor(user_id=14, county_id=COUNTY, name="潮", device_id=uuid.UUID(int=14)),
    "closed": Actor(user_id=13, county_id=COUNTY, name="停用", deposit_only=True),
}


def authenticate(headers: Mapping[str, str]) -> Actor:
    name = headers.get("authorization", "").removeprefix("Bearer ")
    if name not in PEOPLE:
        raise Unauthorized()
    return PEOPLE[name]


@dataclass
class Running:
    """A server and its address."""

    server: uvicorn.Server
    thread: threading.Thread
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/uploads/"

    def wait(self) -> None:
        """Until no request is being served."""
        deadline = time.monotonic() + 10
        while self.server.server_state.tasks:
            assert time.monotonic() < deadline
            time.sleep(0.002)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()


def start() -> Running:
    """Serve on a free port; the socket listens before this returns."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        application(authenticate),
        lifespan="off",
        log_level="warning",
        proxy_headers=False,  # uvicorn would believe any proxy on 127.0.0.1, whatever the deployment declared
        timeout_graceful_shutdown=2,
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    return Running(server, thread, listening.getsockname()[1])
