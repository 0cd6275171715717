"""What a visit scores: 100 minus 1, 3, 6 or 20 per finding, never below 0 (workflow §4), explained line by line."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from backend.inspections.rules.checklist import Severity
from backend.inspections.rules.grading import LEVELS, Level

FULL_SCORE = 100


class ScoredFinding(NamedTuple):
    """What scoring needs to know of a finding: item code, severity, and its one-line fact for the explanation."""

    code: str
    severity: Severity
    fact: str = ""


class Deduction(NamedTuple):
    """One line of the explanation; ``points`` is positive."""

    code: str
    severity: Severity
    points: int
    explanation_zh: str


class Score(NamedTuple):
    """The score (0–100) and the lines it follows from."""

    value: int
    lines: tuple[Deduction, ...]

    @property
    def deducted(self) -> int:
        """Sum of all points; more than 100 where the floor holds."""
        return sum(line.points for line in self.lines)


def score(findings: Iterable[ScoredFinding], levels: Mapping[Severity, Level] = LEVELS) -> Score:
    """Score of a visit; each finding counts once, in the order given.

    Leave out withdrawn findings. Whether several classes failing one item make one finding or several is settled where
    findings are recorded, not here.
    """
    lines = tuple(_deduction(finding, levels[finding.severity]) for finding in findings)
    return Score(max(0, FULL_SCORE - sum(line.points for line in lines)), lines)


def _deduction(finding: ScoredFinding, level: Level) -> Deduction:
    fact = f"：{finding.fact}" if finding.fact else ""
    text = f"{finding.code}（{level.name_zh}）扣{level.deduction}分{fact}"
    return Deduction(finding.code, finding.severity, level.deduction, text)
