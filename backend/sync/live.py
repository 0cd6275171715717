"""Live pokes over WebSocket (protocol, Live): data-less, may be lost, never fail a write.

The socket listens to one group per scope its person may read, and to one of the person's own. Group names are
digests: even a leak of one says nothing.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.dispatch import receiver

from backend.core.actor import Actor
from backend.journal.signals import changes_committed

log = logging.getLogger(__name__)

HelloHook = Callable[[Actor, dict[str, Any]], list[dict[str, Any]]]

hello_hooks: list[HelloHook] = []
_loop: list[asyncio.AbstractEventLoop] = []


def on_hello(fn: HelloHook) -> HelloHook:
    """Declare what answers `{"type":"hello", …}`: messages that the person missed. Called in a thread."""
    hello_hooks.append(fn)
    return fn


def group_of(name: str) -> str:
    return "live." + hashlib.sha256(name.encode()).hexdigest()[:32]


def bind_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """The server's event loop, known from its start to its end: threads send through it."""
    _loop[:] = [loop] if loop is not None else []


def send_to_user(user_id: int, message: dict[str, Any]) -> None:
    """Give `message` to every open socket of the person. Never raises."""
    _send([(group_of(f"user:{user_id}"), {"type": "live.message", "message": message})])


@receiver(changes_committed)
def poke(sender: Any, scopes: Iterable[str], **_: Any) -> None:
    _send([(group_of(name), {"type": "live.poke", "scope": name}) for name in scopes])


def _send(events: list[tuple[str, dict[str, Any]]]) -> None:
    """On the server's loop when this process serves; a plain thread's own loop would deliver seconds late."""
    if _loop and _loop[0].is_running():
        asyncio.run_coroutine_threadsafe(_send_all(events), _loop[0])
    else:
        async_to_sync(_send_all)(events)


async def _send_all(events: list[tuple[str, dict[str, Any]]]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        for group, event in events:
            await layer.group_send(group, event)
    except Exception:
        log.warning("live messages could not be sent", exc_info=True)
