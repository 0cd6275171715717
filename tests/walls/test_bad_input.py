"""Bad input gets a clear answer with a stable code and a Chinese sentence, loses nothing, and is never a 500.

Generated over every address and method, for the people who may do most.
"""

import json
import re
from typing import Any

import pytest

from tests.fixtures.people import Client
from tests.fixtures.visits import Fieldwork
from tests.walls.addresses import Address, addresses
from tests.walls.test_secrecy import unknown
from tests.walls.world import FullCounty, full_county

CHINESE = re.compile("[\u4e00-\u9fff]")
DEEP = b"[" * 3000 + b"]" * 3000

BODIES: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"7",
    b"\xff\xfe\x00",
    DEEP,
    b'{"\\u0000": "\\u0000"}',
    b'{"a": 1e999}',
]

ODD: list[Any] = [
    None,
    True,
    -1,
    2**70,
    1.5,
    "",
    "\x00",
    "x" * 3000,
    "\ud83d\ude00",
    [],
    [[]],
    [None],
    {},
    {"a": {"b": []}},
]
"""Given for every field that a request names."""

QUERIES = [
    "?limit=x",
    "?after=%00",
    "?after=e30",
    "?month=2026-99",
    "?state=%F0%9F%98%80",
    "?target=x&team=x",
    "?page=-1",
]


@pytest.fixture(scope="module")
def lasting_world(lasting: Fieldwork) -> FullCounty:
    return full_county(lasting)


@pytest.fixture
def world(db: None, lasting_world: FullCounty) -> FullCounty:
    return lasting_world


@pytest.fixture
def speakers(world: FullCounty) -> list[Client]:
    """The office may do most and the unit least; what lies between them takes the same ways."""
    return [world.cast.client(person) for person in (world.office, world.liaison)]


def check(client: Client, method: str, path: str, body: bytes, faults: list[str]) -> None:
    client.raise_request_exception = False
    answer: Any = client.generic(method.upper(), path, body, content_type="application/json")  # type: ignore[arg-type]
    if answer.status_code >= 500:
        faults.append(f"{answer.status_code} {method} {path} {body[:80]!r}")
    elif answer.status_code >= 400 and answer.content:
        problem = json.loads(answer.content)
        if not problem.get("code") or not CHINESE.search(problem.get("detail", "")):
            faults.append(f"{answer.status_code} {method} {path} {body[:80]!r} says {answer.content[:200]!r}")


def changing() -> list[tuple[Address, str]]:
    left_out = {"auth/logout"}  # ends the session that the test goes on with
    return [(each, method) for each in addresses() for method in each.methods if each.route not in left_out]


def test_broken_bodies(world: FullCounty, speakers: list[Client]) -> None:
    faults: list[str] = []
    for client in speakers:
        for address, method in changing():
            for body in BODIES if method != "get" else BODIES[:1]:
                check(client, method, address.path(unknown(address, world.values)), body, faults)
    assert faults == []


def test_odd_values_in_every_field(world: FullCounty, speakers: list[Client]) -> None:
    """Field names are those of the published schema; values are of every wrong kind, on objects that exist."""
    fields = schema_fields()
    faults: list[str] = []
    for client in speakers:
        for address, method in changing():
            names = fields.get((method, address.route), [])
            for odd in ODD if names else ():
                body = json.dumps(dict.fromkeys(names, odd)).encode()
                check(client, method, address.path(world.values), body, faults)
    assert faults == []


def test_odd_queries(world: FullCounty, speakers: list[Client]) -> None:
    faults: list[str] = []
    for client in speakers:
        for address in addresses():
            if "get" in address.methods:
                for query in QUERIES:
                    check(client, "get", address.path(world.values) + query, b"", faults)
    assert faults == []


def test_odd_parts_of_a_path(world: FullCounty, speakers: list[Client]) -> None:
    faults: list[str] = []
    for address in addresses():
        for part in ("0", "..", "%00", "%F0%9F%98%80", "x" * 500, "9" * 40):
            if address.parameters:
                path = address.path({name: part for _, name in address.parameters})
                check(speakers[0], address.methods[0], path, b"{}", faults)
    assert faults == []


def schema_fields() -> dict[tuple[str, str], list[str]]:
    """(method, route) -> names of the request's top-level fields, from the generated schema."""
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    routes = {re.sub(r"<\w+:(\w+)>", r"{\1}", each.route): each.route for each in addresses()}
    out: dict[tuple[str, str], list[str]] = {}
    for path, methods in schema["paths"].items():
        route = routes.get(path.removeprefix("/api/v1/"))
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if route and name:
                out[method, route] = list(schema["components"]["schemas"][name].get("properties", {}))
    return out
