"""The inbox over the live socket: how many are unread, never what they say; to a unit only from the issue on."""

import pytest
from asgiref.sync import sync_to_async

from backend.notices.services import drafts, inbox, issuing
from tests.fixtures.people import Client
from tests.fixtures.rectification import World
from tests.fixtures.sockets import Socket, Sockets

pytestmark = pytest.mark.django_db(transaction=True)

in_thread = sync_to_async(thread_sensitive=True)


async def inbox_news(socket: Socket) -> object:
    """The next message about the inbox; pokes about other things are passed over."""
    while True:
        message = await socket.hear()
        if message["type"] == "inbox":
            return message


def liaison_client(world: World) -> Client:
    return world.cast.client(world.liaison)


async def test_a_unit_hears_nothing_before_the_issue_and_a_number_after_it(world: World, sockets: Sockets) -> None:
    client = await in_thread(liaison_client)(world)
    socket = await sockets.open(client.tokens.access)
    notice = await in_thread(world.reviewed)()
    await in_thread(inbox.deliver_waiting)()
    assert await socket.silent(0.3)
    await in_thread(issuing.issue)(actor=await in_thread(lambda: world.leader)(), notice_id=notice.pk)
    await in_thread(inbox.deliver_waiting)()
    assert await inbox_news(socket) == {"type": "inbox", "seq": 1, "unread": 1}


async def test_hello_tells_what_was_missed(world: World, sockets: Sockets) -> None:
    client = await in_thread(liaison_client)(world)
    await in_thread(world.issued)()
    await in_thread(inbox.deliver_waiting)()
    socket = await sockets.open(client.tokens.access)
    await socket.say('{"type":"hello","inbox":0}')
    assert await inbox_news(socket) == {"type": "inbox", "seq": 1, "unread": 1}
    await socket.say('{"type":"hello","inbox":1}')
    assert await socket.silent(0.3)


async def test_reading_on_one_device_is_heard_on_the_other(world: World, sockets: Sockets) -> None:
    client = await in_thread(liaison_client)(world)
    await in_thread(world.issued)()
    await in_thread(inbox.deliver_waiting)()
    socket = await sockets.open(client.tokens.access)
    await in_thread(client.post_json)("/api/v1/inbox/read", {"upto": 1})
    assert await inbox_news(socket) == {"type": "inbox", "seq": 1, "unread": 0}


async def test_what_is_withdrawn_unissued_stays_silent(world: World, sockets: Sockets) -> None:
    client = await in_thread(liaison_client)(world)
    socket = await sockets.open(client.tokens.access)
    notice = await in_thread(world.reviewed)()
    office = await in_thread(lambda: world.office)()
    await in_thread(drafts.withdraw)(actor=office, notice_id=notice.pk, reason="不发了")
    await in_thread(inbox.deliver_waiting)()
    assert await socket.silent(0.3)
