"""Months, working days, scope rules and the forecast, without a database."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.inspections.rules import planning
from backend.inspections.rules.planning import Card, Forecast

DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


def test_a_month_has_its_first_and_last_day_and_a_month_after_it() -> None:
    assert planning.bounds("2028-02") == (dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert [planning.month_after(month) for month in ("2026-12", "2027-01")] == ["2027-01", "2027-02"]
    assert [month for month in range(1, 13) if planning.is_vacation(f"2026-{month:02d}")] == [2, 7, 8]


def test_working_days_leave_out_weekends_and_holidays_and_take_in_what_is_worked_in_exchange() -> None:
    holidays = {dt.date(2026, 10, day) for day in range(1, 9)}
    days = planning.working_days(dt.date(2026, 10, 1), dt.date(2026, 10, 12), holidays, {dt.date(2026, 10, 10)})
    assert [day.day for day in days] == [9, 10, 12]


@given(today=DAYS, holidays=st.sets(DAYS, max_size=20), worked=st.sets(DAYS, max_size=5))
def test_the_days_of_the_pace_are_the_last_ten_working_days(
    today: dt.date, holidays: set[dt.date], worked: set[dt.date]
) -> None:
    days = planning.days_of_pace(today, holidays, worked)
    assert days == planning.working_days(days[0], today, holidays, worked)
    assert len(days) == planning.PACE_DAYS


@given(open_=st.integers(0, 400), lately=st.integers(0, 400), left=st.integers(0, 23))
def test_the_forecast_never_promises_a_target_too_much(open_: int, lately: int, left: int) -> None:
    found = planning.forecast(open_, lately, left)
    visited = open_ - found.missed
    assert 0 <= found.missed <= open_
    assert visited * planning.PACE_DAYS <= left * lately
    assert found.missed == 0 or (visited + 1) * planning.PACE_DAYS > left * lately


def test_the_forecast_by_its_stated_formula() -> None:
    assert planning.forecast(100, 75, 8) == Forecast(open=100, days_left=8, pace=7.5, missed=40)
    assert planning.forecast(3, 75, 8).missed == 0
    assert planning.forecast(3, 0, 8).missed == 3


@pytest.mark.parametrize(
    ("rule", "inside"),
    [
        ({}, True),
        ({"kinds": ["school"], "types": []}, True),
        ({"kinds": ["institution"]}, False),
        ({"types": ["junior", "primary"], "districts": ["d1"]}, True),
        ({"types": ["primary"], "districts": ["d2"]}, False),
        ({"teams": ["t1"]}, True),
        ({"teams": ["t2"]}, False),
    ],
)
def test_a_rule_takes_in_what_fits_every_list_that_is_not_empty(rule: dict[str, list[str]], inside: bool) -> None:
    assert planning.takes_in(rule, Card("school", "primary", "d1", "t1")) is inside


def test_the_checklists_of_a_plan_by_track_and_type() -> None:
    choices = [
        {"track": "", "type": "", "codes": ["TY"]},
        {"track": "station", "type": "", "codes": ["AQ"]},
        {"track": "department", "type": "primary", "codes": ["ZY", "TY"]},
    ]
    assert planning.codes_for(choices, "department", "primary") == ["TY", "ZY"]
    assert planning.codes_for(choices, "station", "junior") == ["TY", "AQ"]
    assert planning.codes_for([choices[1]], "department", "primary") == []
