"""The live socket (protocol, Live)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts import tickets
from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.services import people, sessions
from backend.core import clock
from backend.core.actor import system
from backend.journal.models import FeedRow
from backend.journal.writing import write
from backend.sync import live, looking, switchboard
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


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.05)


class DeadLayer:
    """A channel layer whose server is gone."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def refuse(*_: Any, **__: Any) -> None:
            raise ConnectionError(f"{name}: connection refused")

        return refuse


@pytest.fixture
def dead_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switchboard, "get_channel_layer", DeadLayer)


Ending = Callable[[Cast, Client], None]


def sign_out(cast: Cast, client: Client) -> None:
    sessions.sign_out(actor=cast.actor(client.user), session_id=client.tokens.session.pk)


def revoke(cast: Cast, client: Client) -> None:
    sessions.revoke_device(actor=cast.actor(cast.person(Role.OFFICE)), device_id=client.device.pk)


def close_account(cast: Cast, client: Client) -> None:
    people.disable(actor=cast.actor(cast.person(Role.OFFICE)), user_id=client.user.pk)


def reset_password(cast: Cast, client: Client) -> None:
    people.reset_password(actor=cast.actor(cast.person(Role.OFFICE)), user_id=client.user.pk)


ENDINGS: dict[str, tuple[Ending, int]] = {
    "signed out": (sign_out, 4401),
    "device revoked": (revoke, 4403),
    "account closed": (close_account, 4403),
    "password reset": (reset_password, 4401),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_whatever_ends_a_sign_in_closes_its_sockets(
    ending: str, cast: Cast, inspector_client: Client, office_client: Client, sockets: Sockets
) -> None:
    """At once, because it is said about the person; the sockets of others stay."""
    end, code = ENDINGS[ending]
    mine = [await sockets.open(inspector_client.tokens.access) for _ in range(2)]
    other = await sockets.open(office_client.tokens.access)
    await in_thread(end)(cast, inspector_client)
    assert [await socket.closed() for socket in mine] == [code, code]
    assert await other.silent(0.1)


async def test_a_revocation_of_which_nothing_is_heard_closes_at_the_next_look(
    cast: Cast, inspector_client: Client, sockets: Sockets, quick_looks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happened in another process, and the layer between is dead."""
    socket = await sockets.open(inspector_client.tokens.access)
    monkeypatch.setattr(live, "_send", lambda _events: None)
    await in_thread(revoke)(cast, inspector_client)
    assert await socket.closed() == 4403


async def test_a_token_that_expires_closes_its_socket(
    inspector_client: Client, sockets: Sockets, quick_looks: None
) -> None:
    with clock.fixed(clock.now()) as hand:
        socket = await sockets.open(inspector_client.tokens.access)
        hand.move(minutes=11)
        assert await socket.closed() == 4401


async def test_a_page_that_signs_out_closes_the_sockets_of_its_person(inspector: User, sockets: Sockets) -> None:
    socket = await sockets.open(await in_thread(tickets.issue)(inspector))
    await in_thread(lambda: sessions.end_pages(user=inspector))()
    assert await socket.closed() == 4401
    assert await (await sockets.open(await in_thread(tickets.issue)(await in_thread(fresh)(inspector)))).silent(0.1)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


async def test_a_look_takes_as_many_queries_for_many_sockets_as_for_one(
    cast: Cast, inspector_client: Client, office_client: Client, sockets: Sockets
) -> None:
    board = switchboard.here()

    def counted(tokens: list[str], persons: list[int]) -> int:
        with CaptureQueriesContext(connection) as caught:
            looking._asked(tokens, persons, dict.fromkeys(persons, 0))
        return len(caught)

    clients = [inspector_client, office_client]
    for client in clients:
        await sockets.open(client.tokens.access)
    assert len(board.sockets) == 2
    tokens, persons = [each.tokens.access for each in clients], [each.user.pk for each in clients]
    one = await in_thread(counted)(tokens[:1], persons[:1])
    assert await in_thread(counted)(tokens, persons) == one <= 5


async def test_a_write_happens_and_is_heard_in_its_process_though_the_channel_layer_is_dead(
    inspector: User, inspector_client: Client, sockets: Sockets, dead_layer: None
) -> None:
    await in_thread(grant)(inspector, "crew:a")
    socket = await sockets.open(inspector_client.tokens.access)
    await in_thread(put)(inspector, "crew:a", 1)
    assert await in_thread(FeedRow.objects.filter(scope__name="crew:a").count)() == 1
    assert await socket.hear() == {"type": "poke", "scopes": ["crew:a"]}


async def test_an_event_of_this_process_is_heard_once_one_of_another_through_the_layer(
    inspector: User, inspector_client: Client, sockets: Sockets
) -> None:
    socket = await sockets.open(inspector_client.tokens.access)
    group = live.group_of(f"user:{inspector.pk}")
    message = {"type": "message", "message": {"type": "inbox", "seq": 3, "unread": 1}}
    await switchboard.send([(group, message)])
    assert (await socket.hear())["seq"] == 3
    assert await socket.silent(0.1)
    later = {
        "type": "message",
        "message": {"type": "inbox", "seq": 4, "unread": 1},
        "group": group,
        "from": "elsewhere",
    }
    layer: Any = get_channel_layer()
    await layer.group_send(group, later)
    assert (await socket.hear())["seq"] == 4


async def test_a_lost_scope_is_heard_no_more(inspector: User, inspector_client: Client, sockets: Sockets) -> None:
    await in_thread(grant)(inspector, "crew:a")
    socket = await sockets.open(inspector_client.tokens.access)
    await in_thread(take)(inspector, "crew:a")
    assert await socket.hear() == {"type": "poke", "scopes": [f"user:{inspector.pk}"]}
    await in_thread(put)(inspector, "crew:a", 1)
    assert await socket.silent(0.3)


def take(user: User, scope: str) -> None:
    with write(actor=system(user.county_id or 0)) as change:
        change.end_grant(user.pk, scope)


async def test_one_person_cannot_open_sockets_without_end(
    inspector_client: Client, office_client: Client, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switchboard, "SOCKETS_OF_ONE", 3)
    opened = [await sockets.open(inspector_client.tokens.access) for _ in range(4)]
    assert await opened[-1].closed() == 4429
    assert await (await sockets.open(office_client.tokens.access)).silent(0.05)
    await opened[0].leave()
    assert await (await sockets.open(inspector_client.tokens.access)).silent(0.05)


async def test_nothing_is_left_behind_when_all_have_gone(inspector_client: Client, sockets: Sockets) -> None:
    board = switchboard.here()
    for socket in [await sockets.open(inspector_client.tokens.access) for _ in range(3)]:
        await socket.leave()
    assert (board.sockets, board._listening, board._joined, board._pump) == (set(), {}, set(), None)


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


async def test_bytes_and_long_texts_are_cut(inspector_client: Client, sockets: Sockets) -> None:
    for event in ({"text": "x" * 4097}, {"bytes": b"x"}):
        socket = await sockets.open(inspector_client.tokens.access)
        await socket.wire.send_input({"type": "websocket.receive"} | event)
        assert await socket.closed() == 4429
