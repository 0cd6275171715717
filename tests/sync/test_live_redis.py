"""The live socket with a real Redis, which is killed and started again while people work.

Nothing is acknowledged by a channel layer: the write happens, the inbox has its numbers, and whoever is connected or
comes back hears of all of it.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers, get_channel_layer
from redis.exceptions import RedisError

from backend.accounts.models import User
from backend.core.actor import system
from backend.inspections.models import Visit
from backend.journal.writing import write
from backend.notices.models import InboxEntry
from backend.notices.services import inbox
from backend.sync import live, looking, switchboard
from tests.engines.processes import EngineMissing
from tests.engines.redis import RedisServer
from tests.fixtures.people import Client
from tests.fixtures.sockets import Socket, Sockets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

in_thread = sync_to_async(thread_sensitive=True)


@pytest.fixture
def redis(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """A server of the test's own, and the product set up for it; looks and rests are short."""
    try:
        server = RedisServer.start(tmp_path)
    except EngineMissing as fault:
        pytest.fail(str(fault))
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [server.url]},
        }
    }
    channel_layers.backends = {}
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(switchboard, "REST_SECONDS", 0.1)
    logging.getLogger("channels_redis.pubsub").setLevel(logging.CRITICAL)
    yield server
    channel_layers.backends = {}
    server.stop()


def tell(user: User, count: int) -> None:
    """`count` messages, each in a transaction of its own, delivered to the inbox."""
    for _ in range(count):
        with write(actor=system(user.county_id or 0)) as change:
            change.tell("visit.approved", [user.pk], Visit())
    inbox.deliver_waiting()


async def entries(socket: Socket, upto: int) -> list[int]:
    """Numbers of the messages themselves, until number `upto` was told."""
    found: list[int] = []
    async with asyncio.timeout(20):
        while not found or found[-1] < upto:
            message = await socket.hear()
            if message["type"] == "inbox.entry":
                found.append(message["seq"])
    return found


async def test_nothing_is_missing_after_redis_was_killed_and_came_back(
    inspector: User, inspector_client: Client, office_client: Client, sockets: Sockets, redis: RedisServer
) -> None:
    """One socket stays open all the time, one leaves before and comes back after; a third is somebody else's."""
    staying = await sockets.open(inspector_client.tokens.access)
    leaving = await sockets.open(inspector_client.tokens.access)
    other = await sockets.open(office_client.tokens.access)
    await staying.say('{"type":"hello","inbox":0,"entries":true}')
    await in_thread(tell)(inspector, 2)
    assert await entries(staying, 2) == [1, 2]
    await leaving.leave()

    await asyncio.to_thread(redis.stop)
    await in_thread(tell)(inspector, 3)
    assert await in_thread(InboxEntry.objects.filter(user_id=inspector.pk).count)() == 5
    assert await entries(staying, 5) == [3, 4, 5]
    during = await sockets.open(inspector_client.tokens.access)
    await during.say('{"type":"hello","inbox":1,"entries":true}')
    assert await entries(during, 5) == [2, 3, 4, 5]

    await asyncio.to_thread(redis.resume)
    await in_thread(tell)(inspector, 2)
    back = await sockets.open(inspector_client.tokens.access)
    await back.say('{"type":"hello","inbox":2,"entries":true}')
    assert await entries(back, 7) == [3, 4, 5, 6, 7]
    assert await entries(staying, 7) == [6, 7]
    assert await entries(during, 7) == [6, 7]
    assert await other.silent(0.1)
    await hears_of_other_processes(staying, inspector)


async def hears_of_other_processes(socket: Socket, user: User) -> None:
    """Once the layer has found its server again, which nobody announces: told until it is heard."""
    layer: Any = get_channel_layer()
    group = live.group_of(f"user:{user.pk}")
    async with asyncio.timeout(20):
        for seq in itertools.count(100):
            message = {"type": "elsewhere", "seq": seq}
            event = {"type": "message", "message": message, "group": group, "from": "another process"}
            with contextlib.suppress(OSError, RedisError):
                await layer.group_send(group, event)
            if not await socket.silent(0.2) and (await socket.hear())["type"] == "elsewhere":
                return


async def test_groups_are_joined_again_once_redis_is_back(
    inspector: User, inspector_client: Client, sockets: Sockets, redis: RedisServer
) -> None:
    """Who connected while it was down hears pokes when it is up."""
    board = switchboard.here()
    await asyncio.to_thread(redis.stop)
    socket = await sockets.open(inspector_client.tokens.access)
    assert board._joined == set()
    await asyncio.to_thread(redis.resume)
    async with asyncio.timeout(20):
        while not board.settled:  # noqa: ASYNC110 -- it is settled by looks, which nobody announces
            await asyncio.sleep(0.02)
    await in_thread(tell)(inspector, 1)
    async with asyncio.timeout(20):
        while (await socket.hear())["type"] != "poke":
            pass
