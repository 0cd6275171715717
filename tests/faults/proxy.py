"""A proxy between phones and a real server that does to requests what a bad line does.

Every phone has a line of its own: a port of 127.0.0.1. What happens to the k-th request of a line is decided by a
`Decide` alone; with `weather.drawn` it depends on nothing but the seed, the line and k, so that a run can be replayed.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.faults.weather import Decide, Fate, Fault, fair
from tests.faults.wire import CUT, HEAD_LIMIT, Connection, Message, Pool, read

PIECES = 6
"""In how many pieces a slow request arrives."""

LONGEST_HOLD = 0.1
"""Seconds: a held request goes on when nothing overtakes it, or a phone that waits for it would stand still."""

BUSY = Message(
    b"HTTP/1.1 503 Service Unavailable",
    ((b"content-type", b"application/problem+json"), (b"retry-after", b"1"), (b"content-length", b"15")),
    b'{"code":"busy"}',
)


@dataclass
class Line:
    """The line of one phone. `fates`: what was decided for its requests, in their order."""

    name: str
    port: int = 0
    fates: list[Fault | None] = field(default_factory=list)
    through: int = 0
    """How many of its requests are over, whatever became of them."""

    waiting: list[tuple[int, Message]] = field(default_factory=list)
    """Copies that arrive later: after how many requests are through."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by its first request."""

    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set and made anew whenever a request is through."""

    def due(self) -> list[Message]:
        """Take out the copies whose turn has come."""
        found = [message for after, message in self.waiting if after <= self.through]
        self.waiting = [each for each in self.waiting if each[0] > self.through]
        return found


@dataclass
class FaultProxy:
    """Use as an async context manager; `line()` opens a line. `upstream` is the server's port on 127.0.0.1."""

    upstream: int
    decide: Decide = fair
    counts: Counter[str] = field(default_factory=Counter)
    """What was really done, by fault; besides `requests`, `overtaken` (held ones that were) and `upstream_gone`."""

    lines: dict[str, Line] = field(default_factory=dict)
    serving: set[asyncio.Task[None]] = field(default_factory=set)
    delivering: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> "FaultProxy":
        self.pool = Pool(self.upstream)
        self.servers: list[asyncio.Server] = []
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self.servers:
            server.close()
        under_way = self.serving | self.delivering
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self.pool.close()
        await asyncio.sleep(0)  # closed connections are given back one turn later

    async def line(self, name: str) -> Line:
        """Open a line under a name of its own; the phone connects to its `port`."""
        line = self.lines[name] = Line(name)
        server = await asyncio.start_server(
            lambda *streams: _spawn(self.serving, self._serve(line, *streams)), "127.0.0.1", 0, limit=HEAD_LIMIT
        )
        self.servers.append(server)
        line.port = server.sockets[0].getsockname()[1]
        return line

    async def clear(self) -> None:
        """From now on all goes well, and whatever is still under way arrives."""
        self.decide = fair
        for line in self.lines.values():
            late, line.waiting = line.waiting, []
            for _, message in late:
                await self._deliver(message)
        await asyncio.gather(*self.delivering)

    async def _serve(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a phone, request by request, until either side hangs up."""
        with contextlib.closing(writer), contextlib.suppress(*CUT):
            answer: bytes | None = b""
            while answer is not None and not isinstance(answer, _Cut):
                answer = await self._handle(line, await read(reader))
                writer.write(answer or b"")
                await writer.drain()

    async def _handle(self, line: Line, request: Message) -> bytes | None:
        """The bytes to answer with; None for silence."""
        k = len(line.fates) + 1
        fate = self.decide(line.name, k)
        line.fates.append(fate.fault)
        line.begun.set()
        self.counts["requests"] += 1
        if fate.fault is not None:
            self.counts[fate.fault] += 1
        try:
            return await self._suffer(line, k, fate, request)
        except CUT:
            self.counts["upstream_gone"] += 1
            return None
        finally:
            self._over(line)

    def _over(self, line: Line) -> None:
        line.through += 1
        line.moved.set()
        line.moved = asyncio.Event()
        for message in line.due():
            _spawn(self.delivering, self._deliver(message))

    async def _suffer(self, line: Line, k: int, fate: Fate, request: Message) -> bytes | None:
        match fate.fault:
            case Fault.LOST:
                return None
            case Fault.BUSY:
                return BUSY.raw
            case Fault.LATE:
                line.waiting.append((line.through + 1 + fate.after, request))
                return None
            case Fault.CUT_UP:
                await self._cut_up(request, fate.share)
                return None
        answer = await self._carry(line, fate, request)
        match fate.fault:
            case Fault.UNANSWERED:
                return None
            case Fault.CUT_DOWN:
                return _Cut(_part(answer, fate.share))
            case Fault.AGAIN:
                line.waiting.append((line.through + 1 + fate.after, request))
        return answer.raw

    async def _carry(self, line: Line, fate: Fate, request: Message) -> Message:
        """To the server and back, whole."""
        match fate.fault:
            case Fault.TWICE:
                copies = self.pool.ask(request), self.pool.ask(request)
                answers = await asyncio.gather(*copies, return_exceptions=True)  # wait for both, whatever comes
                if isinstance(answers[0], BaseException):
                    raise answers[0]
                return answers[0]
            case Fault.DELAYED:
                await asyncio.sleep(fate.wait)
            case Fault.HELD:
                await self._hold(line, fate.after)
            case Fault.SLOW:
                return await self._trickle(request, fate.wait)
        return await self.pool.ask(request)

    async def _hold(self, line: Line, after: int) -> None:
        """Until so many later requests are through, if there are any."""
        before = line.through
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_HOLD):
                while line.through < before + after:
                    await line.moved.wait()
        self.counts["overtaken"] += line.through > before

    async def _trickle(self, request: Message, pause: float) -> Message:
        raw = request.raw
        size = max(1, len(raw) // PIECES)
        async with self._connected() as connection:
            for place in range(0, len(raw), size):
                await connection.send(raw[place : place + size])
                await asyncio.sleep(pause)
            return await read(connection.reader, bodiless=request.method == b"HEAD")

    async def _cut_up(self, request: Message, share: float) -> None:
        """The server gets a part, then the end of the connection."""
        async with self._connected() as connection:
            await connection.send(_part(request, share))
            await asyncio.sleep(0.005)  # let it reach the application, or there would be no half of anything

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        connection = await Connection.to(self.upstream)
        try:
            yield connection
        finally:
            connection.close()

    async def _deliver(self, message: Message) -> None:
        """A copy arrives whose answer nobody waits for."""
        try:
            await self.pool.ask(message)
        except CUT:
            self.counts["upstream_gone"] += 1


def _spawn(tasks: set[asyncio.Task[None]], work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


class _Cut(bytes):
    """An answer that breaks off."""


def _part(message: Message, share: float) -> bytes:
    """All of the head and a part of the body; a part of the head where there is no body."""
    whole = message.body or message.head
    part = whole[: max(1, min(len(whole) - 1, int(len(whole) * share)))]
    return message.head + part if message.body else part
