"""The threads in which synchronous views run: few, and the same ones again.

Django starts a new thread for every request, and with it a new database connection: on SQLite that is the whole schema
read and every statement prepared anew, which cost more than the work of a push itself. It also goes into that thread
and out again for every middleware. Here a request enters one of the threads that stay, once, for all that is done for
it. Requests of one lane never wait for those of another: however many phones hand in their day at once, whoever only
wants to read finds a thread. And nobody waits for a phone with a bad line: its message has arrived before a thread is
taken, and its answer is sent after the thread was given back.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries
from django.db.backends.signals import connection_created
from django.dispatch import receiver

Lane = Callable[[Mapping[str, Any]], str]

_keeping: ContextVar[bool] = ContextVar("threads_keeping", default=False)


class Threaded(ASGIHandler):
    """Django's handler on lanes of threads; `lane` names the lane of a request by its ASGI scope."""

    def __init__(self, lanes: Mapping[str, int], lane: Lane) -> None:
        super().__init__()
        self.load_middleware(is_async=False)
        self._lane = lane
        self._keeping = False
        self._closing = ThreadSensitiveContext()
        self._free = {name: _queue(count) for name, count in lanes.items()}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Django makes a thread to close each answer in, and another that waits for that one's end: here one thread
        closes them all."""
        token = SyncToAsync.thread_sensitive_context.set(self._closing)
        try:
            await self.handle(scope, receive, send)
        finally:
            SyncToAsync.thread_sensitive_context.reset(token)

    def serve(self) -> None:
        """A server begins: the threads keep their SQLite connections between requests, and look after them by
        themselves, so that nobody needs a thread for that when a request begins."""
        self._keeping = True
        request_started.disconnect(close_old_connections)
        request_started.disconnect(reset_queries)

    async def get_response_async(self, request: Any) -> Any:
        """The answer, made in a thread of the request's lane."""
        free = self._free[self._lane(request.scope)]
        thread = await free.get()
        token, kept = SyncToAsync.thread_sensitive_context.set(thread), _keeping.set(self._keeping)
        try:
            work = asyncio.ensure_future(sync_to_async(self._respond, thread_sensitive=True)(request))
        finally:
            SyncToAsync.thread_sensitive_context.reset(token)
            _keeping.reset(kept)
        # A phone that hangs up ends the waiting and not the work: the thread is free when that is done, and no sooner.
        work.add_done_callback(lambda _: free.put_nowait(thread))
        return await asyncio.shield(work)

    def _respond(self, request: Any) -> Any:
        try:
            return self.get_response(request)
        finally:
            close_old_connections()


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
