"""Every figure of an issue, without exception, equals a recount over the raw rows, with the records behind it."""

import random

import pytest

from backend.bulletins.services import compiling
from backend.core.actor import Actor
from tests.bulletins import world
from tests.bulletins.records import MARCH, Records, at
from tests.bulletins.recount import Recount


@pytest.mark.parametrize("seed", [4, 17])
def test_every_figure_equals_a_recount_of_the_raw_rows(records: Records, maker: Actor, seed: int) -> None:
    world.fill(records, random.Random(seed))
    figures = compiling.compile(actor=maker, period_start=MARCH).facts["figures"]
    counted = Recount(records.county.pk, at(1, 0), at(16, 0)).all()
    told = {key: (one["value"], set(one["records"])) for key, one in figures.items()}
    assert counted.keys() == told.keys()
    assert {key: (told[key], counted[key]) for key in told if told[key] != counted[key]} == {}
    assert sum(value is not None and value > 0 for value, _ in counted.values()) > 80
