"""Which level a finding gets, and when it is due (workflow §4 and §5; all figures are product defaults)."""

from datetime import date, timedelta
from typing import NamedTuple

from backend.inspections.rules.checklist import Severity
from backend.inspections.rules.errors import RuleError

LADDER = (Severity.MINOR, Severity.MODERATE, Severity.SERIOUS, Severity.VETO)


class Level(NamedTuple):
    """Chinese name, default days to rectify (natural days) and points deducted of a severity."""

    name_zh: str
    default_days: int
    deduction: int


LEVELS = {
    Severity.MINOR: Level("一般", 15, 1),
    Severity.MODERATE: Level("较重", 7, 3),
    Severity.SERIOUS: Level("严重", 3, 6),
    Severity.VETO: Level("一票否决", 1, 20),
}


class Grading(NamedTuple):
    """A severity; ``veto_candidate`` says that leadership has to confirm it before it counts as a veto."""

    severity: Severity
    veto_candidate: bool


def severity_after(base: Severity, *, repeat_within_12_months: bool, self_found_fixed: bool) -> Grading:
    """One level up for a repeat within 12 months, one down for what the unit found and fixed itself before the visit.

    Both together cancel out. Minor does not fall further. A rule never makes a veto, only a candidate for one.
    """
    step = LADDER.index(base) + int(repeat_within_12_months) - int(self_found_fixed)
    severity = LADDER[min(max(step, 0), len(LADDER) - 1)]
    return Grading(severity, veto_candidate=severity is Severity.VETO)


def check_severity_choice(base: Severity, chosen: Severity, reason: str) -> None:
    """An inspector may keep the level or lower it by one, with a reason (catalogue, header).

    Raises:
        RuleError: ``severity_raised``, ``severity_too_low`` or ``reason_missing``.
    """
    drop = LADDER.index(base) - LADDER.index(chosen)
    if drop < 0:
        raise RuleError("severity", "severity_raised", "督查员不能自行上调问题级别。")
    if drop > 1:
        raise RuleError("severity", "severity_too_low", "问题级别最多只能下调一级。")
    if drop == 1 and not reason.strip():
        raise RuleError("reason", "reason_missing", "下调问题级别须写明理由。")


def severity_settled(
    base: Severity, *, repeat_within_12_months: bool, self_found_fixed: bool, chosen: Severity | None
) -> Grading:
    """The level by the rules, or the one that was chosen where it is at most one lower (see `check_severity_choice`).

    For findings that are graded anew: a choice that the rules no longer allow gives way to them.
    """
    ruled = severity_after(
        base, repeat_within_12_months=repeat_within_12_months, self_found_fixed=self_found_fixed
    ).severity
    allowed = chosen is not None and LADDER.index(ruled) - LADDER.index(chosen) in (0, 1)
    severity = chosen if allowed and chosen is not None else ruled
    return Grading(severity, severity is Severity.VETO)


def can_fix_on_spot(severity: Severity) -> bool:
    """Whether a finding of this level may be closed on the spot; the caller makes sure that no person is liable."""
    return severity in (Severity.MINOR, Severity.MODERATE)


def due_date(default_days: int, delivered_on: date) -> date:
    """Last day to rectify: ``default_days`` natural days after the day of delivery (1 = the next day)."""
    return delivered_on + timedelta(days=default_days)
