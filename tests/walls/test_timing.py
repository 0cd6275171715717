"""What is hidden costs what is absent costs: the same answer after the same statements, so that no clock tells them apart.

Generated over every address that names something, for a school and for a leader of another team. Wall time is not measured: the work done is compared, statement by statement, without its values.
"""

import re
import uuid
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.fixtures.people import Client
from tests.fixtures.visits import Fieldwork
from tests.walls.test_secrecy import ask, unknown, watched
from tests.walls.world import FullCounty, full_county

VALUES = re.compile(r"'(?:[^']|'')*'(?:::\w+)?|\b[ps]?\d+(?:_x\d+)?\b|\bNULL\b")
TRIES = 3
"""What is looked at once in a while (an epoch, a rate) may fall between two requests; a difference that stays is one."""

REFUSED = frozenset({403, 404, 409, 410})


@dataclass(frozen=True)
class Told:
    """An answer, and the statements that it took, without their values."""

    answer: tuple[int, bytes, dict[str, str]]
    work: tuple[str, ...]

    @property
    def status(self) -> int:
        return self.answer[0]


def asked(client: Client, method: str, path: str) -> Told:
    with CaptureQueriesContext(connection) as caught:
        answer = ask(client, method, path)
    return Told(answer, tuple(VALUES.sub("?", one["sql"]) for one in caught))


@pytest.fixture(scope="module")
def lasting_world(lasting: Fieldwork) -> FullCounty:
    return full_county(lasting)


@pytest.fixture
def world(db: None, lasting_world: FullCounty) -> FullCounty:
    return lasting_world


def differences(world: FullCounty, client: Client, *, word_for_word: bool) -> tuple[set[str], int]:
    """The addresses at which something tells a thing that `client` is refused from one that is not there, and how many
    were asked. `word_for_word`: the statements are the same, not only as many.
    """
    found, count = set(), 0
    for address in (one for one in watched() if one.parameters):
        there, nowhere = address.path(world.values), address.path(unknown(address, world.values))
        for method in address.methods:
            count += 1
            if not any(_alike(client, method, there, nowhere, word_for_word) for _ in range(TRIES)):
                found.add(address.route)
    return found, count


def _alike(client: Client, method: str, there: str, nowhere: str, word_for_word: bool) -> bool:
    none, real = asked(client, method, nowhere), asked(client, method, there)
    if real.status not in REFUSED:
        return True  # it may be known to the client, or the question was none
    same = real.work == none.work if word_for_word else len(real.work) == len(none.work)
    return same and real.answer == none.answer


def test_a_school_causes_the_same_statements_with_what_is_hidden_and_with_what_is_not_there(world: FullCounty) -> None:
    found, count = differences(world, world.cast.client(world.liaison), word_for_word=True)
    assert found == set()
    assert count > 100


def test_another_team_is_answered_alike_after_as_many_statements(world: FullCounty) -> None:
    leader = world.places.people(world.places.team(county=world.county))[0]
    found, _ = differences(world, world.cast.client(leader), word_for_word=False)
    assert found == set()


def test_the_statements_of_something_that_may_be_read_are_others(world: FullCounty) -> None:
    """That the comparison sees what it is for."""
    client, nowhere = world.cast.client(world.office), uuid.uuid4()
    real, none = (asked(client, "get", f"/api/v1/visits/{pk}") for pk in (world.under_way.pk, nowhere))
    assert (real.status, none.status) == (200, 404)
    assert len(real.work) > len(none.work)
