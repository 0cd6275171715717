"""Whether teams find alike: the share of visits with a finding, against other teams at targets of the same type.

No ranking: a team that finds more may have looked closer, and one that finds less may have better schools. The figures
say where a conversation about the same yardstick is worth while.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LEAST_VISITS = 10
"""Visits on either side below which no share is shown (workflow §11: cells with n < 10 are suppressed)."""

METHOD = (
    "口径：所选计划月内已提交或已审核的到访（复查、举报核查、视导和疑似无证点除外），按编组归组，未编组的不计。条目发现率＝"
    "该组在此类对象的到访中，就该条目至少记有一个问题的到访数÷清单含有该条目、且该条目适用于该对象的到访数；设有显示条件的条目，"
    "只计实际应答的到访。级别发现率＝至少有一个该级别问题的到访数÷到访数。已撤销的问题不计，级别以现行认定为准。参照值是其他各组"
    "在同类对象上的同一比率，差值＝本组比率－参照值，单位为百分点。任一方到访少于10次的，只列次数，不计算比率。同一对象在同一"
    "计划月内多次到访的分别计数。各组对象不同，差值不说明对错；本表按组号排列，不按问题数排名。"
)

Cell = tuple[str, str]
"""Type of target, and item or severity."""


class Share(NamedTuple):
    """``found`` of ``visits``, and the same of the other teams."""

    visits: int
    found: int
    other_visits: int
    other_found: int

    @property
    def is_small(self) -> bool:
        """Whether either side has too few visits for a share."""
        return min(self.visits, self.other_visits) < LEAST_VISITS

    @property
    def share(self) -> float | None:
        """0–1; None for a small sample."""
        return None if self.is_small else self.found / self.visits

    @property
    def reference(self) -> float | None:
        """That of the other teams, 0–1; None for a small sample."""
        return None if self.is_small else self.other_found / self.other_visits

    @property
    def difference(self) -> float | None:
        """Share minus reference, in percentage points; None for a small sample."""
        if self.share is None or self.reference is None:
            return None
        return 100 * (self.share - self.reference)


@dataclass(slots=True)
class _Counts:
    """Per type, and per type and item or severity: visits, and those with a finding."""

    visits: Counter[Cell] = field(default_factory=Counter)
    found: Counter[Cell] = field(default_factory=Counter)


class Consistency:
    """The counts of all teams, from which every share is read."""

    def __init__(self, severities: Sequence[str]) -> None:
        self._severities = severities
        self._teams: dict[str, _Counts] = {}
        self._all = _Counts()

    def add_visits(self, team: str, kind: str, names: Iterable[str], visits: int) -> None:
        """So many visits of the team at this type of target, in which these items and severities could be found."""
        for counts in (self._teams.setdefault(team, _Counts()), self._all):
            for name in names:
                counts.visits[kind, name] += visits

    def add_found(self, team: str, kind: str, name: str, visits: int) -> None:
        """So many of them had a finding on the item, or of the severity."""
        for counts in (self._teams.setdefault(team, _Counts()), self._all):
            counts.found[kind, name] += visits

    def cells(self, team: str) -> list[Cell]:
        """What the team had to do with, in the order of types and names; severities are not among the names."""
        counts = self._teams.get(team, _Counts())
        return sorted(cell for cell in counts.visits if cell[1] not in self._severities)

    def types(self, team: str) -> list[str]:
        """The types of targets the team visited."""
        return sorted({kind for kind, _ in self._teams.get(team, _Counts()).visits})

    def share(self, team: str, kind: str, name: str) -> Share:
        """Of an item or a severity."""
        own, cell = self._teams.get(team, _Counts()), (kind, name)
        visits, found = own.visits[cell], own.found[cell]
        return Share(visits, found, self._all.visits[cell] - visits, self._all.found[cell] - found)
