"""The draw: fair, replayable by anybody, and never against the rules."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.inspections.rules import draw_record, draw_weights
from backend.inspections.rules.draw_limits import obstacles
from backend.inspections.rules.draw_lists import InspectorLine, Lists, Parameters, TargetLine, plain
from backend.inspections.rules.draw_weights import Standing
from backend.inspections.rules.drawing import Weights, draw, draw_targets
from backend.inspections.rules.randomness import Stream
from tests.inspections import replay
from tests.inspections.rules.fairness import CRITICAL, chi_square, expected_pairs, seeds
from tests.inspections.rules.libraries import LONG_AGO, NO_END, check, library, outcome

SEED = "00" * 31 + "01"
VECTOR = ["3f540c47283130b8", "9f2a7fd7e83710a9", "9aeac1180ea9344e", "1d7a218d9888001b", "c39e3f2b3404eb28"]
WITNESSED = 288


def lists(
    weights: list[int], *, people: int = 3, teams: int = 1, count: int = 1, officers: int = 0, **more: object
) -> Lists:
    """Targets with these weights, and teams whose people hold every card."""
    always = (LONG_AGO, NO_END)
    given: dict[str, object] = {
        "crew_min": 2,
        "crew_max": 2,
        "per_day": 20,
        "mixed": False,
        "days": ["2026-11-02"],
    } | more
    return Lists(
        parameters=Parameters(count=count, teams=[f"g-{team}" for team in range(teams)], **given),  # type: ignore[arg-type]
        targets=[
            TargetLine(id=f"t-{n}", kind="school", weight=weight, parts=[("base", weight)], officers=officers)
            for n, weight in enumerate(weights)
        ],
        inspectors=[
            InspectorLine(
                id=f"p-{team}-{n}",
                team=f"g-{team}",
                leads=n == 0,
                member=always,
                inspector_cards=[always],
                enforcement_cards=[always],
                conflicts=[],
                busy=[],
            )
            for team in range(teams)
            for n in range(people)
        ],
    )


def pair(made: Lists, seed: str) -> tuple[str, str]:
    first, second = draw_targets(made, Stream(seed, "targets"))
    return first.id, second.id


def test_the_words_of_a_stream_are_those_that_are_written_down() -> None:
    """Vectors for whoever writes it again: any change here changes every draw ever published."""
    stream = Stream(SEED, "targets")
    assert [f"{stream.word():016x}" for _ in range(5)] == VECTOR
    assert [Stream(SEED, "crews", "见证").below(1000) for _ in range(2)] == [WITNESSED] * 2


def test_numbers_below_a_bound_never_reach_it_and_uneven_words_are_thrown_away() -> None:
    stream = Stream(SEED, "x")
    assert {stream.below(3) for _ in range(60)} == {0, 1, 2}
    bound = 2**63 + 1
    assert max(stream.below(bound) for _ in range(60)) < bound
    for wrong in (0, -1, 2**64 + 1):
        with pytest.raises(ValueError, match=str(wrong)):
            stream.below(wrong)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.data())
def test_the_quick_walk_down_the_weights_is_the_plain_one(weights: list[int], data: st.DataObject) -> None:
    tree, left = Weights(weights), list(enumerate(weights))
    while left:
        number = data.draw(st.integers(0, tree.total - 1))
        found, rest = 0, number
        while left[found][1] <= rest:
            rest -= left[found][1]
            found += 1
        assert tree.take(number) == left.pop(found)[0]
    assert tree.total == 0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**64))
def test_in_no_library_is_a_rule_broken(number: int) -> None:
    assert check(random.Random(number)) in ("drawn", "impossible", "hindered")


def test_the_random_libraries_are_of_every_sort() -> None:
    found = Counter(check(random.Random(number)) for number in range(150))
    assert min(found["drawn"], found["impossible"], found["hindered"]) > 5


def test_a_second_implementation_from_the_page_alone_draws_the_same() -> None:
    drawn = 0
    for number in range(60):
        rng = random.Random(number)
        made, seed = library(rng), rng.randbytes(32).hex()
        result, why = outcome(made, seed, "见证")
        if "count" in why:
            continue
        drawn += bool(result)
        record = plain(made) | {"seed": seed, "contribution": "见证"}
        assert replay.draw(record) == (plain(result), why)
        assert replay.digest(record["inspectors"]) == plain(draw_record.hashes_of(made))["inspectors"]
    assert drawn > 15


@pytest.mark.parametrize("weights", [[1, 1, 1, 1, 1], [1, 2, 3, 4, 10]])
def test_targets_are_drawn_as_often_as_their_weights_say(weights: list[int]) -> None:
    """The first two of a draw, against the exact chances of every pair."""
    made = lists(weights, count=2)
    found = Counter(pair(made, seed) for seed in seeds(2000))
    expected = {(f"t-{a}", f"t-{b}"): chance for (a, b), chance in expected_pairs(weights).items()}
    assert chi_square(found, expected, 2000) < CRITICAL[len(expected) - 1]


def test_a_draw_that_were_not_fair_would_be_seen() -> None:
    made = lists([1, 1, 1, 1, 2], count=2)
    found = Counter(pair(made, seed) for seed in seeds(2000))
    expected = {(f"t-{a}", f"t-{b}"): chance for (a, b), chance in expected_pairs([1] * 5).items()}
    assert chi_square(found, expected, 2000) > CRITICAL[len(expected) - 1]


def test_teams_and_people_are_drawn_evenly() -> None:
    made = lists([1], people=3, teams=3)
    drawn = [draw(made, seed)[0] for seed in seeds(1200)]
    teams = Counter(one.team for one in drawn)
    assert chi_square(teams, {f"g-{n}": 1 / 3 for n in range(3)}, 1200) < CRITICAL[2]
    left_out = Counter(({"0", "1", "2"} - {person[-1] for person in one.crew}).pop() for one in drawn)
    assert chi_square(left_out, {str(n): 1 / 3 for n in range(3)}, 1200) < CRITICAL[2]
    assert {one.leader[-1] for one in drawn if f"p-{one.team[-1]}-0" in one.crew} == {"0"}


def test_days_take_turns_and_nobody_is_sent_more_often_than_allowed() -> None:
    made = lists([1] * 12, people=4, count=12, days=["2026-11-02", "2026-11-03", "2026-11-04"], per_day=2)
    result = draw(made, SEED)
    assert Counter(one.day for one in result) == {"2026-11-02": 4, "2026-11-03": 4, "2026-11-04": 4}
    assert max(Counter((person, one.day) for one in result for person in one.crew).values()) == 2


@pytest.mark.parametrize(
    ("made", "rule", "targets"),
    [
        (lists([1, 1], count=3), "count", []),
        (lists([1, 1], people=1), "members", ["t-0", "t-1"]),
        (lists([1] * 9, people=2, count=9, per_day=2), "capacity", [f"t-{n}" for n in range(9)]),
    ],
)
def test_what_cannot_be_is_named_before_the_sealing(made: Lists, rule: str, targets: list[str]) -> None:
    assert [(one.rule, one.targets) for one in obstacles(made)] == [(rule, targets)]


def test_too_few_people_are_told_with_those_who_compete_for_them_and_for_how_many_there_are_enough() -> None:
    made = lists([1] * 9, people=3, teams=2, count=9, per_day=3)
    assert obstacles(made) == []
    bound = replace(made, targets=[replace(each, teams=["g-1"]) for each in made.targets[:6]] + made.targets[6:])
    [short] = obstacles(bound)
    assert (short.rule, short.targets, short.room) == ("capacity", [f"t-{n}" for n in range(6)], 4)
    civil = [replace(each, enforcement_cards=[]) for each in made.inspectors if each.id not in {"p-0-0", "p-0-1"}]
    officers = [each for each in made.inspectors if each.id in {"p-0-0", "p-0-1"}]
    checks = [replace(each, officers=2) for each in made.targets[:5]]
    [short] = obstacles(replace(made, targets=checks + made.targets[5:], inspectors=officers + civil))
    assert (short.rule, len(short.targets), short.room) == ("officer_capacity", 9, 7)


def test_recusal_and_officers_are_told_apart() -> None:
    made = lists([1, 1], people=2, officers=2)
    tied = replace(
        made, inspectors=[replace(made.inspectors[0], conflicts=[("t-1", LONG_AGO, NO_END)]), made.inspectors[1]]
    )
    assert [(one.rule, one.targets) for one in obstacles(tied)] == [("recusal", ["t-1"])]
    civil = replace(made, inspectors=[replace(made.inspectors[0], enforcement_cards=[]), made.inspectors[1]])
    assert [(one.rule, one.targets) for one in obstacles(civil)] == [("officers", ["t-0", "t-1"])]


def test_a_weight_is_the_sum_of_its_parts_by_the_stated_factors() -> None:
    parts = draw_weights.parts(Standing(overdue=2, veto=1, tip=3, visited=False))
    assert parts == [("base", 1), ("overdue", 4), ("veto", 3), ("tip", 6), ("unvisited", 1)]
    assert draw_weights.weight(parts) == 15
    assert draw_weights.parts(Standing(visited=True)) == [("base", 1)]
    assert set(draw_weights.LABELS) == set(draw_weights.FACTORS)
