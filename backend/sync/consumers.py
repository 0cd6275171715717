"""`WS /ws/v1/live` (protocol, Live)."""

import asyncio
import base64
import binascii
import logging
import time
from collections.abc import Iterable
from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer

from backend.core.actor import Actor
from backend.journal import grants
from backend.sync import live, looking, switchboard
from backend.sync.looking import in_thread
from backend.sync.outlet import Outlet

log = logging.getLogger(__name__)

PROTOCOL = "inspection.v1"
BEARER = "bearer."

UNAUTHORIZED, REVOKED, IDLE, FLOODING = 4401, 4403, 4408, 4429

IDLE_SECONDS = 1800.0
SLOW_SECONDS = 20.0
"""How long one message may wait for a client that does not read."""

MAX_MESSAGES = 60
"""Messages a client may send in a minute."""

MAX_TEXT = 4096


class LiveConsumer(AsyncWebsocketConsumer):
    """One open socket of one signed-in person: who it is, whether that still holds, what the client says. What it is
    told goes through its `Outlet`, past Channels."""

    channel_layer_alias = ""
    """None of its own: the process has one channel for all sockets (`switchboard`)."""

    actor: Actor
    token = ""

    async def connect(self) -> None:
        self.board = switchboard.here()
        send: Any = self.base_send
        self.outlet = Outlet(send, lambda hello: in_thread(lambda: live.missed(self.actor, hello)))
        self.unsure: set[str] = set()
        self.shutting: asyncio.Task[None] | None = None
        self.window = self.scopes_at = float("-inf")
        self.heard, self.count = time.monotonic(), 0
        if code := await self._refused():
            await self.accept(PROTOCOL if PROTOCOL in self.scope.get("subprotocols", []) else None)
            await self.close(code)
            return
        await self.board.settle()
        await self.accept(PROTOCOL)
        self.outlet.open()
        looking.after(self.board).begin()

    async def _refused(self) -> int:
        """The code with which the socket is closed at once; 0 for one that may stay, which then listens."""
        token = bearer(self.scope.get("subprotocols", []))
        actors, scopes, noted = await in_thread(lambda: _known(token)) if token else ({}, set(), 0)
        actor = actors.get(token)
        if actor is None or actor.deposit_only:
            return REVOKED if actor else UNAUTHORIZED
        self.actor, self.token, self.outlet.noted = actor, token or "", noted
        self.own = f"user:{actor.person}"
        if not self.board.enter(self):
            return FLOODING
        self.board.listen(self, looking.groups_of(actor, scopes))
        self.scopes_at = time.monotonic()
        return 0

    @property
    def person(self) -> int:
        return self.actor.person

    @property
    def noted(self) -> int:
        """The last number of the inbox that the client was told of."""
        return self.outlet.noted

    async def disconnect(self, code: int) -> None:
        await self.board.leave(self)
        looking.after(self.board).end()
        self.outlet.stop()

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
            self.outlet.entries = message.get("entries") is True
            await self.outlet.replay(message)

    def _flooding(self) -> bool:
        now = time.monotonic()
        if now - self.window > 60.0:
            self.window, self.count = now, 0
        self.count += 1
        return self.count > MAX_MESSAGES

    # -- what happens

    def hear(self, event: dict[str, Any]) -> None:
        """Tell an event. What is said about the person itself may be that the sign-in is over: look first."""
        if event["type"] == "message":
            self.outlet.message(event["message"])
        elif event["scope"] == self.own:
            self.unsure.add(event["scope"])
            looking.after(self.board).hurry(self)
        else:
            self.outlet.poke(event["scope"])

    def confirmed(self, actor: Actor, news: dict[str, Any] | None) -> None:
        """A look says that the sign-in holds; `news`: what a failing channel layer kept from us."""
        self.actor = actor
        now, since = time.monotonic(), self.outlet.since
        if now - self.heard > IDLE_SECONDS or (since is not None and now - since > SLOW_SECONDS):
            self._shut(IDLE if since is None else FLOODING)
            return
        unsure, self.unsure = self.unsure, set()
        self.outlet.caught_up(unsure, news)

    def shut(self, *, revoked: bool) -> None:
        """A look says that the sign-in is over."""
        self._shut(REVOKED if revoked else UNAUTHORIZED)

    def _shut(self, code: int) -> None:
        if self.shutting is None:
            self.shutting = asyncio.create_task(self._close(code))

    async def _close(self, code: int) -> None:
        self.outlet.stop()
        await self.board.leave(self)
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                await self.close(code)
        except Exception:
            log.debug("a socket could not be closed", exc_info=True)


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
