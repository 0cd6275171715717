"""Draws in numbers: 10,000 against the chances that the weights give, 100,000 random libraries in which no rule may be
broken and a second implementation must draw the same; a failure names the seed."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from backend.inspections.rules.draw_lists import plain
from tests.inspections import replay
from tests.inspections.rules.fairness import CRITICAL, chi_square, expected_pairs
from tests.inspections.rules.libraries import check, library, outcome
from tests.inspections.rules.test_drawing import lists, pair

SHARE = 0.06
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

DRAWS = 10_000
LIBRARIES = 100_000
REPLAYED = 50
"""Every so many libraries one is drawn from by both implementations: the plain one is slow."""


@pytest.mark.soak
@pytest.mark.parametrize("weights", [[1, 1, 1, 1, 1], [1, 2, 3, 4, 10]])
def test_ten_thousand_draws_are_as_chance_would_have_them(weights: list[int]) -> None:
    rng = random.Random(20261122)
    made = lists(weights, count=2)
    found = Counter(pair(made, rng.randbytes(32).hex()) for _ in range(DRAWS))
    expected = {(f"t-{a}", f"t-{b}"): chance for (a, b), chance in expected_pairs(weights).items()}
    assert chi_square(found, expected, DRAWS) < CRITICAL[len(expected) - 1]


@pytest.mark.soak
def test_in_a_hundred_thousand_libraries_no_rule_is_broken(record_property: Callable[[str, object], None]) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    first, found = random.randrange(2**32), Counter[str]()
    while found.total() < LIBRARIES and time.monotonic() < end:
        number = first + found.total()
        try:
            found[check(random.Random(number))] += 1
            if number % REPLAYED == 0:
                replayed(number)
        except BaseException as fault:
            fault.add_note(f"library {number}; {dict(found)}")
            raise
    record_property("libraries", dict(found))
    assert min(found[name] for name in ("drawn", "impossible", "hindered")) > 0


def replayed(number: int) -> None:
    rng = random.Random(number)
    made, seed = library(rng, most=40), rng.randbytes(32).hex()
    result, why = outcome(made, seed, str(number))
    if "count" not in why:
        assert replay.draw(plain(made) | {"seed": seed, "contribution": str(number)}) == (plain(result), why)
