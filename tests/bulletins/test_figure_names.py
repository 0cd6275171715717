"""Every figure of a snapshot has a Chinese name of its own."""

import random
import re

import pytest

from backend.bulletins.rules.figure_names import FIXED, GROUPS, OTHERS, grouped, names
from backend.bulletins.rules.wording import CLASSES, KINDS, SEVERITIES, TRACKS
from backend.bulletins.services import compiling
from backend.core.actor import Actor
from backend.inspections.models import SeverityLevel
from backend.registry.models import InstitutionClass, TargetKind, Track
from tests.bulletins import world
from tests.bulletins.records import MARCH, Records

ASCII_WORD = re.compile(r"[A-Za-z_.]{2,}")


def test_every_figure_of_a_county_at_work_has_a_name_of_its_own(records: Records, maker: Actor) -> None:
    world.fill(records, random.Random(4))
    issue = compiling.compile(actor=maker, period_start=MARCH)
    named = names(issue.facts)
    assert named.keys() == issue.facts["figures"].keys()
    texts = [name.text for name in named.values()]
    assert [text for text in texts if ASCII_WORD.search(text)] == []
    assert sorted({text for text in texts if texts.count(text) > 1}) == []
    assert {name.group for name in named.values()} == set(GROUPS) - {OTHERS}
    assert [key for _, keys in grouped(named) for key in keys] == list(named)


def test_what_shares_a_name_is_told_apart_by_its_code() -> None:
    teams = [{"code": code, "name": "城区组", "track": "department"} for code in ("T01", "T02")]
    figures: dict[str, dict[str, object]] = {f"team.{team['code']}.visits": {} for team in teams}
    named = names({"teams": teams, "figures": figures})
    assert [name.text for name in named.values()] == ["城区组（T01）：督查次数", "城区组（T02）：督查次数"]


def test_a_figure_that_nobody_compiles_any_more_is_shown_all_the_same() -> None:
    named = names({"figures": {"former": {}, "visits": {}}})
    assert [(key, name.text, name.group) for key, name in named.items()] == [
        ("visits", "督查次数", FIXED["visits"].group),
        ("former", "其他数据（former）", OTHERS),
    ]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [("visits", 12, "12次"), ("coverage.rate", 70.0, "70.0%"), ("homework.grade.3", 38.5, "38.5分钟"),
     ("satisfaction", None, "—")],
)  # fmt: skip
def test_a_value_is_said_with_its_unit(key: str, value: float | None, said: str) -> None:
    assert FIXED[key].said(value) == said


def test_words_are_those_of_the_tables_that_the_rows_are_kept_in() -> None:
    for words, choices in ((TRACKS, Track), (SEVERITIES, SeverityLevel), (CLASSES, InstitutionClass),
                           (KINDS, TargetKind)):  # fmt: skip
        assert words == dict(choices.choices)
