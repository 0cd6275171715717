"""The server process is killed at any moment of push and upload: nothing acknowledged is lost, nothing happens twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crashes.field import at_work
from tests.crashes.victim import Victim
from tests.engines.county import county, own_database

ROUNDS = 6
SEED = 20261120


def test_a_server_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    like = county(request.config.getoption("--engine"))
    like.copy_to(tmp_path / "data")
    with (
        own_database(like) as database,
        at_work(Victim(tmp_path / "data", database), SEED) as work,
    ):
        for _ in range(ROUNDS):
            work.round()
        work.finish()
        work.check()
        work.upkeep()
        assert min(work.cuts["push"], work.cuts["upload"]) > 0, work.told()
        record_property("kills", work.told())
