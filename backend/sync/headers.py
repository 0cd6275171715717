"""`Sync-Time` and `Sync-Epoch` on every answer of the API, also of uploads and blobs (protocol, Transport)."""

import time
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from backend.core import clock
from backend.sync.models.state import state

PREFIX = "/api/v1/"
KEPT_SECONDS = 5.0
"""How long a process may go on telling an epoch that was bumped meanwhile; pull itself looks every time."""


class SyncHeaders:
    """ASGI middleware; answers that already carry the headers keep theirs."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self._epoch = ""
        self._read_at = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.application(scope, receive, send)
            return

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": await self._with(list(message.get("headers", [])))}
            await send(message)

        await self.application(scope, receive, sending)

    async def _with(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        there = {name.lower() for name, _ in headers}
        if b"sync-time" not in there:
            headers.append((b"sync-time", str(clock.now_ms()).encode()))
        if b"sync-epoch" not in there:
            headers.append((b"sync-epoch", (await self._present_epoch()).encode()))
        return headers

    async def _present_epoch(self) -> str:
        if not self._epoch or time.monotonic() - self._read_at > KEPT_SECONDS:
            self._epoch = await sync_to_async(_read, thread_sensitive=False)()
            self._read_at = time.monotonic()
        return self._epoch


def _read() -> str:
    close_old_connections()
    try:
        return state().name
    finally:
        close_old_connections()
