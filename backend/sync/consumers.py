"""`WS /ws/v1/live` (protocol, Live)."""

import asyncio
import base64
import binascii
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import close_old_connections

from backend.core.actor import Actor
from backend.core.errors import Problem
from backend.journal import grants
from backend.sync import live

PROTOCOL = "inspection.v1"
BEARER = "bearer."

UNAUTHORIZED, REVOKED, IDLE, FLOODING = 4401, 4403, 4408, 4429

IDLE_SECONDS = 1800.0
REFRESH_SECONDS = 30.0
"""How often a socket looks whether its sign-in still holds and which scopes its person may read."""

POKE_SECONDS = 1.0
MAX_MESSAGES = 60
"""Messages a client may send in a minute."""

MAX_TEXT = 4096

Authenticate = Callable[[str], Actor]


class LiveConsumer(AsyncWebsocketConsumer):
    """One open socket of one signed-in person."""

    authenticate: Authenticate
    """From an access token to its actor; set by `backend.asgi`, because `sync` may not import `accounts`."""

    async def connect(self) -> None:
        self.groups_joined: set[str] = set()
        self.pending: set[str] = set()
        self.tasks: list[asyncio.Task[None]] = []
        self.heard = self.flushed = self.window = 0.0
        self.count = 0
        token = bearer(self.scope.get("subprotocols", []))
        actor = await self._actor(token) if token else None
        if actor is None or actor.deposit_only:
            await self.accept(PROTOCOL if PROTOCOL in self.scope.get("subprotocols", []) else None)
            await self.close(REVOKED if actor else UNAUTHORIZED)
            return
        self.actor, self.token = actor, token or ""
        self.heard = time.monotonic()
        await self._join()
        await self.accept(PROTOCOL)
        self.tasks = [asyncio.create_task(self._watch())]

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            task.cancel()
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._flooding() or len(text_data or "") > MAX_TEXT:
            await self.close(FLOODING)
            return
        self.heard = time.monotonic()
        try:
            message = orjson.loads(text_data or "null")
        except orjson.JSONDecodeError:
            return
        if isinstance(message, dict) and message.get("type") == "hello":
            for answer in await self._in_thread(lambda: missed(self.actor, message)):
                await self._tell(answer)

    async def live_poke(self, event: dict[str, Any]) -> None:
        name = event["scope"]
        if name == f"user:{self.actor.user_id}" and not await self._refresh():
            return
        self.pending.add(name)
        wait = self.flushed + POKE_SECONDS - time.monotonic()
        if wait <= 0:
            await self._flush()
        elif len(self.pending) == 1:
            self.tasks.append(asyncio.create_task(self._flush_later(wait)))

    async def live_message(self, event: dict[str, Any]) -> None:
        await self._tell(event["message"])

    async def _tell(self, message: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(message).decode())

    async def _flush_later(self, wait: float) -> None:
        await asyncio.sleep(wait)
        await self._flush()

    async def _flush(self) -> None:
        if self.pending:
            scopes, self.pending = sorted(self.pending), set()
            self.flushed = time.monotonic()
            await self._tell({"type": "poke", "scopes": scopes})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            if time.monotonic() - self.heard > IDLE_SECONDS:
                await self.close(IDLE)
                return
            if not await self._refresh():
                return

    async def _refresh(self) -> bool:
        """Look again at the sign-in and the scopes; closes the socket and answers False when it no longer holds."""
        actor = await self._actor(self.token)
        if actor is None or actor.deposit_only:
            await self.close(REVOKED if actor else UNAUTHORIZED)
            return False
        self.actor = actor
        await self._join()
        return True

    async def _join(self) -> None:
        """Listen to exactly the scopes the person may read now."""
        names = await self._in_thread(lambda: grants.scope_names(self.actor.person))
        wanted = {live.group_of(name) for name in names | {f"user:{self.actor.user_id}"}}
        for group in self.groups_joined - wanted:
            await self.channel_layer.group_discard(group, self.channel_name)
        for group in wanted - self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        self.groups_joined = wanted

    async def _actor(self, token: str) -> Actor | None:
        try:
            actor: Actor = await self._in_thread(lambda: type(self).authenticate(token))
        except Problem:
            return None
        return actor

    def _in_thread(self, work: Callable[[], Any]) -> Awaitable[Any]:
        return sync_to_async(_closing(work), thread_sensitive=False)()

    def _flooding(self) -> bool:
        now = time.monotonic()
        if now - self.window > 60.0:
            self.window, self.count = now, 0
        self.count += 1
        return self.count > MAX_MESSAGES


def _closing(work: Callable[[], Any]) -> Callable[[], Any]:
    """Threads of the pool must not keep a database connection that nobody closes."""

    def run() -> Any:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return run


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


def missed(actor: Actor, message: dict[str, Any]) -> list[dict[str, Any]]:
    return [answer for hook in live.hello_hooks for answer in hook(actor, message)]
