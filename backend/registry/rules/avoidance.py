"""How long the grounds of avoidance hold (重庆市教育督导条例 art. 12; workflow.md section 2)."""

import calendar
import datetime as dt

YEARS_AFTER_LEAVING = 3
"""Whoever left a unit less than so many years ago does not inspect it."""


def last_day_after_leaving(left_on: dt.date) -> dt.date:
    """The last day on which somebody who left on `left_on` still stays away.

    A period of years begins on the day after and ends with the day of the same date, or, where there is none, with the
    last day of that month (民法典 arts. 201 and 202). So the anniversary itself still counts.
    """
    year = left_on.year + YEARS_AFTER_LEAVING
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, left_on.month, min(left_on.day, calendar.monthrange(year, left_on.month)[1]))
