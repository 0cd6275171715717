"""Looking after the open sockets of a process: whose sign-in is over, who may read what, who has missed something.

One look asks about all sockets at once, so that it can be frequent: a revoked device, an ended session, a closed
account, an expired token close their sockets within seconds, whether or not anybody told this process.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from backend.core.actor import Actor
from backend.journal import grants
from backend.sync import live, switchboard

if TYPE_CHECKING:
    from backend.sync.consumers import LiveConsumer

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
SCOPES_SECONDS = 30.0
"""How often a socket is asked anew which scopes its person may read, unless something was said about that person."""


class Lookout:
    """Of the sockets of one switchboard; works while there are any."""

    def __init__(self, board: switchboard.Switchboard) -> None:
        self._board = board
        self._bell = asyncio.Event()
        self._hurried: set[LiveConsumer] = set()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    def end(self) -> None:
        if self._task is not None and not self._board.sockets:
            self._task.cancel()

    def hurry(self, socket: "LiveConsumer") -> None:
        """Something was said about the socket's person: look now."""
        self._hurried.add(socket)
        self._bell.set()

    async def _work(self) -> None:
        due = time.monotonic() + LOOK_SECONDS
        while True:
            try:
                async with asyncio.timeout(max(due - time.monotonic(), 0.0)):
                    await self._bell.wait()
            except TimeoutError:
                pass
            self._bell.clear()
            everybody = time.monotonic() >= due
            if everybody:
                due = time.monotonic() + LOOK_SECONDS
            try:
                await self._turn(everybody=everybody)
            except Exception:
                log.exception("a look at the open sockets failed")

    async def _turn(self, *, everybody: bool) -> None:
        hurried, self._hurried = self._hurried & self._board.sockets, set()
        sockets: set[LiveConsumer] = set(self._board.sockets) if everybody else hurried
        if sockets:
            await look(self._board, sockets, hurried)
        if everybody and not self._board.settled:
            await self._board.settle()


def after(board: switchboard.Switchboard) -> Lookout:
    """Who looks after the sockets of `board`."""
    if board.lookout is None:
        board.lookout = Lookout(board)
    found: Lookout = board.lookout
    return found


async def look(
    board: switchboard.Switchboard, sockets: "Collection[LiveConsumer]", hurried: "Collection[LiveConsumer]" = ()
) -> None:
    """Close those whose sign-in is over, and let the others hear what they may and have missed."""
    now = time.monotonic()
    due = {socket for socket in sockets if socket in hurried or now >= socket.scopes_at + SCOPES_SECONDS}
    seen = {socket.person: socket.noted for socket in sorted(sockets, key=lambda each: -each.noted)}
    actors, scopes, news = await in_thread(
        lambda: _asked([socket.token for socket in sockets], {socket.person for socket in due}, seen)
    )
    for socket in sockets:
        actor = actors.get(socket.token)
        if actor is None or actor.deposit_only:
            socket.shut(revoked=actor is not None)
            continue
        if socket in due:
            board.listen(socket, groups_of(actor, scopes.get(socket.person, set())))
            socket.scopes_at = now
        socket.confirmed(actor, news.get(socket.person))
    await board.settle()


def _asked(
    tokens: Collection[str], people: Collection[int], seen: Mapping[int, int]
) -> tuple[Mapping[str, Actor], dict[int, set[str]], dict[int, dict[str, Any]]]:
    return live.recognise(tokens), grants.scope_names_of(people), live.news(seen)


def groups_of(actor: Actor, scopes: Iterable[str]) -> set[str]:
    """The groups that the person's sockets listen to: exactly the scopes that may be read now, and the own one."""
    return {live.group_of(name) for name in {*scopes, f"user:{actor.person}"}}


def in_thread(work: Callable[[], Any]) -> Any:
    """To be awaited: `work` in a thread of the pool, which must not keep a connection that nobody closes."""

    def run() -> Any:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return sync_to_async(run, thread_sensitive=False)()
