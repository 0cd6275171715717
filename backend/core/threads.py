"""The threads in which synchronous views run: few, and the same ones again.

Django starts a new thread for every request, and with it a new database connection: on SQLite that is the whole schema
read and every statement prepared anew, which cost more than the work of a push itself. Here requests take turns on
threads that stay. Requests of one lane never wait for those of another: however many phones hand in their day at once,
whoever only wants to read finds a thread.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler
from django.db.backends.signals import connection_created
from django.dispatch import receiver

Lane = Callable[[Mapping[str, Any]], str]

_keeping: ContextVar[bool] = ContextVar("threads_keeping", default=False)


class Threaded(ASGIHandler):
    """Django's handler on lanes of threads; `lane` names the lane of a request by its ASGI scope."""

    def __init__(self, lanes: Mapping[str, int], lane: Lane) -> None:
        super().__init__()
        self._lane = lane
        self.keeping = False
        """Whether the threads keep their SQLite connections between requests; a server does, from its start on."""
        self._free = {name: _queue(count) for name, count in lanes.items()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        free = self._free[self._lane(scope)]
        thread = await free.get()
        token, kept = SyncToAsync.thread_sensitive_context.set(thread), _keeping.set(self.keeping)
        try:
            await self.handle(scope, receive, send)
        finally:
            SyncToAsync.thread_sensitive_context.reset(token)
            _keeping.reset(kept)
            free.put_nowait(thread)


@receiver(connection_created)
def keep(connection: Any, **_: Any) -> None:
    """Django would close it after the request; PostgreSQL's go back to their pool."""
    if connection.vendor == "sqlite" and _keeping.get():
        connection.close_at = None


def _queue(count: int) -> "asyncio.LifoQueue[ThreadSensitiveContext]":
    """Last in, first out: the thread whose connection and caches are warmest."""
    queue: asyncio.LifoQueue[ThreadSensitiveContext] = asyncio.LifoQueue()
    for _ in range(count):
        queue.put_nowait(ThreadSensitiveContext())
    return queue
