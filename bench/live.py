"""Somebody listening on the live socket (protocol, Live)."""

import asyncio
import base64
import contextlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.session import Session

PATH = "/ws/v1/live"
PROTOCOL = "inspection.v1"


@dataclass
class Heard:
    """One message and when it came (seconds, monotonic)."""

    message: dict[str, Any]
    at: float


@dataclass
class Listener:
    """An open socket of one account; keeps everything it hears."""

    session: Session
    url: str
    heard: list[Heard] = field(default_factory=list)
    _socket: ClientConnection | None = None
    _task: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, seen: int = 0) -> "Listener":
        """Connect and ask for what was missed after inbox number `seen`."""
        token = base64.urlsafe_b64encode(self.session.access.encode()).decode().rstrip("=")
        self._socket = await connect(
            self.url.replace("http", "ws", 1) + PATH,
            subprotocols=[Subprotocol(PROTOCOL), Subprotocol(f"bearer.{token}")],
            compression=None,
        )
        await self._socket.send(json.dumps({"type": "hello", "inbox": seen}))
        self._task = asyncio.create_task(self._listen(self._socket))
        return self

    async def _listen(self, socket: ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in socket:
                self.heard.append(Heard(json.loads(text), time.monotonic()))
                self._news.set()

    async def wait_for_inbox(self, seq: int, within: float) -> Heard:
        """The first message that tells of inbox number `seq` or later. Raises `TimeoutError`."""
        async with asyncio.timeout(within):
            while True:
                for each in self.heard:
                    if each.message.get("type") == "inbox" and each.message["seq"] >= seq:
                        return each
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            await self._task
