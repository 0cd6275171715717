"""`Sync-Time` and `Sync-Epoch` on every answer of the API, also of uploads and blobs (protocol, Transport)."""

import asyncio
import time
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.db import OperationalError, close_old_connections

from backend.core import clock
from backend.sync.models.state import state

PREFIX = "/api/v1/"
KEPT_SECONDS = 5.0
"""How long a process may go on telling an epoch that was bumped meanwhile; pull itself looks every time."""


class SyncHeaders:
    """ASGI middleware; answers that already carry the headers keep theirs.

    The epoch is looked up before a request begins: afterwards the request holds a connection until its answer is out,
    and where all connections of the pool are held so, a second one for the epoch would never come.
    """

    def __init__(self, application: Any) -> None:
        self.application = application
        self.epoch = ""
        """As it was last seen; empty before that."""

        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.application(scope, receive, send)
            return
        await self._look()

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._with(list(message.get("headers", [])))}
            await send(message)

        await self.application(scope, receive, sending)

    def _with(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        there = {name.lower() for name, _ in headers}
        if b"sync-time" not in there:
            headers.append((b"sync-time", str(clock.now_ms()).encode()))
        if b"sync-epoch" not in there and self.epoch:
            headers.append((b"sync-epoch", self.epoch.encode()))
        return headers

    async def _look(self) -> None:
        """Look the epoch up if that was long ago; one request does it, the others go by what is known."""
        if not self._is_old() or (self.epoch and self._reading.locked()):
            return
        async with self._reading:
            if self._is_old():
                with suppress(OperationalError):  # the request itself will say that the database cannot serve
                    self.epoch = await sync_to_async(_read, thread_sensitive=False)()
                    self._read_at = time.monotonic()

    def _is_old(self) -> bool:
        return not self.epoch or time.monotonic() - self._read_at > KEPT_SECONDS


def _read() -> str:
    close_old_connections()
    try:
        return state().name
    finally:
        close_old_connections()
