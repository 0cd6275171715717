"""Deadlines of a notice, in natural days that end on a working day (workflow.md sections 4, 6; product defaults).

A term whose last day is a public holiday or a free weekend day ends on the next working day (民法典 art. 203). A term
of one day is an order to act at once, and rests on no Sunday.
"""

import datetime as dt

from backend.notices.rules.ladder import escalation
from backend.registry.rules.workdays import Calendar, shipped

__all__ = ["DEFENCE_DAYS", "days_late", "due_date", "escalation", "longest_extension"]

DEFENCE_DAYS = 5
"""A unit may put its defence in writing within 5 days (重庆市教育督导条例 art. 27)."""

AT_ONCE = 1
"""A term of so many days is never put off (product default for dangers, workflow.md section 4)."""


def due_date(start: dt.date, days: int, calendar: Calendar | None = None) -> dt.date:
    """The last day of a term of `days` natural days that begins the day after `start`."""
    last = start + dt.timedelta(days=days)
    return last if days <= AT_ONCE else (calendar or shipped()).on_or_after(last)


def moved(due_on: dt.date, days: int, calendar: Calendar | None = None) -> dt.date:
    """The deadline `days` natural days later; the same one for none."""
    return (calendar or shipped()).on_or_after(due_on + dt.timedelta(days=days)) if days > 0 else due_on


def days_late(due_on: dt.date | None, done_on: dt.date) -> int:
    """By how many natural days `done_on` is after the deadline; 0 when it is not."""
    return max((done_on - due_on).days, 0) if due_on else 0


def longest_extension(term_days: int) -> int:
    """At most half of the first term, whole days."""
    return term_days // 2
