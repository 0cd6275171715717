"""Five hundred WebSocket clients in one process, who know when something came."""

import asyncio
import base64
import secrets
import struct
import time
from typing import Any


class Ear(asyncio.Protocol):
    """A WebSocket client that knows when messages came, and little else: what it costs should not be measured."""

    def __init__(self, path: str, token: str = "") -> None:
        offered = ["inspection.v1", f"bearer.{_packed(token)}"] if token else []
        protocols = f"Sec-WebSocket-Protocol: {', '.join(offered)}\r\n" if offered else ""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._hello = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{protocols}\r\n"
        ).encode()
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard: list[tuple[float, bytes]] = []
        self._buffer = b""
        self._news = asyncio.Event()

    async def more_than(self, count: int) -> None:
        """Until so many messages and one more have come."""
        while len(self.heard) <= count:
            self._news.clear()
            await self._news.wait()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        now, self._buffer = time.monotonic(), self._buffer + data
        if not self.open.done():
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._buffer = rest
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self.open.set_exception(ConnectionError(head.decode()))
                return
            self.open.set_result(None)
        while (frame := self._frame()) is not None:
            kind, payload = frame
            if kind == 1:
                self.heard.append((now, payload))
                self._news.set()
            elif kind == 9:  # a ping; pongs of clients are masked, by nothing here
                self.transport.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)

    def _frame(self) -> tuple[int, bytes] | None:
        if len(self._buffer) < 2:
            return None
        size, start = self._buffer[1] & 0x7F, 2
        if size == 126:
            size, start = struct.unpack(">H", self._buffer[2:4])[0], 4
        if len(self._buffer) < start + size:
            return None
        kind, payload = self._buffer[0] & 0x0F, self._buffer[start : start + size]
        self._buffer = self._buffer[start + size :]
        return kind, payload


def _packed(token: str) -> str:
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


async def ear(port: int, path: str, token: str = "") -> Ear:
    """A client, connected. Raises `ConnectionError`."""
    _, made = await asyncio.get_running_loop().create_connection(lambda: Ear(path, token), "127.0.0.1", port)
    await made.open
    return made
