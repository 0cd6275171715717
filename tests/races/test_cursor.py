"""Eight writers and a reader that polls: the feed's numbers skip nothing, a sequence of the database does.

The control is what one would write first: a table with a `bigserial`, filled in the same transactions, and a reader
that asks for `id > last`. PostgreSQL gives the numbers out before the transactions commit, so the control must lose
rows in the very run in which ours loses none. SQLite has one writer at a time: there the control loses nothing either.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connection

from backend.accounts.models import User
from backend.core.actor import Actor
from backend.journal import upkeep
from backend.journal.writing import write
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone, Probe
from tests.races.threads import Crowd

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
PUTS = 25
"""Transactions of one writer in one round."""

LONGEST_HOLD = 0.006
"""Seconds that a writer keeps its transaction open after it took its number from the sequence."""

ROUNDS = 8
"""After so many rounds without a loss the control is no control."""

SCOPES = ("crew:a", "crew:b", "team:c", "user:d")


@dataclass
class Control:
    """The naive cursor: a number from a sequence, and `id > last`."""

    last: int = 0
    seen: set[int] = field(default_factory=set)

    def take_number(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO races_control (note) VALUES ('put') RETURNING id")
            return int(cursor.fetchone()[0])

    def poll(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM races_control WHERE id > %s ORDER BY id", [self.last])
            rows = [int(row[0]) for row in cursor.fetchall()]
        self.seen.update(rows)
        self.last = max([self.last, *rows])


@pytest.fixture
def control(transactional_db: None) -> Iterator[Control]:
    number = "bigserial PRIMARY KEY" if connection.vendor == "postgresql" else "integer PRIMARY KEY AUTOINCREMENT"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE races_control (id {number}, note text)")
        yield Control()
        cursor.execute("DROP TABLE races_control")


def writer(actor: Actor, control: Control, seed: str) -> Callable[[], list[int]]:
    """Many small transactions: the control's number first, then our document, with a pause between them."""
    chance = random.Random(seed)

    def put() -> int:
        with write(actor=actor) as change:
            number = control.take_number()
            time.sleep(chance.uniform(0, LONGEST_HOLD))
            change.put(Probe(f"p{number}", chance.choice(SCOPES), number))
        return number

    return lambda: [put() for _ in range(PUTS)]


def play(phone: Phone, actor: Actor, control: Control, number: int) -> set[int]:
    """One round; the numbers that were written in it."""
    crowd = Crowd([writer(actor, control, f"{number}/{each}") for each in range(WRITERS)])
    while crowd.busy():
        control.poll()
        phone.pull()
    return {written for answer in crowd.answers() for written in answer}


def test_a_polling_phone_loses_no_row_where_a_sequence_cursor_does(
    phone: Phone, inspector: User, cast: Cast, grant: Callable[..., None], control: Control
) -> None:
    for scope in SCOPES:
        grant(inspector, scope)
    phone.pull()
    actor, written = cast.actor(inspector), set()
    for number in range(ROUNDS):
        written |= play(phone, actor, control, number)
        control.poll()
        phone.pull()
        assert {document["value"] for document in phone.documents("probe").values()} == written
        assert {scope: phone.sum_of(scope) for scope in phone.sums} == phone.sums
        if connection.vendor == "sqlite" or control.seen != written:
            break
    assert control.seen <= written
    assert (control.seen == written) == (connection.vendor == "sqlite"), "the control lost nothing: no overlap"
    assert upkeep.verify(repair=False).wrong_sums == []
