"""The laws of the phone's engine, seed after seed: a failure names the seed and the shortest story that breaks them."""

import itertools
import os
import time

import pytest

from tests.phone import node

SHARE = 0.05
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

RUNS = 200
"""Stories of one seed."""


@pytest.mark.soak
def test_the_phone_keeps_its_laws_for_long() -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    seed = int.from_bytes(os.urandom(3), "big")
    for each in itertools.count(seed):
        told = {"LAW_RUNS": str(RUNS), "LAW_SEED": str(each)}
        node.run("node", "node_modules/vitest/vitest.mjs", "run", "tests/laws/laws.test.ts", seconds=300, **told)
        if time.monotonic() > end:
            return
