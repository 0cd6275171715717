"""Which classes are looked at, and which pupil numbers in them: drawn on site, repeatable by anybody (workflow §3.4).

The generator is stated here in full, so that a phone without a network draws what the server will book, and a school
that doubts a draw can do it again with nothing but SHA-256:

1. The seed of draw number ``k`` of a visit is the SHA-256, in lower-case hex, of the text ``class-draw:<visit>:<k>``;
   ``<visit>`` is the id under which the visit was begun, in lower case with hyphens, ``k`` counts from 1.
2. Random value ``i`` (from 0) is the first eight bytes, most significant first, of the SHA-256 of ``<seed>:<i>``.
   A number below ``m`` is the next value modulo ``m``; values from the largest multiple of ``m`` up to 2^64 are passed
   over, so that every number is equally likely.
3. To draw ``c`` of a list: for ``j`` = 0 … c-1 exchange element ``j`` with element ``j`` + a number below the length
   less ``j``. The first ``c`` are drawn.
4. The classes there are, in the order of grade and number, are drawn from first; then, for each drawn class in that
   same order, the pupil numbers 1 … size. Both results are written in rising order.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from backend.inspections.rules.errors import RuleError

T = TypeVar("T")

FEWEST, MOST = 2, 4
"""Classes that are drawn; a unit with fewer has all of them drawn."""

MOST_PUPILS = 20
"""Pupil numbers per class: as many workbooks as are looked at (workflow §3.5)."""

_SPAN = 2**64


class SchoolClass(NamedTuple):
    """A class as it is there today: grade (1–9), number (1–99) and how many pupils it has. Never a name."""

    grade: int
    number: int
    size: int


class DrawnClass(NamedTuple):
    """A class that was drawn, with the drawn pupil numbers in rising order."""

    grade: int
    number: int
    pupils: tuple[int, ...]


class _Values:
    """The stream of random values of one seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._next = seed, 0

    def _value(self) -> int:
        word = hashlib.sha256(f"{self._seed}:{self._next}".encode()).digest()[:8]
        self._next += 1
        return int.from_bytes(word, "big")

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit`` - 1, each equally likely."""
        end = _SPAN - _SPAN % limit
        while (value := self._value()) >= end:
            pass
        return value % limit

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """``count`` of the things, without replacement."""
        pool = list(things)
        for place in range(count):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:count]


def seed_of(visit: str, number: int) -> str:
    """The seed of a visit's draw ``number`` (from 1): 64 lower-case hex digits."""
    return hashlib.sha256(f"class-draw:{visit.lower()}:{number}".encode()).hexdigest()


def draw(seed: str, classes: Sequence[SchoolClass], count: int, pupils: int) -> tuple[DrawnClass, ...]:
    """``count`` of the classes (all where there are fewer) with up to ``pupils`` numbers each.

    Raises:
        RuleError: ``no_classes``, ``class_twice``, ``count_out_of_range`` or ``pupils_out_of_range``.
    """
    _check(classes, count, pupils)
    values = _Values(seed)
    chosen = sorted(values.some(sorted(classes), min(count, len(classes))))
    return tuple(_of_class(values, one, pupils) for one in chosen)


def _of_class(values: _Values, one: SchoolClass, pupils: int) -> DrawnClass:
    numbers = values.some(range(1, one.size + 1), min(pupils, one.size))
    return DrawnClass(one.grade, one.number, tuple(sorted(numbers)))


def _check(classes: Sequence[SchoolClass], count: int, pupils: int) -> None:
    if not classes:
        raise RuleError("classes", "no_classes", "请先填写当日在校的班级。")
    if len({(one.grade, one.number) for one in classes}) != len(classes):
        raise RuleError("classes", "class_twice", "同一班级不能重复列出。")
    if not FEWEST <= count <= MOST:
        raise RuleError("count", "count_out_of_range", f"每次抽取{FEWEST}至{MOST}个班级。")
    if not 1 <= pupils <= MOST_PUPILS:
        raise RuleError("pupils", "pupils_out_of_range", f"每班抽取1至{MOST_PUPILS}个学号。")
