"""The proxy does what it says, and the same again for the same seed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tests.faults.proxy import FaultProxy, Line
from tests.faults.weather import BAD, FAIR, Decide, Fate, Fault, drawn, written
from tests.faults.wire import CUT, Connection, Message, Pool, read, request

BODY = b"0123456789" * 50


@dataclass
class Upstream:
    """A server that answers every request with its body. `whole`: bodies that arrived, in the order in which they
    were complete; `broken`: how many bytes arrived of those that broke off; `pieces`: reads that the last one took."""

    whole: list[bytes] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    pieces: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with suppress(*CUT):
            while True:
                await self._one(reader, writer)
        writer.close()
        self.hung_up.set()

    async def end(self) -> None:
        for writer in self.writers:
            writer.close()
            with suppress(*CUT):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        [length] = [int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"content-length: ")] or [0]
        body, self.pieces = b"", 0
        while len(body) < length:
            piece = await reader.read(length - len(body))
            if not piece:
                self.broken.append(len(body))
                raise EOFError
            body, self.pieces = body + piece, self.pieces + 1
        self.whole.append(body)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()


@asynccontextmanager
async def between(decide: Decide) -> AsyncIterator[tuple[Upstream, FaultProxy, Line]]:
    """An upstream, the proxy before it, and one line."""
    upstream = Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    async with FaultProxy(server.sockets[0].getsockname()[1], decide) as proxy:
        yield upstream, proxy, await proxy.line("a")
    server.close()
    await upstream.end()


async def ask(line: Line, body: bytes = BODY) -> Message:
    """One request on a connection of its own. Raises `CUT`."""
    pool = Pool(line.port)
    try:
        return await pool.ask(request("POST", "/", "127.0.0.1", [], body))
    finally:
        pool.close()


async def fails(line: Line, body: bytes = BODY) -> bool:
    try:
        await ask(line, body)
    except CUT:
        return True
    return False


def first(fault: Fault, **more: float) -> Decide:
    """This happens to the first request, nothing to the others."""
    return written({1: Fate(fault, **more)})  # type: ignore[arg-type]


async def test_a_good_line_changes_nothing() -> None:
    async with between(written({})) as (upstream, proxy, line):
        answers = [await ask(line, body) for body in (BODY, b"x")]
        assert [(each.status, each.body) for each in answers] == [(200, BODY), (200, b"x")]
        assert upstream.whole == [BODY, b"x"]
        assert proxy.counts == {"requests": 2}


async def test_a_lost_request_never_arrives() -> None:
    async with between(first(Fault.LOST)) as (upstream, proxy, line):
        assert await fails(line)
        assert upstream.whole == []
        assert proxy.counts == {"requests": 1, "lost": 1}


async def test_a_lost_answer_is_lost_after_the_request_was_carried_out() -> None:
    async with between(first(Fault.UNANSWERED)) as (upstream, _, line):
        assert await fails(line)
        assert upstream.whole == [BODY]


async def test_two_copies_arrive_and_one_answer_is_given() -> None:
    async with between(first(Fault.TWICE)) as (upstream, _, line):
        assert (await ask(line)).body == BODY
        assert upstream.whole == [BODY, BODY]


async def test_a_copy_arrives_again_when_later_requests_are_through() -> None:
    async with between(first(Fault.AGAIN, after=2)) as (upstream, proxy, line):
        for body in (b"1", b"2", b"3"):
            assert (await ask(line, body)).body == body
        await asyncio.gather(*proxy.delivering)
        assert upstream.whole == [b"1", b"2", b"3", b"1"]


async def test_a_late_request_arrives_after_its_own_repetition() -> None:
    async with between(first(Fault.LATE, after=1)) as (upstream, proxy, line):
        assert await fails(line, b"first")
        assert upstream.whole == []
        assert (await ask(line, b"second")).body == b"second"
        await asyncio.gather(*proxy.delivering)
        assert upstream.whole == [b"second", b"first"]


async def test_a_held_request_is_overtaken_by_later_ones_and_still_answered() -> None:
    async with between(first(Fault.HELD, after=2)) as (upstream, proxy, line):
        held = asyncio.create_task(ask(line, b"first"))
        await line.begun.wait()
        await ask(line, b"second")
        await ask(line, b"third")
        assert (await held).body == b"first"
        assert upstream.whole == [b"second", b"third", b"first"]
        assert proxy.counts["overtaken"] == 1


async def test_a_held_request_that_nothing_overtakes_goes_on_by_itself() -> None:
    async with between(first(Fault.HELD)) as (_, proxy, line):
        assert (await ask(line)).body == BODY
        assert proxy.counts["overtaken"] == 0


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
async def test_a_request_breaks_off_in_the_middle_of_its_body(share: float) -> None:
    async with between(first(Fault.CUT_UP, share=share)) as (upstream, _, line):
        assert await fails(line)
        await upstream.hung_up.wait()
        assert upstream.broken == [max(1, min(len(BODY) - 1, int(len(BODY) * share)))]
        assert upstream.whole == []


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
async def test_an_answer_breaks_off_after_the_request_was_carried_out(share: float) -> None:
    async with between(first(Fault.CUT_DOWN, share=share)) as (upstream, _, line):
        connection = await Connection.to(line.port)
        await connection.send(request("POST", "/", "127.0.0.1", [], BODY).raw)
        got = await connection.reader.read()
        connection.close()
        body = got.partition(b"\r\n\r\n")[2]
        assert BODY.startswith(body)
        assert 1 <= len(body) < len(BODY)
        assert upstream.whole == [BODY]


async def test_a_busy_line_answers_by_itself_and_says_when_to_come_again() -> None:
    async with between(first(Fault.BUSY)) as (upstream, _, line):
        answer = await ask(line)
        assert (answer.status, answer.get(b"retry-after")) == (503, b"1")
        assert upstream.whole == []


async def test_a_slow_request_arrives_in_pieces_and_whole() -> None:
    async with between(first(Fault.SLOW, wait=0.003)) as (upstream, _, line):
        assert (await ask(line)).body == BODY
        assert upstream.whole == [BODY]
        assert upstream.pieces > 1


async def test_a_delayed_request_lets_those_of_other_lines_pass() -> None:
    async with between(lambda name, k: Fate(Fault.DELAYED, wait=0.05) if name == "a" else FAIR) as (upstream, proxy, a):
        b = await proxy.line("b")
        slow = asyncio.create_task(ask(a, b"slow"))
        await a.begun.wait()
        await ask(b, b"quick")
        await slow
        assert upstream.whole == [b"quick", b"slow"]


async def test_when_the_line_is_good_again_what_was_under_way_arrives() -> None:
    async with between(first(Fault.LATE, after=4)) as (upstream, proxy, line):
        assert await fails(line, b"first")
        await proxy.clear()
        assert upstream.whole == [b"first"]
        assert (await ask(line)).status == 200


async def test_a_server_that_is_gone_is_silence_for_the_phone() -> None:
    async with FaultProxy(1) as proxy:
        line = await proxy.line("a")
        assert await fails(line)
        assert proxy.counts == {"requests": 1, "upstream_gone": 1}


async def played(seed: int, *, at_once: bool) -> tuple[list[Fault | None], list[Fault | None]]:
    """What two lines suffer in sixty requests each, one after the other or all at once."""
    async with between(drawn(seed)) as (_, proxy, a):
        b = await proxy.line("b")
        work = [fails(line) for _ in range(60) for line in (a, b)]
        if at_once:
            await asyncio.gather(*work)
        else:
            for each in work:
                await each
        return a.fates, b.fates


async def test_the_same_seed_brings_the_same_faults_whatever_the_timing() -> None:
    assert await played(7, at_once=False) == await played(7, at_once=True)


async def test_another_seed_and_another_line_bring_other_faults() -> None:
    a, b = await played(7, at_once=True)
    assert a != b
    assert (a, b) != await played(8, at_once=True)


def test_every_fault_happens_about_as_often_as_it_should() -> None:
    decide, total = drawn(1), 20_000
    found = [decide("a", k).fault for k in range(total)]
    for fault, chance in BAD.items():
        assert found.count(fault) / total == pytest.approx(chance, rel=0.25)


async def test_chunked_answers_are_read_whole() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    answer = await read(reader)
    assert (answer.body, answer.headers) == (b"abcde", ((b"content-length", b"5"),))


async def test_an_answer_without_a_body_is_read_to_its_end() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    reader.feed_eof()
    assert [(await read(reader)).status, (await read(reader, bodiless=True)).status] == [204, 200]
    with pytest.raises(EOFError):
        await read(reader)
