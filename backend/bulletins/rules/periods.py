"""Half-monthly periods: the 1st to the 15th, and the 16th to the end of the month (workflow.md section 11)."""

import calendar
import datetime as dt
from dataclasses import dataclass

from backend.core import clock
from backend.core.errors import Invalid

FIRST_DAYS = (1, 16)


@dataclass(frozen=True, slots=True)
class Period:
    """Both days are included. It ends at 24:00 of `end` in China."""

    start: dt.date
    end: dt.date

    @property
    def begins_at(self) -> dt.datetime:
        return clock.midnight(self.start)

    @property
    def ends_at(self) -> dt.datetime:
        """The first instant that no longer belongs to it."""
        return clock.midnight(self.end + dt.timedelta(days=1))

    @property
    def month(self) -> str:
        """As plans name it, 2026-03."""
        return f"{self.start:%Y-%m}"

    @property
    def label(self) -> str:
        """For example 2026年3月1日至15日."""
        return f"{self.start.year}年{self.start.month}月{self.start.day}日至{self.end.day}日"

    def has_ended(self, now: dt.datetime) -> bool:
        return now >= self.ends_at

    def before(self) -> "Period":
        return holding(self.start - dt.timedelta(days=1))

    def after(self) -> "Period":
        return holding(self.end + dt.timedelta(days=1))


def holding(day: dt.date) -> Period:
    """The period that `day` belongs to."""
    if day.day < FIRST_DAYS[1]:
        return Period(day.replace(day=1), day.replace(day=15))
    return Period(day.replace(day=16), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def beginning(day: dt.date) -> Period:
    """The period that begins on `day`. Raises `Invalid(bad_period)` for a day on which none begins."""
    if day.day not in FIRST_DAYS or not 2000 <= day.year <= 2999:
        raise Invalid("bad_period", "半月报的起始日期只能是每月1日或16日。", path="period_start")
    return holding(day)


def last_ended(today: dt.date) -> Period:
    """The newest period that is over on `today`."""
    return holding(today).before()
