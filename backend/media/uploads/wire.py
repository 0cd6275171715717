"""ASGI in and out: a request, its body piece by piece, an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from backend.core import codec, http
from backend.core.errors import Problem
from backend.media.problems import Cut

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

AHEAD = 256 * 1024
"""Bytes of a body read ahead of the disk; what an upload takes of memory is a few times this."""

GATHER = 0.005
"""Seconds in which to gather as much before it is written: a thread for every 64 KB costs more than the writing."""

SILENCE = 30.0
"""Seconds without a byte after which a sender counts as gone: else a dead connection would hold the lock for ever."""


class Body:
    """The pieces of a request body as they arrive.

    They are fetched ahead, while we still look who is calling and while the disk is busy: once the connection is lost
    the server hands over nothing any more, and what arrived with it would be lost too.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._pieces: list[bytes] = []
        self._size = 0
        self._ended = False
        self._some, self._enough, self._room = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._fault: Exception | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to fetch; a sender that asked whether to go on (Expect: 100-continue) is thereby told yes."""
        if self._task is None:
            self._task = asyncio.create_task(self._fetch())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()

    async def next(self) -> list[bytes]:
        """All that has arrived since the last call; empty at the end. Raises `Cut` when the sender went away."""
        self.start()
        await self._some.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(GATHER):
                await self._enough.wait()
        pieces, self._pieces, self._size = self._pieces, [], 0
        self._room.set()
        if not self._ended:
            self._some.clear()
            self._enough.clear()
        elif not pieces and self._fault:
            raise self._fault
        return pieces

    async def _fetch(self) -> None:
        try:
            await self._fetch_all()
        except TimeoutError:
            self._fault = Cut()
        except Exception as fault:  # noqa: BLE001 -- raised again where the pieces are taken
            self._fault = fault
        self._ended = True
        self._some.set()
        self._enough.set()

    async def _fetch_all(self) -> None:
        more = True
        while more:
            async with asyncio.timeout(SILENCE):
                message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Cut()
            more = message.get("more_body", False)
            if piece := message.get("body", b""):
                await self._add(piece)

    async def _add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        self._some.set()
        if self._size >= AHEAD:
            self._enough.set()
            self._room.clear()
            await self._room.wait()


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request. `headers` with lower-case names; of a repeated header the last counts."""

    method: str
    path: str
    scheme: str
    headers: Mapping[str, str]
    body: Body

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> Self:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        method = headers.get("x-http-method-override", str(scope["method"])).strip().upper()
        return cls(method, scope["path"], scope.get("scheme", "http"), headers, Body(receive))

    @property
    def has_body(self) -> bool:
        return self.headers.get("content-length", "0").strip() != "0" or "transfer-encoding" in self.headers


@dataclass(slots=True)
class Answer:
    """The head and body of a response."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, problem: Problem) -> Self:
        headers = {**http.headers(problem), "Content-Type": http.PROBLEM_JSON}
        return cls(problem.status, headers, codec.dumps(http.body(problem)))

    async def send(self, send: Send, *, bare: bool) -> None:
        """`bare`: an answer to HEAD, whose body is not sent."""
        headers = dict(self.headers)
        if self.status != 204:
            headers["Content-Length"] = str(len(self.body))
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": encoded})
        await send({"type": "http.response.body", "body": b"" if bare else self.body})
