"""The laws of sync over many more and longer lives, each with a seed of its own that a failure names."""

import os
import random
import time

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.laws.machine import LawWorld
from tests.laws.test_laws import RUNS, crew_of_two, machine

SHARE = 0.4
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

LONG = settings(RUNS, max_examples=20, stateful_step_count=80, derandomize=False)


@pytest.fixture
def world(cast: Cast, places: Places, fieldwork: Fieldwork) -> LawWorld:
    return crew_of_two(cast, places, fieldwork)


@pytest.mark.soak
def test_the_laws_hold_for_long(world: LawWorld) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    lives = 0
    while time.monotonic() < end:
        number = random.randrange(2**32)
        laws = seed(number)(machine(world))
        try:
            run_state_machine_as_test(laws, settings=LONG)
        except BaseException as fault:
            fault.add_note(f"seed {number}")
            raise
        lives += LONG.max_examples
    assert lives > 0
