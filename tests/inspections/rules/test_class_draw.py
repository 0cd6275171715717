"""Which classes and pupil numbers are drawn: repeatable by anybody, fair, and never a name."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from backend.inspections.rules.class_draw import DrawnClass, SchoolClass, draw, seed_of
from backend.inspections.rules.errors import RuleError

SCHOOL = [SchoolClass(grade, number, 30 + number) for grade in range(1, 7) for number in (1, 2)]
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "class_draw.json").read_bytes())["draws"]
VISIT = "01a20000-0000-7000-8000-000000000001"


def by_hand(seed: str, classes: list[SchoolClass], count: int, pupils: int) -> list[list[object]]:
    """The algorithm once more, written from its description alone."""
    index = -1

    def number_below(limit: int) -> int:
        nonlocal index
        while True:
            index += 1
            value = int(hashlib.sha256(f"{seed}:{index}".encode()).hexdigest()[:16], 16)
            if value < (2**64 // limit) * limit:
                return value % limit

    def pick(things: list[Any], many: int) -> list[Any]:
        for j in range(many):
            k = j + number_below(len(things) - j)
            things[j], things[k] = things[k], things[j]
        return things[:many]

    picked: list[SchoolClass] = sorted(pick(sorted(classes), min(count, len(classes))))
    return [
        [one.grade, one.number, sorted(pick(list(range(1, one.size + 1)), min(pupils, one.size)))] for one in picked
    ]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["visit"])
def test_server_and_phone_draw_alike(case: dict[str, Any]) -> None:
    classes = [SchoolClass(*one) for one in case["from"]]
    drawn = draw(seed_of(case["visit"], case["number"]), classes, case["count"], case["pupils"])
    assert [[one.grade, one.number, list(one.pupils)] for one in drawn] == case["drawn"]


def test_the_seed_is_the_hash_of_visit_and_number() -> None:
    assert seed_of(VISIT.upper(), 1) == hashlib.sha256(f"class-draw:{VISIT}:1".encode()).hexdigest()
    assert seed_of(VISIT, 1) != seed_of(VISIT, 2)


def test_a_known_draw_stays_what_it_is() -> None:
    drawn = draw(seed_of(VISIT, 1), SCHOOL[:4], 2, 3)
    assert drawn == (DrawnClass(2, 1, (3, 10, 11)), DrawnClass(2, 2, (1, 9, 13)))


@pytest.mark.parametrize(("count", "pupils"), [(2, 1), (3, 10), (4, 20)])
def test_anybody_draws_the_same_from_the_description(count: int, pupils: int) -> None:
    for number in range(1, 40):
        seed = seed_of(VISIT, number)
        drawn = draw(seed, SCHOOL, count, pupils)
        assert [[one.grade, one.number, list(one.pupils)] for one in drawn] == by_hand(seed, SCHOOL, count, pupils)


def test_the_order_in_which_the_classes_are_listed_does_not_matter() -> None:
    seed = seed_of(VISIT, 7)
    assert draw(seed, SCHOOL, 3, 5) == draw(seed, SCHOOL[::-1], 3, 5)


def test_a_small_unit_has_all_its_classes_and_pupils_drawn() -> None:
    drawn = draw(seed_of(VISIT, 1), [SchoolClass(2, 1, 3)], 2, 10)
    assert drawn == (DrawnClass(2, 1, (1, 2, 3)),)


def test_every_class_and_every_number_is_equally_likely() -> None:
    classes: Counter[tuple[int, int]] = Counter()
    numbers: Counter[int] = Counter()
    ten = [SchoolClass(1, number, 10) for number in range(1, 11)]
    draws = 3000
    for number in range(draws):
        for one in draw(seed_of(VISIT, number), ten, 3, 1):
            classes[one.grade, one.number] += 1
            numbers[one.pupils[0]] += 1
    expected = draws * 3 / 10
    for seen in (list(classes.values()), list(numbers.values())):
        chi_square = sum((each - expected) ** 2 / expected for each in seen)
        assert len(seen) == 10
        assert chi_square < 27.9  # 9 degrees of freedom: passed over by chance once in a thousand


@pytest.mark.parametrize(
    ("classes", "count", "pupils", "code"),
    [
        ([], 2, 5, "no_classes"),
        ([*SCHOOL, SCHOOL[0]], 2, 5, "class_twice"),
        (SCHOOL, 1, 5, "count_out_of_range"),
        (SCHOOL, 5, 5, "count_out_of_range"),
        (SCHOOL, 2, 0, "pupils_out_of_range"),
        (SCHOOL, 2, 21, "pupils_out_of_range"),
    ],
)
def test_a_draw_that_cannot_be_says_why(classes: list[SchoolClass], count: int, pupils: int, code: str) -> None:
    with pytest.raises(RuleError) as refused:
        draw(seed_of(VISIT, 1), classes, count, pupils)
    assert refused.value.code == code
