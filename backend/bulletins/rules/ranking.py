"""Ranking rules of circulars (workflow.md section 11): only what can be compared is put in order.

Units are ranked by average score within groups of the same kind; equal scores share a rank and the next rank is left
out (1, 2, 2, 4). Who has no valid visit or too few answers is not ranked, nor is a group of fewer than three. Teams are
ranked by coverage, then by reviews in time, and never by the number of findings, or they would hunt trifles.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

LEAST_ANSWERS = 20
"""Answers of all its visits below which a unit does not take part."""

LEAST_GROUP = 3
"""Units below which a group is not ranked."""

REVIEW_DAYS = 7
"""Days from the receipt of a report within which its review is in time."""

GROUPS: dict[str, str] = {
    "primary": "小学",
    "junior": "初中",
    "complete_junior": "初中",
    "nine_year": "九年一贯制学校",
    "subject": "学科类培训机构",
    "non_subject": "非学科类培训机构",
}
"""Which types are compared with each other; others (special schools, sites) with nobody."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """A unit with the number of its valid visits, the answers in them, and the mean of their scores."""

    unit: str
    name: str
    visits: int
    answers: int
    score: float | None

    @property
    def takes_part(self) -> bool:
        return self.visits >= 1 and self.answers >= LEAST_ANSWERS and self.score is not None


@dataclass(frozen=True, slots=True)
class Placed:
    rank: int
    entrant: Entrant


def placed(entrants: Iterable[Entrant]) -> list[Placed]:
    """Those that take part, the highest score first, equals by name; nobody where they are too few."""
    able = sorted((one for one in entrants if one.takes_part), key=lambda one: (-(one.score or 0), one.name, one.unit))
    if len(able) < LEAST_GROUP:
        return []
    return [Placed(rank, one) for rank, one in _ranks(able, lambda one: one.score)]


@dataclass(frozen=True, slots=True)
class TeamRecord:
    """`coverage` in percent; `reviews` of the team's findings that were due, `in_time` of them."""

    code: str
    name: str
    track: str
    assigned: int
    visited: int
    reviews: int
    in_time: int

    @property
    def coverage(self) -> float | None:
        return round(100 * self.visited / self.assigned, 1) if self.assigned else None

    @property
    def timeliness(self) -> float | None:
        return round(100 * self.in_time / self.reviews, 1) if self.reviews else None


def placed_teams(teams: Iterable[TeamRecord]) -> list[tuple[int, TeamRecord]]:
    """Teams with something to visit, by coverage and then by reviews in time; a team without reviews is not behind."""
    able = [one for one in teams if one.coverage is not None]
    able.sort(key=lambda one: (*(-part for part in _merit(one)), one.code))
    return _ranks(able, _merit)


def _merit(team: TeamRecord) -> tuple[float, float]:
    return team.coverage or 0.0, 100.0 if team.timeliness is None else team.timeliness


def _ranks(rows: Sequence[T], merit: Callable[[T], Any]) -> list[tuple[int, T]]:
    out: list[tuple[int, T]] = []
    for at, row in enumerate(rows, start=1):
        same = bool(out) and merit(out[-1][1]) == merit(row)
        out.append((out[-1][0] if same else at, row))
    return out
