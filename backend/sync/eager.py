"""Beginning a coroutine where one stands, instead of waking a task for it.

Most sends to a socket never wait: the operating system takes the bytes at once. A task for each of five hundred of them
costs more than the bytes. So a coroutine is begun by hand, and only one that has to wait gets a task for its rest
(what `asyncio.eager_task_factory` does from Python 3.12 on).
"""

from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any


def start(work: Coroutine[Any, Any, None]) -> Coroutine[Any, Any, None] | None:
    """Run `work` as far as it goes without waiting. None: it is done; otherwise what must be awaited for its rest.
    Raises whatever `work` raises so far."""
    try:
        wait = work.send(None)
    except StopIteration:
        return None
    return _rest(work, wait)


async def _rest(work: Coroutine[Any, Any, None], wait: Any) -> None:
    await _driven(work, wait)


@coroutine
def _driven(work: Coroutine[Any, Any, None], wait: Any) -> Generator[Any, Any, None]:
    """Hand what `work` waits for to the task that awaits this, and what comes back to `work`, until it is done."""
    try:
        while True:
            try:
                come = yield wait
            except BaseException as fault:  # noqa: BLE001 -- a cancelled task cancels the work
                wait = work.throw(fault)
            else:
                wait = work.send(come)
    except StopIteration:
        return
