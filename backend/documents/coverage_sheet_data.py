"""Input of the monthly coverage sheet (每月全覆盖督查情况表), as frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Week:
    """One column of the grid; both days are included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in scope: valid visits by week of the department track and of the station track (None: that track is not
    in charge of it), and whether it is covered in the month."""

    name: str
    district: str
    kind: str
    department: tuple[int, ...] | None
    station: tuple[int, ...] | None
    covered: bool


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team's place: coverage and reviews in time in percent, None without data."""

    rank: int
    name: str
    assigned: int
    visited: int
    coverage: float | None
    timeliness: float | None


@dataclass(frozen=True, slots=True)
class CoverageSheet:
    """All facts of one sheet. ``issued_at`` (aware) becomes the time stamp of the file."""

    issuer: str
    month: str
    """As printed: 2026年3月."""
    issued_at: datetime
    data_cut: datetime
    assigned: int
    covered: int
    weeks: tuple[Week, ...]
    units: tuple[UnitRow, ...]
    teams: tuple[tuple[str, tuple[TeamRow, ...]], ...] = ()
    """By track, as printed, its teams in the order of their rank."""
