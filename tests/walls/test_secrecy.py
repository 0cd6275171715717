"""Nothing a school or institution account can reach tells it of a plan, an assignment, a visit, a notice not yet
issued or a bulletin: not by status, body, count or header (workflow.md section 12).

Generated over every address: what exists is answered exactly like what does not, and a busy county like a quiet one.
"""

import uuid
from typing import Any

import pytest

from backend.accounts.roles import UNIT_ROLES
from backend.notices.services.inbox import deliver_waiting
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places
from tests.fixtures.sockets import Sockets
from tests.fixtures.visits import Fieldwork
from tests.walls.addresses import Address, addresses
from tests.walls.world import FullCounty

OWN = ("auth/", "unit/targets")
"""Addresses about the account itself; they change with nothing that others do."""

VOLATILE = {"Sync-Time", "Date", "Set-Cookie"}


@pytest.fixture
def quiet(cast: Cast, places: Places, fieldwork: Fieldwork) -> FullCounty:
    return FullCounty(cast, places, fieldwork, cast.county()).settle()


def ask(client: Client, method: str, path: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of the answer."""
    answer: Any = client.generic(method.upper(), path, "{}", content_type="application/json")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body, {name: value for name, value in answer.items() if name not in VOLATILE}


def unknown(address: Address, values: dict[str, Any]) -> dict[str, Any]:
    """Values of the same shape that belong to nothing; a slug is a choice and stays."""
    fresh: dict[str, Any] = {"uuid": uuid.uuid4(), "int": 987_654_321, "str": "0" * 64}
    return values | {name: fresh[converter] for converter, name in address.parameters if converter in fresh}


def watched() -> list[Address]:
    return [each for each in addresses() if not each.route.startswith(OWN)]


def test_what_exists_is_answered_like_what_does_not(quiet: FullCounty) -> None:
    world = quiet.work()
    school = world.cast.client(world.liaison)
    told = {}
    for address in watched():
        for method in address.methods if address.parameters else ():
            real = ask(school, method, address.path(world.values))
            none = ask(school, method, address.path(unknown(address, world.values)))
            if real != none:
                told[f"{method} {address.route}"] = (real[:2], none[:2])
    assert told == {}


def test_a_busy_county_looks_like_a_quiet_one(quiet: FullCounty) -> None:
    school = quiet.cast.client(quiet.liaison)
    lists = [each for each in watched() if not each.parameters and "get" in each.methods]
    before = {each.route: ask(school, "get", each.path({})) for each in lists}
    quiet.work()
    deliver_waiting(limit=1000)
    after = {each.route: ask(school, "get", each.path({})) for each in lists}
    assert after == before
    assert {route for route, answer in after.items() if answer[0] == 200} == {
        "inbox", "inbox/preferences", "unit/bulletins", "unit/circulars", "unit/notices",
    }  # fmt: skip


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
def test_writing_is_refused_before_anything_is_looked_up(quiet: FullCounty, role: str) -> None:
    """A list that takes writes answers every account of a unit alike, whatever the body names."""
    world = quiet.work()
    school = world.cast.client(world.cast.person(role, county=world.county))
    for address in watched():
        if address.parameters or "post" not in address.methods or address.route.startswith(("inbox", "unit/")):
            continue
        body = {"visit": str(world.approved.pk), "target": str(world.school.pk), "ops": [], "ids": []}
        answer = school.post_json(address.path({}), body)
        assert answer.status_code == 403, address.route
        assert str(world.approved.pk) not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
async def test_the_socket_of_a_school_stays_silent(
    cast: Cast, places: Places, fieldwork: Fieldwork, sockets: Sockets
) -> None:
    from asgiref.sync import sync_to_async

    world = await sync_to_async(FullCounty(cast, places, fieldwork, await sync_to_async(cast.county)()).settle)()
    client = await sync_to_async(cast.client)(world.liaison)
    socket = await sockets.open(client.tokens.access)
    await sync_to_async(world.work)()
    await sync_to_async(deliver_waiting)(limit=1000)
    assert await socket.silent(1.5)


def test_a_school_holds_no_grant_but_its_own(quiet: FullCounty) -> None:
    from backend.journal import grants

    quiet.work()
    assert grants.scope_names(quiet.liaison.pk) == {f"user:{quiet.liaison.pk}"}
