"""Live pokes over WebSocket (protocol, Live): data-less, may be lost, never fail a write.

The socket listens to one group per scope its person may read, and to one of the person's own. Group names are
digests: even a leak of one says nothing.
"""

import asyncio
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from asgiref.sync import async_to_sync
from django.dispatch import receiver

from backend.core.actor import Actor
from backend.journal.signals import changes_committed
from backend.sync import switchboard

HelloHook = Callable[[Actor, dict[str, Any]], list[dict[str, Any]]]
NewsHook = Callable[[Mapping[int, int]], dict[int, dict[str, Any]]]
Recognise = Callable[[Collection[str]], Mapping[str, Actor]]

hello_hooks: list[HelloHook] = []
news_hooks: list[NewsHook] = []
_recognisers: list[Recognise] = []
_loop: list[asyncio.AbstractEventLoop] = []


def recognised_by(fn: Recognise) -> Recognise:
    """Declare who knows the bearers of tokens: set by `backend.asgi`, because `sync` may not import `accounts`."""
    _recognisers[:] = [fn]
    return fn


def recognise(tokens: Collection[str]) -> Mapping[str, Actor]:
    """The actor of every token that is good now; the others are missing."""
    return _recognisers[0](tokens)


def on_hello(fn: HelloHook) -> HelloHook:
    """Declare what answers `{"type":"hello", …}`: messages that the person missed. Called in a thread."""
    hello_hooks.append(fn)
    return fn


def missed(actor: Actor, message: dict[str, Any]) -> list[dict[str, Any]]:
    """What the hooks answer to a hello."""
    return [answer for hook in hello_hooks for answer in hook(actor, message)]


def on_look(fn: NewsHook) -> NewsHook:
    """Declare what people have missed: from the last number that each was told to a message with a higher `seq`,
    for those who have one. Called in a thread, every few seconds, for all open sockets at once."""
    news_hooks.append(fn)
    return fn


def news(seen: Mapping[int, int]) -> dict[int, dict[str, Any]]:
    """What the hooks have for the people in `seen`."""
    return {person: message for hook in news_hooks for person, message in hook(seen).items()}


def group_of(name: str) -> str:
    return "live." + hashlib.sha256(name.encode()).hexdigest()[:32]


def bind_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """The server's event loop, known from its start to its end: threads send through it."""
    _loop[:] = [loop] if loop is not None else []


def send_to_user(user_id: int, message: dict[str, Any]) -> None:
    """Give `message` to every open socket of the person. Never raises."""
    _send([(group_of(f"user:{user_id}"), {"type": "message", "message": message})])


@receiver(changes_committed)
def poke(sender: Any, scopes: Iterable[str], **_: Any) -> None:
    _send([(group_of(name), {"type": "poke", "scope": name}) for name in scopes])


def _send(events: list[tuple[str, dict[str, Any]]]) -> None:
    """On the server's loop when this process serves; a plain thread's own loop would deliver seconds late."""
    if _loop and _loop[0].is_running():
        asyncio.run_coroutine_threadsafe(switchboard.send(events), _loop[0])
    else:
        async_to_sync(switchboard.send)(events)
