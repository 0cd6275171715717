"""The server process killed many more times, each run with a seed of its own that a failure names."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crashes.field import at_work
from tests.crashes.victim import Victim
from tests.engines.county import county, own_database

SHARE = 0.15
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

LEAST = 3
"""Rounds, however short the time is."""


@pytest.mark.soak
def test_a_server_that_is_killed_for_long_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    seed = random.randrange(2**32)
    like = county(request.config.getoption("--engine"))
    like.copy_to(tmp_path / "data")
    with (
        own_database(like) as database,
        at_work(Victim(tmp_path / "data", database), seed) as work,
    ):
        try:
            while work.rounds < LEAST or time.monotonic() < end:
                work.round()
            work.finish()
            work.check()
            work.upkeep()
        except BaseException as fault:
            fault.add_note(f"seed {seed}; {work.told()}")
            raise
        assert min(work.cuts["push"], work.cuts["upload"]) > 0, work.told()
        record_property("kills", work.told())
