"""The instants of the ladder: a year with its holidays against a count of its own (workflow.md section 9)."""

import datetime as dt

import pytest

from backend.core import clock
from backend.notices.rules.ladder import DAYS, LABELS, OFFICE_OPENS, due_steps, escalation, instant_of
from backend.registry.rules.workdays import shipped

pytestmark = pytest.mark.once


def oracle(due_on: dt.date, now: dt.datetime) -> list[str]:
    """What is due, counted day by day from the wall calendar, without the ladder's own arithmetic."""
    table = shipped().years
    day_now = now.astimezone(clock.CHINA)

    def works(day: dt.date) -> bool:
        year = table.get(day.year)
        return (day.weekday() < 5 and not (year and day in year.off)) or bool(year and day in year.worked)

    late, day = 0, due_on
    begun = day_now.date() if day_now.time() >= OFFICE_OPENS else day_now.date() - dt.timedelta(days=1)
    while day < begun:
        day += dt.timedelta(days=1)
        late += works(day)
    early, day = 0, due_on
    while early < 2:
        day -= dt.timedelta(days=1)
        early += works(day)
    steps = ["提醒"] if begun >= day and day_now.date() <= due_on else []
    return steps + [
        name for least, name in ((1, "催办"), (3, "督办"), (7, "约谈"), (15, "通报"), (30, "问责")) if late >= least
    ]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_step_of_a_year_with_holidays_is_due_at_its_instant(year: int) -> None:
    first = dt.datetime(year, 1, 1, tzinfo=clock.CHINA)
    for number in range(0, 365, 5):
        due_on = shipped().on_or_after((first + dt.timedelta(days=number)).date())
        for offset in (-5, -3, -2, -1, 0, 1, 2, 3, 4, 5, 8, 9, 10, 14, 20, 24, 33, 41, 46, 52):
            for hour, minute in ((8, 29), (8, 30), (23, 59)):
                now = dt.datetime.combine(due_on, dt.time(hour, minute), clock.CHINA) + dt.timedelta(days=offset)
                found = [LABELS[rung] for rung in due_steps(due_on, now.astimezone(dt.UTC), shipped())]
                assert found == oracle(due_on, now), (due_on, now)


def test_around_the_spring_festival_the_days_are_those_that_people_work() -> None:
    due_on = dt.date(2026, 2, 12)
    days = {LABELS[rung]: instant_of(rung, due_on, shipped()).astimezone(clock.CHINA) for rung in DAYS}
    assert {name: (at.date().isoformat(), at.time()) for name, at in days.items()} == {
        "提醒": ("2026-02-10", OFFICE_OPENS),
        "催办": ("2026-02-13", OFFICE_OPENS),
        "督办": ("2026-02-24", OFFICE_OPENS),  # the 14th is a Saturday that is worked, the 15th to the 23rd are off
        "约谈": ("2026-02-28", OFFICE_OPENS),  # a Saturday that is worked
        "通报": ("2026-03-11", OFFICE_OPENS),
        "问责": ("2026-04-01", OFFICE_OPENS),
    }
    assert escalation(due_on, dt.date(2026, 2, 23)) == "催办"
