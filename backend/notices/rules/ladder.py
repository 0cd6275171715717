"""The ladder of escalation (逾期督办, workflow.md section 9): which step is due at which instant. Pure.

Days late are counted in working days from the deadline on (product default); a step is due at the beginning of office
hours of its day. 问责建议 follows where a proposed circular brought no result: fifteen working days after it.
"""

import datetime as dt
from enum import StrEnum

from backend.core import clock
from backend.registry.rules.workdays import Calendar, shipped

OFFICE_OPENS = dt.time(8, 30)
"""When the steps of a day are due (China; product default): no head teacher is urged at midnight."""


class Rung(StrEnum):
    """The steps; the names are those of glossary.md. `ADVANCE` is a push message and no paper."""

    ADVANCE = "advance"
    REMINDER = "reminder"
    SUPERVISED_ORDER = "supervised_order"
    ADMONITION_TALK = "admonition_talk"
    CIRCULAR = "circular"
    ACCOUNTABILITY = "accountability"


LABELS: dict[str, str] = {
    Rung.ADVANCE: "提醒",
    Rung.REMINDER: "催办",
    Rung.SUPERVISED_ORDER: "督办",
    Rung.ADMONITION_TALK: "约谈",
    Rung.CIRCULAR: "通报",
    Rung.ACCOUNTABILITY: "问责",
}

DAYS: dict[Rung, int] = {
    Rung.ADVANCE: -2,
    Rung.REMINDER: 1,
    Rung.SUPERVISED_ORDER: 3,
    Rung.ADMONITION_TALK: 7,
    Rung.CIRCULAR: 15,
    Rung.ACCOUNTABILITY: 30,
}
"""How many working days after the deadline each step is due; before it for a negative number."""

RETURNS_BEFORE_TALK = 2
"""A talk is also due when a report was returned so often, or when a veto was found (workflow.md section 9)."""


def day_of(rung: Rung, due_on: dt.date, calendar: Calendar) -> dt.date:
    """The working day on which a step is due for a deadline."""
    return calendar.step(due_on, DAYS[rung])


def instant_of(rung: Rung, due_on: dt.date, calendar: Calendar) -> dt.datetime:
    """The instant from which on a step is due, UTC."""
    opens = dt.datetime.combine(day_of(rung, due_on, calendar), OFFICE_OPENS, clock.CHINA)
    return opens.astimezone(dt.UTC)


def due_steps(due_on: dt.date, now: dt.datetime, calendar: Calendar) -> list[Rung]:
    """Every step whose time has come, the lightest first. Nobody is reminded of a deadline that has passed."""
    passed = clock.local_date(now) > due_on
    return [
        rung for rung in Rung if not (passed and rung is Rung.ADVANCE) and instant_of(rung, due_on, calendar) <= now
    ]


def farthest_deadline(today: dt.date, calendar: Calendar) -> dt.date:
    """No step is due today for a deadline after this day."""
    return calendar.on_or_after(calendar.step(today, -DAYS[Rung.ADVANCE]))


def escalation(due_on: dt.date | None, today: dt.date, calendar: Calendar | None = None) -> str:
    """The step that today calls for: 提醒, 催办, 督办, 约谈, 通报, 问责, or nothing."""
    if due_on is None:
        return ""
    end_of_day = clock.midnight(today + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)
    steps = due_steps(due_on, end_of_day, calendar or shipped())
    return LABELS[steps[-1]] if steps else ""
