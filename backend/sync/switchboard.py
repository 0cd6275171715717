"""The open sockets of this process, and which of them listens to what.

An event is handed to the sockets of its own process in memory, and the channel layer carries it once to each other
process, which does the same. That makes telling five hundred of them about as dear as the bytes, and what waits for a
slow one bounded: a set of names. A layer that fails (its Redis is down) is asked again at the next look; until then
sockets hear of other processes by looking (`backend.sync.looking`).
"""

import asyncio
import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

SOCKETS_OF_ONE = 20
"""Open sockets of one person in one process; the next one is refused."""

LAYER_SECONDS = 3.0
"""How long a channel layer may take."""

REST_SECONDS = 2.0
"""How long a layer that failed is left alone."""


class Listener(Protocol):
    """An open socket, as the switchboard knows it."""

    @property
    def person(self) -> int: ...

    def hear(self, event: dict[str, Any]) -> None:
        """Take note of an event; never waits."""


class Switchboard:
    """Of one event loop."""

    def __init__(self) -> None:
        self.sockets: set[Any] = set()
        self.lookout: Any = None
        """Who looks after the sockets; set by `looking`, which knows more than this module."""
        self._listening: dict[str, set[Listener]] = {}
        self._groups: dict[Listener, set[str]] = defaultdict(set)
        self._joined: set[str] = set()
        self._channel = ""
        self._pump: asyncio.Task[None] | None = None
        self._settling = asyncio.Lock()
        self._failed = float("-inf")
        self._name = secrets.token_hex(8)
        """What this process calls itself to the others."""

    def enter(self, socket: Listener) -> bool:
        """Take the socket in; False when its person has too many already."""
        if sum(other.person == socket.person for other in self.sockets) >= SOCKETS_OF_ONE:
            return False
        self.sockets.add(socket)
        return True

    def listen(self, socket: Listener, groups: Collection[str]) -> None:
        """From now on the socket hears exactly `groups`; `settle` tells the channel layer."""
        before, wanted = self._groups[socket], set(groups)
        for group in before - wanted:
            self._listening[group].discard(socket)
            if not self._listening[group]:
                del self._listening[group]
        for group in wanted - before:
            self._listening.setdefault(group, set()).add(socket)
        self._groups[socket] = wanted

    async def leave(self, socket: Listener) -> None:
        if socket in self.sockets:
            self.listen(socket, ())
            del self._groups[socket]
            self.sockets.discard(socket)
            await self.settle()

    @property
    def settled(self) -> bool:
        """Whether the channel layer knows what this process wants to hear."""
        return self._joined == self._listening.keys()

    async def settle(self) -> None:
        """Join and leave groups of the channel layer. A failing layer is logged and asked again later."""
        async with self._settling:
            if self.settled or time.monotonic() < self._failed + REST_SECONDS:
                return
            try:
                async with asyncio.timeout(LAYER_SECONDS):
                    await self._move(set(self._listening))
            except Exception as fault:  # noqa: BLE001 -- whatever a layer raises, sockets must not end with it
                self._failed = time.monotonic()
                log.warning("the channel layer does not answer; sockets hear by looking: %r", fault)

    async def _move(self, wanted: set[str]) -> None:
        layer: Any = get_channel_layer()
        if not self._channel:
            self._channel = await layer.new_channel("process.")
            self._pump = asyncio.create_task(self._receive(layer, self._channel))
        for group in wanted - self._joined:
            await layer.group_add(group, self._channel)
            self._joined.add(group)
        for group in self._joined - wanted:
            await layer.group_discard(group, self._channel)
            self._joined.discard(group)
        if not wanted:
            await self._hang_up()

    async def _hang_up(self) -> None:
        """Nobody listens any more: the process needs no channel."""
        pump, self._pump, self._channel = self._pump, None, ""
        if pump is not None:
            pump.cancel()
            await asyncio.wait([pump])

    async def _receive(self, layer: Any, channel: str) -> None:
        while True:
            event = await layer.receive(channel)
            if event["from"] != self._name:
                self.hand_on(event)

    def hand_on(self, event: dict[str, Any]) -> None:
        """To the sockets that listen to the event's group."""
        for socket in tuple(self._listening.get(event["group"], ())):
            socket.hear(event)

    def named(self, group: str, event: dict[str, Any]) -> dict[str, Any]:
        """The event as it travels: to whom, and from which process."""
        return event | {"group": group, "from": self._name}


_boards: "WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard]" = WeakKeyDictionary()


def here() -> Switchboard:
    """The switchboard of the running event loop."""
    return _boards.setdefault(asyncio.get_running_loop(), Switchboard())


async def send(events: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Give each event to whoever listens to its group: here at once, elsewhere through the channel layer. Never raises,
    and never waits long."""
    board, layer = here(), get_channel_layer()
    waiting = [board.named(group, event) for group, event in events]
    for event in waiting:
        board.hand_on(event)
    try:
        async with asyncio.timeout(LAYER_SECONDS):
            for event in waiting:
                await layer.group_send(event["group"], event)  # type: ignore[union-attr]
    except Exception as fault:  # noqa: BLE001 -- whatever a layer raises, a write must not fail with it
        log.warning("live messages could not be sent to other processes: %r", fault)
