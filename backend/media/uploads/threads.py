"""Database and disk work off the event loop, in threads of its own: a slow disk must not starve the rest."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dudao-uploads")


async def run(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call `fn` in a thread; for everything that touches the database."""

    def call() -> R:
        close_old_connections()
        try:
            return fn(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(call, thread_sensitive=False, executor=_pool)()


async def write(fn: Callable[[bytes], None], data: bytes) -> None:
    """Call `fn(data)` in a thread; for the disk alone."""
    await sync_to_async(fn, thread_sensitive=False, executor=_pool)(data)
