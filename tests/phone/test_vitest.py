"""The engine of the phone by itself: its laws, its planted faults, its parts. Its types are a part of `make lint`."""

import pytest

from tests.phone import node

pytestmark = pytest.mark.once


def test_the_engine_keeps_its_laws_and_every_planted_fault_is_caught() -> None:
    said = node.run("node", "node_modules/vitest/vitest.mjs", "run", "--reporter=dot", seconds=240)
    assert "passed" in said
    assert "skipped" not in said
