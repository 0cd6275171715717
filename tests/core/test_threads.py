"""Requests run on few threads that stay, in lanes that do not wait for each other."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from backend.core.threads import Threaded


class Handler(Threaded):
    """Stands where Django would: runs `work` in the request's thread."""

    def __init__(self, lanes: dict[str, int], work: Any) -> None:
        super().__init__(lanes, lambda scope: str(scope["path"]))
        self._work = work

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        await send(await sync_to_async(self._work)(scope))


async def ask(handler: Threaded, path: str) -> Any:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    await handler({"type": "http", "path": path}, None, send)
    return said[0]


def name(scope: Any) -> str:
    return threading.current_thread().name


@pytest.mark.asyncio
async def test_requests_one_after_another_meet_the_same_thread() -> None:
    handler = Handler({"rest": 4}, name)
    assert len({await ask(handler, "rest") for _ in range(10)}) == 1


@pytest.mark.asyncio
async def test_a_lane_has_as_many_threads_as_it_was_given() -> None:
    together = threading.Barrier(3, timeout=20)

    def meet(scope: Any) -> str:
        together.wait()
        return name(scope)

    handler = Handler({"rest": 3}, meet)
    assert len(set(await asyncio.gather(*(ask(handler, "rest") for _ in range(9))))) == 3


@pytest.mark.asyncio
async def test_a_full_lane_keeps_nobody_of_another_waiting() -> None:
    goes_on = threading.Event()

    def work(scope: Any) -> str:
        if scope["path"] == "push":
            goes_on.wait(20)
        return str(scope["path"])

    handler = Handler({"push": 1, "rest": 1}, work)
    pushes = [asyncio.create_task(ask(handler, "push")) for _ in range(3)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(ask(handler, "rest"), 20) == "rest"
    goes_on.set()
    assert await asyncio.gather(*pushes) == ["push"] * 3


@pytest.mark.asyncio
async def test_a_request_that_fails_gives_its_thread_back() -> None:
    def fail(scope: Any) -> None:
        raise ZeroDivisionError

    handler = Handler({"rest": 1}, fail)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(ask(handler, "rest"), 20)
