"""The laws of sync over many more and longer lives, each with a seed of its own that a failure names."""

import os
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.test_laws import RUNS, machine
from tests.laws.world import LawWorld, open_world

SHARE = 0.24
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

LONG = settings(RUNS, max_examples=20, stateful_step_count=80, derandomize=False)


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database itself, as in tests/laws."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def world(db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LawWorld]:
    with open_world(tmp_path_factory.mktemp("laws")) as found:
        yield found


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
