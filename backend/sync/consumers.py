"""`WS /ws/v1/live` (protocol, Live)."""

import asyncio
import base64
import binascii
import logging
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer

from backend.core.actor import Actor
from backend.journal import grants
from backend.sync import live, looking, switchboard
from backend.sync.looking import in_thread

log = logging.getLogger(__name__)

PROTOCOL = "inspection.v1"
BEARER = "bearer."

UNAUTHORIZED, REVOKED, IDLE, FLOODING = 4401, 4403, 4408, 4429

IDLE_SECONDS = 1800.0
POKE_SECONDS = 1.0
SLOW_SECONDS = 20.0
"""How long one message may wait for a client that does not read."""

MAX_MESSAGES = 60
"""Messages a client may send in a minute."""

MAX_TEXT = 4096


class LiveConsumer(AsyncWebsocketConsumer):
    """One open socket of one signed-in person. Events are noted by `hear` and told by one task of its own, so that
    what waits for a slow client is a set of names and the latest message of each type, however much happens."""

    channel_layer_alias = ""
    """None of its own: the process has one channel for all sockets (`switchboard`)."""

    actor: Actor
    token = ""

    async def connect(self) -> None:
        self.board = switchboard.here()
        self.pending: set[str] = set()
        self.unsure: set[str] = set()
        self.messages: dict[str, dict[str, Any]] = {}
        self.told: dict[str, dict[str, Any]] = {}
        self.entries = False
        self.noted = 0
        self.sending: float | None = None
        self.shutting: asyncio.Task[None] | None = None
        self.writer: asyncio.Task[None] | None = None
        self.bell: asyncio.TimerHandle | None = None
        self.something = asyncio.Event()
        self.telling = asyncio.Lock()
        self.flushed = self.window = self.scopes_at = float("-inf")
        self.heard, self.count = time.monotonic(), 0
        if code := await self._refused():
            await self.accept(PROTOCOL if PROTOCOL in self.scope.get("subprotocols", []) else None)
            await self.close(code)
            return
        await self.board.settle()
        await self.accept(PROTOCOL)
        self.writer = asyncio.create_task(self._write())
        looking.after(self.board).begin()

    async def _refused(self) -> int:
        """The code with which the socket is closed at once; 0 for one that may stay, which then listens."""
        token = bearer(self.scope.get("subprotocols", []))
        actors, scopes, noted = await in_thread(lambda: _known(token)) if token else ({}, set(), 0)
        actor = actors.get(token)
        if actor is None or actor.deposit_only:
            return REVOKED if actor else UNAUTHORIZED
        self.actor, self.token, self.noted = actor, token or "", noted
        if not self.board.enter(self):
            return FLOODING
        self.board.listen(self, looking.groups_of(actor, scopes))
        self.scopes_at = time.monotonic()
        return 0

    @property
    def person(self) -> int:
        return self.actor.person

    async def disconnect(self, code: int) -> None:
        await self.board.leave(self)
        looking.after(self.board).end()
        for each in (self.writer, self.bell):
            if each is not None:
                each.cancel()

    # -- what the client says

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._flooding() or len(text_data or "") > MAX_TEXT or bytes_data:
            await self.close(FLOODING)
            return
        self.heard = time.monotonic()
        try:
            message = orjson.loads(text_data or "null")
        except orjson.JSONDecodeError:
            return
        if isinstance(message, dict) and message.get("type") == "hello" and self.token:
            self.entries = message.get("entries") is True
            await self._replay(message)

    async def _replay(self, hello: dict[str, Any]) -> bool:
        """Tell in order what the client missed after the number it names; whether it missed anything."""
        async with self.telling:
            answers = await in_thread(lambda: live.missed(self.actor, hello))
            for answer in answers:
                await self._tell(answer)
        return bool(answers)

    def _flooding(self) -> bool:
        now = time.monotonic()
        if now - self.window > 60.0:
            self.window, self.count = now, 0
        self.count += 1
        return self.count > MAX_MESSAGES

    # -- what happens

    def hear(self, event: dict[str, Any]) -> None:
        """Take note of an event. What is said about the person itself may be that the sign-in is over: look first."""
        if event["type"] == "message":
            self.messages[event["message"]["type"]] = event["message"]
        elif event["scope"] == f"user:{self.person}":
            self.unsure.add(event["scope"])
            looking.after(self.board).hurry(self)
            return
        else:
            self.pending.add(event["scope"])
        self.something.set()

    def confirmed(self, actor: Actor, news: dict[str, Any] | None) -> None:
        """A look says that the sign-in holds; `news`: what a failing channel layer kept from us."""
        self.actor = actor
        now = time.monotonic()
        if now - self.heard > IDLE_SECONDS or (self.sending is not None and now - self.sending > SLOW_SECONDS):
            self._shut(IDLE if self.sending is None else FLOODING)
            return
        if news is not None and news["seq"] > self.noted:
            self.messages.setdefault(news["type"], news)
        self.pending |= self.unsure
        self.unsure.clear()
        if self.pending or self.messages:
            self.something.set()

    def shut(self, *, revoked: bool) -> None:
        """A look says that the sign-in is over."""
        self._shut(REVOKED if revoked else UNAUTHORIZED)

    def _shut(self, code: int) -> None:
        if self.shutting is None:
            self.shutting = asyncio.create_task(self._close(code))

    async def _close(self, code: int) -> None:
        if self.writer is not None:
            self.writer.cancel()
        await self.board.leave(self)
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                await self.close(code)
        except Exception:
            log.debug("a socket could not be closed", exc_info=True)

    # -- what is told

    async def _write(self) -> None:
        try:
            while True:
                await self.something.wait()
                self.something.clear()
                self.sending = time.monotonic()
                await self._flush()
                self.sending = None
        except Exception:
            log.debug("a socket is gone", exc_info=True)

    async def _flush(self) -> None:
        messages, self.messages = self.messages, {}
        if self.pending and self._due():
            scopes, self.pending = tuple(sorted(self.pending)), set()
            self.flushed = time.monotonic()
            await self.base_send(_poke(scopes))
        for message in messages.values():
            if self.told.get(message["type"]) == message:
                continue  # a look was faster than the channel layer
            hello = {"type": "hello", "entries": True, "inbox": self.noted}
            if not (self.entries and message["type"] == "inbox" and await self._replay(hello)):
                await self._tell(message)

    def _due(self) -> bool:
        """Whether a poke may be told now; if not, this is asked again when it may."""
        wait = self.flushed + POKE_SECONDS - time.monotonic()
        if wait > 0:
            if self.bell is None or self.bell.cancelled() or self.bell.when() <= asyncio.get_running_loop().time():
                self.bell = asyncio.get_running_loop().call_later(wait, self.something.set)
            return False
        return True

    async def _tell(self, message: dict[str, Any]) -> None:
        self.told[message["type"]] = message
        self.noted = max(self.noted, message.get("seq", 0))
        await self.send(text_data=orjson.dumps(message).decode())


@lru_cache(1024)
def _poke(scopes: tuple[str, ...]) -> Any:
    """The same message for all sockets that are told the same."""
    return {"type": "websocket.send", "text": orjson.dumps({"type": "poke", "scopes": scopes}).decode()}


def _known(token: str) -> tuple[Any, set[str], int]:
    """Who bears the token, which scopes that person may read, and the last number of the person's messages."""
    actors = live.recognise([token])
    actor = actors.get(token)
    if actor is None or actor.deposit_only:
        return actors, set(), 0
    newest = live.news({actor.person: 0}).get(actor.person, {}).get("seq", 0)
    return actors, grants.scope_names(actor.person), newest


def bearer(offered: Iterable[str]) -> str | None:
    """The access token among the offered sub-protocols: `bearer.<base64url of the token>`."""
    for each in offered:
        if each.startswith(BEARER):
            packed = each[len(BEARER) :]
            try:
                return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode("ascii")
            except (binascii.Error, ValueError):
                return None
    return None
