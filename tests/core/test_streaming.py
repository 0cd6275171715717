"""Answers made while they are sent."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from backend.core import streaming

pytestmark = pytest.mark.once


class Source:
    """Yields numbered pieces and knows what has become of it."""

    def __init__(self, count: int, fault: Exception | None = None) -> None:
        self.count, self.fault = count, fault
        self.made = 0
        self.closed = threading.Event()
        self.threads: set[int] = set()

    def pieces(self) -> Iterator[bytes]:
        try:
            for at in range(self.count):
                self.made = at + 1
                self.threads.add(threading.get_ident())
                yield b"%d " % at
            if self.fault:
                raise self.fault
        finally:
            self.closed.set()


def stream(make: Callable[[], Iterator[bytes]]) -> streaming._Stream:
    assert streaming._places.acquire(blocking=False)
    return streaming._Stream(make)


async def test_pieces_arrive_whole_and_in_order_from_one_thread() -> None:
    source = Source(100)
    held = stream(source.pieces)
    assert b"".join([piece async for piece in held]) == b"".join(b"%d " % at for at in range(100))
    assert len(source.threads) == 1
    assert source.threads != {threading.get_ident()}
    held.close()


async def test_a_reader_who_leaves_ends_the_work() -> None:
    source = Source(10_000)
    held = stream(source.pieces)
    pieces = aiter(held)
    assert await anext(pieces) == b"0 "
    await pieces.aclose()  # type: ignore[attr-defined]
    assert await asyncio.to_thread(source.closed.wait, 5)
    assert source.made < 100
    held.close()


async def test_no_more_is_made_than_waits_for_its_reader() -> None:
    source = Source(10_000)
    held = stream(source.pieces)
    pieces = aiter(held)
    await anext(pieces)
    assert source.made <= 1 + streaming.WAITING + 2
    await pieces.aclose()  # type: ignore[attr-defined]
    held.close()


async def test_a_failure_cuts_the_answer_and_is_not_taken_for_its_end(caplog: pytest.LogCaptureFixture) -> None:
    held = stream(Source(2, ValueError("broken")).pieces)
    with pytest.raises(ValueError, match="broken"):
        [piece async for piece in held]
    assert "could not be finished" in caplog.text
    held.close()


def test_a_place_is_given_back_once() -> None:
    free = streaming._places._value
    held = stream(Source(1).pieces)
    assert streaming._places._value == free - 1
    held.close()
    held.close()
    assert streaming._places._value == free
