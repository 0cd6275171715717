"""Odd messages for long: batches, pulls and offers with faults, and requests drawn from the published schema."""

import os
import random
import time

import pytest
from hypothesis import seed, settings

from tests.fixtures.visits import Fieldwork
from tests.fuzz.rounds import BRIEF, offer_ids, pull_pages, push_batches
from tests.fuzz.schema import play
from tests.fuzz.world import Field, make_field

SHARE = 0.1
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

ROUND = settings(BRIEF, max_examples=50, derandomize=False)


@pytest.fixture
def field(fieldwork: Fieldwork) -> Field:
    return make_field(fieldwork)


@pytest.mark.soak
def test_odd_messages_for_long(field: Field) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    rounds = 0
    while time.monotonic() < end:
        number = random.randrange(2**32)
        try:
            for run in (push_batches, pull_pages, offer_ids):
                run(field, lambda test, number=number: seed(number)(ROUND(test)))  # type: ignore[arg-type]
            faults = play(field.office, field.world.values, examples=3, until=end)
            faults |= play(field.phone.client, field.world.values, examples=3, until=end)
            assert not faults, "\n".join(faults.values())
        except BaseException as fault:
            fault.add_note(f"seed {number}")
            raise
        rounds += 1
    assert rounds > 0
