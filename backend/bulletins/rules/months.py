"""A whole month as a period: what circulars and coverage sheets tell of."""

import calendar
import datetime as dt
import re

from backend.bulletins.rules.periods import Period
from backend.core.errors import Invalid

MONTH = re.compile(r"2\d{3}-(0[1-9]|1[0-2])")


def of(month: str) -> Period:
    """The month named YYYY-MM. Raises `Invalid(bad_month)`."""
    if not MONTH.fullmatch(month):
        raise Invalid("bad_month", "月份须写作“2026-03”。", path="month")
    first = dt.date(int(month[:4]), int(month[5:]), 1)
    return Period(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def weeks(period: Period) -> list[tuple[dt.date, dt.date]]:
    """The weeks of a month, Monday to Sunday, cut at its ends."""
    found, day = [], period.start
    while day <= period.end:
        last = min(day + dt.timedelta(days=6 - day.weekday()), period.end)
        found.append((day, last))
        day = last + dt.timedelta(days=1)
    return found
