"""Requests run on few threads that stay, in lanes that do not wait for each other, nor for a bad line."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse

from backend.core.threads import Threaded


class Handler(Threaded):
    """Answers with what `work` says in the request's thread."""

    def __init__(self, lanes: dict[str, int], work: Any) -> None:
        super().__init__(lanes, lambda scope: str(scope["path"]).strip("/"))
        self._work = work

    def get_response(self, request: Any) -> Any:
        return HttpResponse(str(self._work(request.scope)))


def request(path: str) -> dict[str, Any]:
    return {"type": "http", "method": "POST", "path": f"/{path}", "headers": []}


async def whole() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


async def ask(handler: Threaded, path: str, receive: Callable[[], Awaitable[Any]] | None = None) -> str:
    """The answer; the line stays open until it is sent."""
    said, sent, open_line = [], [False], asyncio.Event()

    async def receiving() -> Any:
        if sent[0]:
            await open_line.wait()
        message = await (receive or whole)()
        sent[0] = not message["more_body"]
        return message

    async def send(message: Any) -> None:
        said.append(message)

    await handler(request(path), receiving, send)
    return b"".join(each.get("body", b"") for each in said).decode()


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
        if scope["path"] == "/push":
            goes_on.wait(20)
        return str(scope["path"])

    handler = Handler({"push": 1, "rest": 1}, work)
    pushes = [asyncio.create_task(ask(handler, "push")) for _ in range(3)]
    await asyncio.sleep(0)
    assert await asyncio.wait_for(ask(handler, "rest"), 20) == "/rest"
    goes_on.set()
    assert await asyncio.gather(*pushes) == ["/push"] * 3


@pytest.mark.asyncio
async def test_a_request_that_fails_gives_its_thread_back() -> None:
    def fail(scope: Any) -> None:
        raise ZeroDivisionError

    handler = Handler({"rest": 1}, fail)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(handler.get_response_async(SimpleNamespace(scope=request("rest"))), 20)


@pytest.mark.asyncio
async def test_a_message_that_takes_its_time_takes_no_thread() -> None:
    arrives, handler = asyncio.Event(), Handler({"push": 1}, name)

    async def slowly() -> Any:
        await arrives.wait()
        return await whole()

    slow = asyncio.create_task(ask(handler, "push", slowly))
    await asyncio.sleep(0)
    assert await asyncio.wait_for(ask(handler, "push"), 20)
    assert not slow.done()
    arrives.set()
    assert await asyncio.wait_for(slow, 20)


@pytest.mark.asyncio
async def test_an_answer_that_is_fetched_slowly_keeps_no_thread() -> None:
    fetched, begun, handler = asyncio.Event(), asyncio.Event(), Handler({"rest": 1}, name)
    said: list[Any] = []

    async def send(message: Any) -> None:
        begun.set()
        await fetched.wait()
        said.append(message)

    lines = iter([await whole()])

    async def receive() -> Any:
        for message in lines:
            return message
        return await asyncio.Event().wait()

    slow = asyncio.create_task(handler(request("rest"), receive, send))
    await asyncio.wait_for(begun.wait(), 20)
    assert await asyncio.wait_for(ask(handler, "rest"), 20)
    assert said == []
    fetched.set()
    await asyncio.wait_for(slow, 20)
    assert [each["type"] for each in said] == ["http.response.start", "http.response.body"]


@pytest.mark.asyncio
async def test_who_hangs_up_leaves_no_busy_thread_to_the_next() -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def work(scope: Any) -> str:
        if not begun.is_set():
            begun.set()
            goes_on.wait(20)
        return name(scope)

    handler = Handler({"rest": 2}, work)
    gone = asyncio.create_task(handler.get_response_async(SimpleNamespace(scope=request("rest"))))
    await asyncio.to_thread(begun.wait, 20)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await asyncio.wait_for(ask(handler, "rest"), 5)
    goes_on.set()


@pytest.mark.asyncio
async def test_answers_are_closed_in_one_thread_that_stays() -> None:
    closed_in: list[str] = []

    class Closing(Handler):
        def get_response(self, request: Any) -> Any:
            answer = super().get_response(request)
            answer._resource_closers.append(lambda: closed_in.append(threading.current_thread().name))
            return answer

    handler = Closing({"rest": 2}, name)
    answered_in = {await ask(handler, "rest") for _ in range(5)}
    assert len(closed_in) == 5
    assert len(set(closed_in)) == 1
    assert not answered_in & set(closed_in)
