"""Periods: the 1st to the 15th, the 16th to the end of the month; no day in two of them and none in no one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.bulletins.rules import periods
from backend.core import clock
from backend.core.errors import Invalid

DAYS = st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31))


@given(DAYS)
def test_every_day_is_in_exactly_one_period(day: dt.date) -> None:
    period = periods.holding(day)
    assert period.start <= day <= period.end
    assert period.start.day in (1, 16)
    assert (period.end + dt.timedelta(days=1)).day in (1, 16)
    assert period.start.month == period.end.month


@given(DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(day: dt.date) -> None:
    period = periods.holding(day)
    assert period.after().start == period.end + dt.timedelta(days=1)
    assert period.after().begins_at == period.ends_at
    assert period.after().before() == period


@given(DAYS)
def test_the_last_ended_period_ended_and_the_next_has_not(day: dt.date) -> None:
    period = periods.last_ended(day)
    noon = clock.midnight(day) + dt.timedelta(hours=12)
    assert period.has_ended(noon)
    assert not period.after().has_ended(noon)


@pytest.mark.parametrize(("month", "last"), [((2026, 2), 28), ((2028, 2), 29), ((2026, 4), 30), ((2026, 12), 31)])
def test_the_second_half_ends_with_its_month(month: tuple[int, int], last: int) -> None:
    assert periods.beginning(dt.date(*month, 16)).end == dt.date(*month, last)


def test_a_period_ends_at_midnight_in_china() -> None:
    period = periods.beginning(dt.date(2026, 3, 1))
    assert period.ends_at == dt.datetime(2026, 3, 15, 16, 0, tzinfo=dt.UTC)
    assert not period.has_ended(dt.datetime(2026, 3, 15, 15, 59, tzinfo=dt.UTC))


@given(DAYS.filter(lambda day: day.day not in (1, 16)))
def test_no_period_begins_on_another_day(day: dt.date) -> None:
    with pytest.raises(Invalid) as caught:
        periods.beginning(day)
    assert caught.value.code == "bad_period"
