"""Answers that are made while they are sent: one thread makes the pieces, and waits for whoever reads them.

Django would read a plain iterator to its end, into memory, before it sends the first byte; and a generator that asks
the database must stay in one thread, because connections belong to threads.
"""

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse

from backend.core.errors import Unavailable

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Answers that are made at the same time in one process: each holds a thread and a database connection."""

WAITING = 4
"""Pieces that are ready ahead of the reader."""

PATIENCE = 60.0
"""Seconds that a piece waits for its reader."""

_places = threading.BoundedSemaphore(AT_ONCE)


def streamed(
    request: HttpRequest, make: Callable[[], Iterator[bytes]], *, filetype: str, name: str
) -> StreamingHttpResponse:
    """The file `name`, whose pieces `make` yields. Raises `Unavailable(busy)` while too many are being made."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if not isinstance(request, ASGIRequest):
        return StreamingHttpResponse(make(), content_type=filetype, headers=headers)
    if not _places.acquire(blocking=False):
        raise Unavailable("busy", "正在导出的人较多，请稍后再试。")
    return StreamingHttpResponse(_Stream(make), content_type=filetype, headers=headers)


class _Stream:
    """Holds its place from the beginning, and gives it back when it is closed, read or not."""

    def __init__(self, make: Callable[[], Iterator[bytes]]) -> None:
        self._make = make
        self._held = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces()

    def close(self) -> None:
        """Called by Django when the answer is over, also for one that was never read."""
        if self._held:
            self._held = False
            _places.release()

    async def _pieces(self) -> AsyncIterator[bytes]:
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[bytes | BaseException | None](WAITING)
        gone = threading.Event()

        def put(piece: bytes | BaseException | None) -> None:
            waiting = asyncio.run_coroutine_threadsafe(queue.put(piece), loop)
            try:
                waiting.result(PATIENCE)
            except concurrent.futures.TimeoutError:
                waiting.cancel()
                gone.set()

        thread = threading.Thread(target=_make, args=(self._make, put, gone), name="dudao-stream", daemon=True)
        thread.start()
        try:
            while (piece := await queue.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            gone.set()
            while not queue.empty():  # whoever waits for room in it may look around and end
                queue.get_nowait()


def _make(
    make: Callable[[], Iterator[bytes]], put: Callable[[bytes | BaseException | None], None], gone: threading.Event
) -> None:
    pieces = make()
    try:
        for piece in pieces:
            if piece:
                put(piece)
            if gone.is_set():
                return
        put(None)
    except Exception as fault:
        log.exception("a streamed answer could not be finished")
        put(fault)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
        connections.close_all()
