"""Lines of random Chinese, Latin and numbers at sixty widths for long: no wrong start or end, no overhang, all exact."""

import os
import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.documents.test_layout import WIDTHS, faults, prose

SHARE = 0.02
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

TEXTS = 200
"""Of one seed."""


def _play(number: int) -> None:
    """The texts of one seed."""

    @seed(number)
    @settings(max_examples=TEXTS, deadline=None)
    @given(prose(), st.sampled_from((0.0, 2.0)))
    def laws(text: str, indent: float) -> None:
        assert [(width, fault) for width in WIDTHS for fault in faults(text, width, indent)] == []

    laws()


@pytest.mark.soak
@pytest.mark.once
def test_lines_keep_their_laws_for_long(record_property: Callable[[str, object], None]) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    first, rounds = random.randrange(2**32), 0

    while rounds == 0 or time.monotonic() < end:
        _play(first + rounds)
        rounds += 1
    record_property("texts", rounds * TEXTS)
