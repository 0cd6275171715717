"""Deadlines of a notice, in natural days (workflow.md sections 4, 6 and 9; all figures are product defaults)."""

import datetime as dt

DEFENCE_DAYS = 5
"""A unit may put its defence in writing within 5 days (重庆市教育督导条例 art. 27)."""

ESCALATION = ((15, "通报"), (7, "约谈"), (3, "督办"), (1, "催办"))
"""From how many days late on which step of escalation is due, the heaviest first."""

REMINDER_DAYS = 2


def due_date(start: dt.date, days: int) -> dt.date:
    """The last day of a term of `days` that begins the day after `start`."""
    return start + dt.timedelta(days=days)


def days_late(due_on: dt.date | None, done_on: dt.date) -> int:
    """By how many days `done_on` is after the deadline; 0 when it is not."""
    return max((done_on - due_on).days, 0) if due_on else 0


def escalation(due_on: dt.date | None, today: dt.date) -> str:
    """The step of escalation that is due today: 提醒, 催办, 督办, 约谈, 通报, or nothing."""
    if due_on is None:
        return ""
    late = (today - due_on).days
    if -REMINDER_DAYS <= late <= 0:
        return "提醒"
    return next((step for days, step in ESCALATION if late >= days), "")


def longest_extension(term_days: int) -> int:
    """At most half of the first term, whole days."""
    return term_days // 2
