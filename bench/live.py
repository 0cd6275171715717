"""Somebody listening on the live socket (protocol, Live)."""

import asyncio
import base64
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


class Silence(AssertionError):
    """What should have been heard was not."""


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
    closed: str = ""
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
        try:
            while True:
                text = await socket.recv()
                self.heard.append(Heard(json.loads(text), time.monotonic()))
                self._news.set()
        except websockets.ConnectionClosed as closed:
            self.closed = str(closed)
            self._news.set()

    async def wait_for_inbox(self, seq: int, within: float) -> Heard:
        """The first message that tells of inbox number `seq` or later. Raises `Silence`."""
        try:
            async with asyncio.timeout(within):
                while not (found := self._inbox(seq)) and not self.closed:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            found = None
        if found is None:
            told, line = [each.message for each in self.heard], self.closed or "仍在"
            silence = f"{within:.0f} 秒内没有收到第 {seq} 条消息；收到过 {told}，连接{line}"
            raise Silence(f"{self.session.username} {silence}")
        return found

    def _inbox(self, seq: int) -> Heard | None:
        told = (one for one in self.heard if one.message.get("type") == "inbox" and one.message["seq"] >= seq)
        return next(told, None)

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            await self._task
