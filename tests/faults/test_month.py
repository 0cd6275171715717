"""34 phones, a month of visits, a line that does everything a line can do: nothing lost, nothing doubled (protocol, I1-I10)."""

import datetime as dt

import pytest

from bench.clocks import CHINA
from tests.engines.county import AUTUMN
from tests.faults.month import TEAMS, Month, Plan
from tests.faults.serving import serving
from tests.faults.weather import Fault

OPERATIONS = {"sqlite": 2_500, "postgresql": 17_500}
"""By engine, 20,000 in all: most of them where requests truly run beside each other."""

SEED = 2026
START = dt.datetime(2026, 11, 2, 8, tzinfo=CHINA)


async def test_a_month_over_bad_lines_ends_on_the_server_exactly_once(request: pytest.FixtureRequest, tmp_path) -> None:
    engine = request.config.getoption("--engine")
    with serving(engine, tmp_path / "data", START.isoformat(), since=AUTUMN) as server:
        month = Month(Plan(SEED, OPERATIONS[engine], START), server)
        await month.play()
        faults = await month.check()
    assert faults == []
    assert len(month.phones) == 2 * TEAMS
    assert month.operations >= OPERATIONS[engine]
    assert {fault for fault in Fault if not month.faults[fault]} == set()
