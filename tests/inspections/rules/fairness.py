"""Whether frequencies are what chance would give."""

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

H = TypeVar("H", bound=Hashable)

CRITICAL = {2: 13.816, 4: 18.467, 19: 43.820}
"""Chi-square that chance exceeds once in a thousand, by degrees of freedom (tables of the distribution)."""


def seeds(count: int, name: str = "fair") -> Iterator[str]:
    """Seeds that have nothing to do with one another; the same ones every time."""
    return (hashlib.sha256(f"{name} {number}".encode()).hexdigest() for number in range(count))


def expected_pairs(weights: list[int]) -> dict[tuple[int, int], float]:
    """The chance of every ordered pair drawn without replacement."""
    total = sum(weights)
    return {
        (a, b): one / total * two / (total - one)
        for a, one in enumerate(weights)
        for b, two in enumerate(weights)
        if a != b
    }


def chi_square(found: Counter[H], expected: Mapping[H, float], count: int) -> float:
    """The usual measure; infinite where something came that has no chance."""
    if not found.keys() <= expected.keys():
        return float("inf")
    return sum((found[key] - chance * count) ** 2 / (chance * count) for key, chance in expected.items())
