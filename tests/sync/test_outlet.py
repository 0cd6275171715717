"""What one client is told, with a line that takes nothing, waits, or breaks."""

import asyncio
import json
from typing import Any

import pytest

from backend.sync import eager, outlet
from backend.sync.outlet import Outlet

pytestmark = pytest.mark.once


class Line:
    """The server's send; while it is `shut`, a message waits."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.news = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.free.wait()
        self.sent.append(json.loads(message["text"]))
        self.news.set()


async def nothing(_hello: dict[str, Any]) -> list[dict[str, Any]]:
    return []


def opened(line: Line) -> Outlet:
    made = Outlet(line.send, nothing)
    made.open()
    return made


async def until(line: Line, count: int) -> list[Any]:
    async with asyncio.timeout(5):
        while len(line.sent) < count:
            line.news.clear()
            await line.news.wait()
    return line.sent


async def test_a_poke_is_out_before_the_event_was_handed_on_to_the_next_socket() -> None:
    line = Line()
    opened(line).poke("crew:a")
    assert line.sent == [{"type": "poke", "scopes": ["crew:a"]}]


async def test_a_client_that_does_not_read_costs_a_set_of_names_and_holds_nobody_up() -> None:
    """However much happens, what waits for it is each scope once and the newest message of a type."""
    slow, quick = Line(), Line()
    slow.free.clear()
    waiting, other = opened(slow), opened(quick)
    waiting.poke("crew:first")
    for at in range(1000):
        waiting.poke(f"crew:{at % 3}")
        waiting.message({"type": "inbox", "seq": at, "unread": 1})
    other.poke("crew:1")
    assert quick.sent == [{"type": "poke", "scopes": ["crew:1"]}]
    assert waiting.pending == {"crew:0", "crew:1", "crew:2"}
    assert waiting.messages == {"inbox": {"type": "inbox", "seq": 999, "unread": 1}}
    await asyncio.sleep(0)
    assert waiting.pending
    assert isinstance(waiting.since, float)
    slow.free.set()
    assert (await until(slow, 2))[:2] == [
        {"type": "poke", "scopes": ["crew:first"]},
        {"type": "inbox", "seq": 999, "unread": 1},
    ]
    waiting.stop()
    await asyncio.sleep(0)
    assert waiting.since is None


async def test_what_waits_is_told_when_its_second_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "POKE_SECONDS", 0.05)
    line = Line()
    client = opened(line)
    for scope in ("crew:a", "crew:c", "crew:b"):
        client.poke(scope)
    assert await until(line, 2) == [
        {"type": "poke", "scopes": ["crew:a"]},
        {"type": "poke", "scopes": ["crew:b", "crew:c"]},
    ]


async def test_nothing_is_told_before_the_client_was_accepted_nor_after_the_end() -> None:
    line = Line()
    client = Outlet(line.send, nothing)
    client.poke("crew:a")
    assert line.sent == []
    client.open()
    assert line.sent == [{"type": "poke", "scopes": ["crew:a"]}]
    line.free.clear()
    client.message({"type": "inbox", "seq": 1, "unread": 1})
    await asyncio.sleep(0)
    client.stop()
    line.free.set()
    client.message({"type": "inbox", "seq": 2, "unread": 1})
    await asyncio.sleep(0.01)
    assert len(line.sent) == 1


async def test_a_stopped_client_is_not_told_the_message_that_waited_for_it() -> None:
    """Revoked while its line was full: the rest of a poke is not sent either."""
    line = Line()
    line.free.clear()
    client = opened(line)
    client.poke("crew:a")
    await asyncio.sleep(0)
    client.stop()
    line.free.set()
    await asyncio.sleep(0.01)
    assert line.sent == []


async def test_a_line_that_breaks_ends_its_outlet_alone() -> None:
    async def broken(_message: dict[str, Any]) -> None:
        raise ConnectionError("gone")

    client = Outlet(broken, nothing)
    client.open()
    client.poke("crew:a")
    client.poke("crew:b")
    assert client.pending == {"crew:b"}


async def test_work_that_waits_is_ended_by_its_task_as_it_was_begun() -> None:
    """Values, faults and cancellation reach the work that was begun by hand."""
    seen: list[str] = []

    async def work(future: "asyncio.Future[str]") -> None:
        try:
            seen.append(await future)
        except ValueError:
            seen.append("fault")
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(3)]
    rests = [eager.start(work(future)) for future in futures]
    tasks = [asyncio.create_task(rest) for rest in rests if rest is not None]
    assert len(tasks) == 3
    futures[0].set_result("value")
    futures[1].set_exception(ValueError())
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.wait(tasks)
    assert (seen, [task.cancelled() for task in tasks]) == (["value", "fault", "cancelled"], [False, False, True])
