"""The threads in which synchronous views run: few, and the same ones again.

Django starts a new thread for every request, and with it a new database connection: on SQLite that is the whole schema
read and every statement prepared anew, which cost more than the work of a push itself. Here requests take turns on
threads that stay. Requests of one lane never wait for those of another: however many phones hand in their day at once,
whoever only wants to read finds a thread.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler

Lane = Callable[[Mapping[str, Any]], str]


class Threaded(ASGIHandler):
    """Django's handler on lanes of threads; `lane` names the lane of a request by its ASGI scope."""

    def __init__(self, lanes: Mapping[str, int], lane: Lane) -> None:
        super().__init__()
        self._lane = lane
        self._free = {name: _queue(count) for name, count in lanes.items()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        free = self._free[self._lane(scope)]
        thread = await free.get()
        token = SyncToAsync.thread_sensitive_context.set(thread)
        try:
            await self.handle(scope, receive, send)
        finally:
            SyncToAsync.thread_sensitive_context.reset(token)
            free.put_nowait(thread)


def _queue(count: int) -> "asyncio.LifoQueue[ThreadSensitiveContext]":
    """Last in, first out: the thread whose connection and caches are warmest."""
    queue: asyncio.LifoQueue[ThreadSensitiveContext] = asyncio.LifoQueue()
    for _ in range(count):
        queue.put_nowait(ThreadSensitiveContext())
    return queue
