"""What one client is told, and when: pokes at most once a second, messages at once, in order, never doubled.

A message that the client's line takes without waiting goes out where the event is handed on; only a client that does
not read costs a task, and what waits for it is a set of names and the newest message of each type.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any

import orjson

from backend.sync import eager

log = logging.getLogger(__name__)

POKE_SECONDS = 1.0

Send = Callable[[Any], Coroutine[Any, Any, None]]
Ask = Callable[[dict[str, Any]], Awaitable[list[dict[str, Any]]]]


class Outlet:
    """Of one socket. `send` is the server's; `ask` tells what answers a hello."""

    def __init__(self, send: Send, ask: Ask) -> None:
        self.pending: set[str] = set()
        self.messages: dict[str, dict[str, Any]] = {}
        self.entries = False
        """Whether the client wants the messages of its inbox themselves."""
        self.noted = 0
        """The last number of the inbox that the client was told of."""
        self.since: float | None = None
        """Since when (monotonic seconds) the client is being told something; None while nothing waits for it."""
        self._send, self._ask = send, ask
        self._told: dict[str, dict[str, Any]] = {}
        self._flushed = float("-inf")
        self._replaying = asyncio.Lock()
        self._open = False
        self._work: asyncio.Task[None] | None = None
        self._bell: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """The client was accepted: from now on it is told things."""
        self._open = True
        self._stir()

    def stop(self) -> None:
        """Tell nothing more, not even what was begun."""
        self._open = False
        for each in (self._work, self._bell):
            if each is not None:
                each.cancel()

    def poke(self, scope: str) -> None:
        """Something changed in `scope`. Never waits."""
        if not (self.pending or self.messages) and self._open and self._work is None:
            now = time.monotonic()
            if now >= self._flushed + POKE_SECONDS:
                self._flushed = now
                self._begin(_poke((scope,)))
                return
        self.pending.add(scope)
        self._stir()

    def message(self, message: dict[str, Any]) -> None:
        """Tell this, unless a newer one of its type comes before it could be told. Never waits."""
        self.messages[message["type"]] = message
        self._stir()

    def caught_up(self, scopes: set[str], news: dict[str, Any] | None) -> None:
        """What a look found: scopes that changed, and a message that nothing else may have told."""
        if news is not None and news["seq"] > self.noted:
            self.messages.setdefault(news["type"], news)
        self.pending |= scopes
        self._stir()

    async def replay(self, hello: dict[str, Any]) -> bool:
        """Tell in order what the client missed after the number it names; whether it missed anything."""
        async with self._replaying:
            answers = await self._ask(hello)
            for answer in answers:
                await self._tell(answer)
        return bool(answers)

    # -- the telling

    def _stir(self) -> None:
        if not self._open or self._work is not None:
            return
        if self.messages:
            self._work = asyncio.create_task(self._tell_all(None))
        elif self.pending and self._due():
            self._begin(self._next_poke())

    def _begin(self, message: dict[str, Any]) -> None:
        """Send it as far as it goes without waiting; a task does the rest, if there is any."""
        try:
            rest = eager.start(self._send(message))
        except Exception as fault:  # noqa: BLE001 -- the others must be told whatever befell this one
            self._lost(fault)
            return
        if rest is not None:
            self._work = asyncio.create_task(self._tell_all(rest))

    async def _tell_all(self, begun: Coroutine[Any, Any, None] | None) -> None:
        self.since = time.monotonic()
        try:
            if begun is not None:
                await begun
            while self.messages or (self.pending and self._due()):
                self.since = time.monotonic()
                await self._flush()
        except Exception as fault:  # noqa: BLE001 -- whatever a server raises for a client that went
            self._lost(fault)
        finally:
            self.since = self._work = None

    def _lost(self, fault: Exception) -> None:
        self._open = False
        log.debug("a socket is gone: %r", fault)

    async def _flush(self) -> None:
        messages, self.messages = self.messages, {}
        if self.pending and self._due():
            await self._send(self._next_poke())
        for message in messages.values():
            if self._told.get(message["type"]) == message:
                continue  # a look was faster than the channel layer
            hello = {"type": "hello", "entries": True, "inbox": self.noted}
            if not (self.entries and message["type"] == "inbox" and await self.replay(hello)):
                await self._tell(message)

    def _next_poke(self) -> dict[str, Any]:
        scopes, self.pending = tuple(sorted(self.pending)), set()
        self._flushed = time.monotonic()
        return _poke(scopes)

    def _due(self) -> bool:
        """Whether a poke may be told now; if not, this is asked again when it may."""
        wait = self._flushed + POKE_SECONDS - time.monotonic()
        if wait > 0:
            if self._bell is None:
                self._bell = asyncio.get_running_loop().call_later(wait, self._ring)
            return False
        return True

    def _ring(self) -> None:
        self._bell = None
        self._stir()

    async def _tell(self, message: dict[str, Any]) -> None:
        self._told[message["type"]] = message
        self.noted = max(self.noted, message.get("seq", 0))
        await self._send(_text(message))


@lru_cache(1024)
def _poke(scopes: tuple[str, ...]) -> dict[str, Any]:
    """The same message for all sockets that are told the same."""
    return _text({"type": "poke", "scopes": scopes})


def _text(message: dict[str, Any]) -> dict[str, Any]:
    return {"type": "websocket.send", "text": orjson.dumps(message).decode()}
