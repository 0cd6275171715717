"""Names of units in words: found, and replaced by what may be printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.bulletins.rules.veil import Veil

pytestmark = pytest.mark.once

UNITS = [
    ["澄江第一小学", "primary"],
    ["澄江第一小学分校", "primary"],
    ["望溪中学", "junior"],
    ["田野艺术培训学校（演示）", "non_subject"],
    ["某地疑似点", "suspected"],
]
VEIL = Veil(UNITS)


def test_every_name_becomes_its_kind() -> None:
    said = "澄江第一小学分校、澄江第一小学和望溪中学，以及田野艺术培训学校。"
    assert VEIL.over(said) == "某小学、某小学和某初级中学，以及某非学科类培训机构。"


def test_names_are_told_the_longest_first_and_once() -> None:
    assert VEIL.names_in("望溪中学不如澄江第一小学分校，望溪中学再查。") == ["澄江第一小学分校", "望溪中学"]
    assert VEIL.names_in("某小学未公示作业。") == []


def test_a_snapshot_without_units_hides_nothing() -> None:
    assert Veil(()).over("澄江第一小学") == "澄江第一小学"


@given(st.lists(st.sampled_from([name for name, _ in UNITS] + ["，", "查", "🎈", "\n"]), max_size=12))
def test_no_name_is_left(parts: list[str]) -> None:
    veiled = VEIL.over("".join(parts))
    assert [name for name, _ in UNITS if name in veiled] == []
