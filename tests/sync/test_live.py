"""The live socket (protocol, Live)."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from backend.accounts.models import User
from backend.accounts.services import people, sessions
from backend.core import clock
from backend.core.actor import system
from backend.journal.writing import write
from backend.sync import live
from tests.fixtures.people import Cast, Client
from tests.fixtures.phones import Probe
from tests.fixtures.sockets import Sockets

pytestmark = pytest.mark.django_db(transaction=True)

in_thread = sync_to_async(thread_sensitive=True)


def put(user: User, scope: str, value: int) -> None:
    with write(actor=system(user.county_id or 0)) as change:
        change.put(Probe("one", scope, value))


def grant(user: User, scope: str) -> None:
    with write(actor=system(user.county_id or 0)) as change:
        change.grant(user.pk, scope)


async def test_only_the_marker_is_echoed(inspector_client: Client, sockets: Sockets) -> None:
    socket = await sockets.open(inspector_client.tokens.access)
    assert socket.subprotocol == "inspection.v1"


async def test_a_write_pokes_those_who_may_read_its_scope(
    cast: Cast, inspector: User, inspector_client: Client, office_client: Client, sockets: Sockets
) -> None:
    await in_thread(grant)(inspector, "crew:a")
    mine = await sockets.open(inspector_client.tokens.access)
    other = await sockets.open(office_client.tokens.access)
    await in_thread(put)(inspector, "crew:a", 1)
    assert await mine.hear() == {"type": "poke", "scopes": ["crew:a"]}
    assert await other.silent(0.2)


async def test_pokes_of_one_second_come_together(inspector: User, inspector_client: Client, sockets: Sockets) -> None:
    for scope in ("crew:a", "crew:b"):
        await in_thread(grant)(inspector, scope)
    socket = await sockets.open(inspector_client.tokens.access)
    for value in range(1, 6):
        await in_thread(put)(inspector, "crew:a", value)
    await in_thread(put)(inspector, "crew:b", 1)
    first = await socket.hear()
    second = await socket.hear()
    assert first == {"type": "poke", "scopes": ["crew:a"]}
    assert second == {"type": "poke", "scopes": ["crew:a", "crew:b"]}
    assert await socket.silent(0.3)


async def test_a_scope_gained_while_connected_is_heard(
    inspector: User, inspector_client: Client, sockets: Sockets
) -> None:
    socket = await sockets.open(inspector_client.tokens.access)
    await in_thread(grant)(inspector, "crew:late")
    assert (await socket.hear())["scopes"] == [f"user:{inspector.pk}"]
    await in_thread(put)(inspector, "crew:late", 1)
    assert "crew:late" in (await socket.hear())["scopes"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "密"])
async def test_a_wrong_token_is_closed_with_4401(token: str, sockets: Sockets) -> None:
    socket = await sockets.open(token)
    assert await socket.closed() == 4401


async def test_an_expired_token_is_closed_with_4401(inspector_client: Client, sockets: Sockets) -> None:
    with clock.fixed(clock.now()) as hand:
        hand.move(minutes=11)
        socket = await sockets.open(inspector_client.tokens.access)
        assert await socket.closed() == 4401


async def test_revoking_a_device_closes_its_socket_with_4403(
    cast: Cast, office: User, inspector_client: Client, sockets: Sockets
) -> None:
    socket = await sockets.open(inspector_client.tokens.access)
    actor = await in_thread(cast.actor)(office)
    await in_thread(sessions.revoke_device)(actor=actor, device_id=inspector_client.device.pk)
    assert await socket.closed() == 4403


async def test_disabling_a_person_closes_the_socket_with_4403(
    cast: Cast, office: User, inspector: User, inspector_client: Client, sockets: Sockets
) -> None:
    socket = await sockets.open(inspector_client.tokens.access)
    actor = await in_thread(cast.actor)(office)
    await in_thread(people.disable)(actor=actor, user_id=inspector.pk)
    assert await socket.closed() == 4403


async def test_messages_to_a_person_reach_every_socket_of_theirs_and_no_other(
    inspector: User, inspector_client: Client, office_client: Client, sockets: Sockets
) -> None:
    mine = await sockets.open(inspector_client.tokens.access)
    other = await sockets.open(office_client.tokens.access)
    await in_thread(live.send_to_user)(inspector.pk, {"type": "inbox", "seq": 3, "unread": 1})
    assert await mine.hear() == {"type": "inbox", "seq": 3, "unread": 1}
    assert await other.silent(0.2)


async def test_nonsense_is_ignored_and_floods_are_cut(inspector_client: Client, sockets: Sockets) -> None:
    socket = await sockets.open(inspector_client.tokens.access)
    for text in ("", "{", "[]", "7", '{"type":"hello","inbox":"x"}', '{"type":5}'):
        await socket.say(text)
    assert await socket.silent(0.2)
    for _ in range(80):
        await socket.say("{}")
        await asyncio.sleep(0)
    assert await socket.closed() == 4429
