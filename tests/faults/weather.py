"""What goes wrong with a request: drawn from a seed, and from nothing else."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What a line does to one request."""

    LOST = "lost"
    """It never arrives."""
    UNANSWERED = "unanswered"
    """It arrives and is carried out; the answer is lost after that."""
    TWICE = "twice"
    """Two copies arrive at the same instant."""
    AGAIN = "again"
    """It is answered, and a copy arrives once more when later requests are through."""
    LATE = "late"
    """The phone hears nothing; the request arrives when later ones, its own repetition among them, are through."""
    HELD = "held"
    """The phone waits while its later requests overtake this one."""
    DELAYED = "delayed"
    """It takes its time."""
    CUT_UP = "cut_up"
    """It breaks off in the middle of its body."""
    CUT_DOWN = "cut_down"
    """Its answer breaks off in the middle."""
    BUSY = "busy"
    """The line itself answers 503 with `Retry-After`."""
    SLOW = "slow"
    """It arrives in small pieces."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to happen to one request.

    `fault` None: nothing. `share` (0–1): where a body is cut. `after`: how many later requests of the line go first.
    `wait` in seconds: the delay, or the pause between two pieces.
    """

    fault: Fault | None = None
    share: float = 0.5
    after: int = 1
    wait: float = 0.0


FAIR = Fate()
Decide = Callable[[str, int], Fate]
"""The fate of the k-th request (from 1) of a line."""

BAD: Mapping[Fault, float] = {
    Fault.LOST: 0.04,
    Fault.UNANSWERED: 0.06,
    Fault.TWICE: 0.04,
    Fault.AGAIN: 0.03,
    Fault.LATE: 0.03,
    Fault.HELD: 0.03,
    Fault.DELAYED: 0.08,
    Fault.CUT_UP: 0.03,
    Fault.CUT_DOWN: 0.03,
    Fault.BUSY: 0.03,
    Fault.SLOW: 0.03,
}
"""Chances; what is left goes well."""

LONGEST_DELAY = 0.03
LONGEST_PAUSE = 0.004
MOST_BETWEEN = 4


def drawn(seed: object, rates: Mapping[Fault, float] = BAD) -> Decide:
    """Fates by chance: that of the k-th request of a line depends on `seed`, the line's name and k alone."""
    faults, weights = [*rates, None], [*rates.values(), 1.0 - sum(rates.values())]

    def decide(line: str, k: int) -> Fate:
        rng = random.Random(f"{seed}/{line}/{k}")
        [fault] = rng.choices(faults, weights)
        longest = LONGEST_PAUSE if fault is Fault.SLOW else LONGEST_DELAY
        return Fate(fault, rng.random(), rng.randint(1, MOST_BETWEEN), rng.uniform(0, longest))

    return decide


def written(fates: Mapping[int, Fate]) -> Decide:
    """Fates as they are written down, by k; all others are fair."""
    return lambda _line, k: fates.get(k, FAIR)


def fair(_line: str, _k: int) -> Fate:
    """A good line."""
    return FAIR
