"""Nothing tells the seed of a draw before its reveal, nor the salt, nor who is behind a pseudonym to those who may not
know: no list, no detail, no error, no header, no audit line, no message.
"""

from collections.abc import Iterable

import pytest

from backend.accounts.roles import Role
from backend.core import codec
from backend.inspections.models import Draw
from backend.inspections.services import draws
from backend.journal.models import AuditLine, FeedRow, Outbox
from tests.fixtures.draws import DrawDesk
from tests.fixtures.people import Client
from tests.fixtures.visits import Fieldwork
from tests.walls.addresses import Address, addresses
from tests.walls.test_secrecy import ask
from tests.walls.world import FullCounty, full_county

BODIES: tuple[dict[str, object], ...] = (
    {},
    {"reason": "x" * 501},
    {"witness": 0},
    {"reveal_hours": -1},
    {"track": "x"},
)
OF_DRAWS = [each for each in addresses() if each.route.startswith("draws")]


@pytest.fixture(scope="module")
def lasting_world(lasting: Fieldwork) -> FullCounty:
    return full_county(lasting)


@pytest.fixture
def world(db: None, lasting_world: FullCounty) -> FullCounty:
    return lasting_world


@pytest.fixture
def sealed(world: FullCounty) -> Draw:
    """Beside the draw that was drawn, one that is only sealed."""
    world.places.school(county=world.county)
    return DrawDesk(world.cast, world.places, world.fieldwork).sealed(world.county, target_kinds=["school"])


def answers(client: Client, world: FullCounty, draw: Draw, watched: Iterable[Address]) -> str:
    """Bodies and headers of every answer to reading, and about draws also of every refusal."""
    values, found = world.values | {"draw_id": draw.pk}, []
    for address in watched:
        path = address.path(values)
        if "get" in address.methods:
            found.append(repr(ask(client, "get", path)))
        if address in OF_DRAWS and "post" in address.methods and not address.route.endswith("reveal"):
            for body in BODIES:
                answer = client.post_json(path, body)
                found.append(answer.content.decode() + repr(dict(answer.items())))
    return "\n".join(found)


def test_no_answer_tells_the_seed_before_the_reveal(world: FullCounty, sealed: Draw) -> None:
    secrets = {text for draw in (world.draw, sealed) for text in (draw.seal.seed, draw.seal.salt)}
    office, leadership = (
        world.cast.client(world.cast.person(role, county=world.county)) for role in ("office", "leadership")
    )
    told = [
        answers(office, world, sealed, addresses()),
        answers(leadership, world, sealed, OF_DRAWS),
        answers(leadership, world, world.draw, OF_DRAWS),
        answers(office, world, world.draw, OF_DRAWS),
    ]
    assert [text for text in secrets if any(text in each for each in told)] == []
    assert all(world.draw.commitment in each for each in told)
    rows = [*AuditLine.objects.values("verb", "detail"), *Outbox.objects.values("kind", "detail")]
    assert [text for text in secrets if text in codec.dumps(rows).decode()] == []
    assert not FeedRow.objects.filter(kind="draw").exists()


def test_after_the_reveal_the_record_tells_it_and_names_only_where_asked(world: FullCounty) -> None:
    """What is searched above would hold it."""
    draws.reveal(actor=world.actor(Role.OFFICE), draw_id=world.draw.pk)
    client, path = world.cast.client(world.office), f"/api/v1/draws/{world.draw.pk}/record"
    record, named = (ask(client, "get", path + query)[1].decode() for query in ("", "?names=true"))
    assert world.draw.seal.seed in record
    assert world.draw.seal.salt in record
    assert [name for name in world.drawn_names if name in record] == []
    assert [name for name in world.drawn_names if name in named] == world.drawn_names


def test_people_who_are_drawn_and_units_are_told_of_no_draw(world: FullCounty) -> None:
    people = [world.approved.assignment.leader, world.conflict.user, world.card.user, world.liaison]
    told = {
        ask(world.cast.client(user), method, address.path(world.values))[0]
        for user in people
        for address in OF_DRAWS
        for method in address.methods
    }
    assert told == {403}


def test_conflicts_are_read_by_the_office_and_the_person_and_nobody_else(world: FullCounty) -> None:
    people = {
        "office": world.office,
        "person": world.conflict.user,
        "leader": world.approved.assignment.leader,
        "leadership": world.cast.person(Role.LEADERSHIP, county=world.county),
    }
    clients = {name: world.cast.client(user) for name, user in people.items()}
    path = "/api/v1/registry/conflicts"
    found = {name: ask(client, "get", f"{path}/{world.conflict.pk}")[0] for name, client in clients.items()}
    assert found == {"office": 200, "person": 200, "leader": 404, "leadership": 404}
    listed = {name: len(codec.loads(ask(client, "get", path)[1])["items"]) for name, client in clients.items()}
    assert listed == {"office": 1, "person": 1, "leader": 0, "leadership": 0}
    assert ask(world.cast.client(world.liaison), "get", path)[0] == 403
