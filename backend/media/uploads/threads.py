"""Database and disk work off the event loop, in threads of its own: a slow disk must not starve the rest."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

R = TypeVar("R")

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dudao-uploads")


async def run(fn: Callable[[], R]) -> R:
    """Call `fn` in a thread; for everything that touches the database."""

    def call() -> R:
        close_old_connections()
        try:
            return fn()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_pool, call)


async def write(fn: Callable[[], None]) -> None:
    """Call `fn` in a thread; for the disk alone."""
    await asyncio.get_running_loop().run_in_executor(_pool, fn)
