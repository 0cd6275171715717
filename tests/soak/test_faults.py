"""Month after month through the fault proxy, each with a seed of its own that a failure names; a million operations
where SOAK_SECONDS allows them."""

import asyncio
import datetime as dt
import os
import random
import time
from pathlib import Path
from typing import Any

import pytest

from bench.clocks import CHINA
from bench.server import Server
from tests.faults.month import Month, Plan
from tests.faults.serving import serving

SHARE = 0.19
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

WORK = 0.7
"""Of the share: then nobody goes out any more, what was begun is brought home and checked."""

OPERATIONS = 1_000_000
OF_A_MONTH = 20_000
START = dt.datetime(2026, 3, 2, 8, tzinfo=CHINA)

MONTHS_OF_A_PROCESS = 5
"""Then the server is started anew, so much later that approved visits have left the phones' feeds."""

LATER = dt.timedelta(weeks=7)
GROWTH, SLACK = 1.25, 32 * 2**20
"""The memory of a process after its first third: so many times that, and so many bytes, it may hold at its end."""


def is_flat(memory: list[int]) -> bool:
    """Whether a process that held so much at one time after another has stopped growing."""
    third = len(memory) // 3
    return third == 0 or max(memory[-third:]) <= GROWTH * max(memory[:third]) + SLACK


def test_growth_is_seen() -> None:
    assert is_flat([100 * 2**20, 180 * 2**20, 150 * 2**20])
    assert not is_flat([100 * 2**20, 130 * 2**20, 160 * 2**20])


async def month(server: Server, number: int, seed: int, until: float) -> Month:
    """One month, checked. Raises `AssertionError` with the seed."""
    start = START + number // MONTHS_OF_A_PROCESS * LATER
    if number and number % MONTHS_OF_A_PROCESS == 0:
        await asyncio.to_thread(server.restart, start.isoformat())
    plan = Plan(seed + number, OF_A_MONTH, start, restarts=False, approved=1.0, until=until)
    played = Month(plan, server)
    await played.play()
    assert await played.check() == []
    return played


@pytest.mark.soak
async def test_months_over_bad_lines_lose_and_double_nothing_and_the_server_stays_as_small_as_it_was(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = WORK * SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    reporter: Any = request.config.pluginmanager.get_plugin("terminalreporter")

    def say(line: str) -> None:
        with capsys.disabled():
            reporter.write_line(line)

    seed, number, done = random.randrange(2**32), 0, 0
    memory: list[int] = []
    engine, since = request.config.getoption("--engine"), START - dt.timedelta(days=1)
    with serving(engine, tmp_path / "data", START.isoformat(), since=since.isoformat()) as server:
        until = time.monotonic() + seconds
        while number == 0 or (time.monotonic() < until and done < OPERATIONS):
            played = await month(server, number, seed, until)
            memory = [*(memory if number % MONTHS_OF_A_PROCESS else []), *played.memory]
            assert is_flat(memory), (played.report(), memory)
            number, done = number + 1, done + played.operations
            held = f"{memory[-1] / 2**20:.0f} MiB" if memory else "not measured, the time was too short"
            say(f"{played.report()}; server {held}")
    say(f"{done} operations in {number} months, from seed {seed}")
    assert done > 0
