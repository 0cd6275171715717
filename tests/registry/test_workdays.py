"""Working days: every day of the shipped years against what the notices say, and years that are added."""

import copy
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.models import County
from backend.journal.models import AuditLine
from backend.registry.rules.workdays import Calendar, TableFault, shipped, table_of
from backend.registry.selectors.calendar import calendar

# 放假 and 上班 of the two notices of 国务院办公厅, in the words of a wall calendar: month, days off; month, days worked.
OFF = {
    2025: "1:1,28-31 2:1-4 4:4-6 5:1-5,31 6:1-2 10:1-8",
    2026: "1:1-3 2:15-23 4:4-6 5:1-5 6:19-21 9:25-27 10:1-7",
}
WORKED = {2025: "1:26 2:8 4:27 9:28 10:11", 2026: "1:4 2:14,28 5:9 9:20 10:10"}
WORKING_DAYS = {2025: 248, 2026: 248}
YEAR_2027 = {
    "year": 2027,
    "source": "演示用的2027年安排",
    "off": [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"}],
    "worked": ["2027-01-09"],
}


def days(year: int, text: str) -> set[dt.date]:
    found = set()
    for part in text.split():
        month, spans = part.split(":")
        for span in spans.split(","):
            first, _, last = span.partition("-")
            found |= {dt.date(year, int(month), day) for day in range(int(first), int(last or first) + 1)}
    return found


def year(number: int) -> list[dt.date]:
    first = dt.date(number, 1, 1)
    return [first + dt.timedelta(days=at) for at in range((dt.date(number + 1, 1, 1) - first).days)]


@pytest.mark.once
@pytest.mark.parametrize("number", [2025, 2026])
def test_every_day_of_a_shipped_year_is_as_its_notice_says(number: int) -> None:
    off, worked = days(number, OFF[number]), days(number, WORKED[number])
    expected = {day for day in year(number) if day in worked or (day.weekday() < 5 and day not in off)}
    assert {day for day in year(number) if shipped().is_working(day)} == expected
    assert len(expected) == WORKING_DAYS[number]
    assert f"国务院办公厅关于{number}年部分节假日安排的通知" in shipped().years[number].source


@pytest.mark.once
@given(st.dates(dt.date(2025, 1, 1), dt.date(2027, 3, 1)), st.integers(1, 40))
def test_stepping_forth_and_back_and_counting_agree(day: dt.date, count: int) -> None:
    there = shipped().step(day, count)
    assert shipped().is_working(there)
    assert shipped().between(day, there) == count
    back = shipped().step(there, -count)
    assert shipped().between(back, there) == count


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": " "}, "须写明依据的通知（source）。"),
        ({"worked": ["2028-01-01"]}, "2028-01-01 不在 2027 年。"),
        ({"worked": ["2027-01-02"]}, "2027-01-02 不能既放假又上班。"),
        ({"worked": ["2027-01-11"]}, "调休上班的日期须为周六或周日，2027-01-11 不是。"),
        ({"off": []}, "放假和调休的天数不合理，请核对。"),
        ({"off": [{"first": "2027-01-03", "last": "2027-01-01"}]}, "假期 2027-01-03 至 2027-01-01 的起止日期有误。"),
        ({"off": "x"}, "节假日表须有"),
        ({"worked": None}, "节假日表须有"),
    ],
)
def test_a_table_that_cannot_be_is_refused_in_chinese(change: dict[str, Any], said: str) -> None:
    with pytest.raises(TableFault) as caught:
        table_of({**copy.deepcopy(YEAR_2027), **change})
    assert str(caught.value).startswith(said)


@pytest.mark.once
def test_a_year_without_a_table_counts_by_weekends() -> None:
    assert [Calendar().is_working(dt.date(2026, 10, day)) for day in (1, 3, 10)] == [True, False, False]


def test_a_year_is_added_by_command_with_its_source_on_record(county: County, tmp_path: Path) -> None:
    file, out = tmp_path / "2027.json", io.StringIO()
    file.write_text(json.dumps(YEAR_2027), "utf-8")
    assert calendar().is_working(dt.date(2027, 1, 1))
    call_command("calendar_year", "add", str(file), stdout=out)
    assert [calendar().is_working(dt.date(2027, 1, day)) for day in (1, 4, 9)] == [False, True, True]
    assert out.getvalue().splitlines()[-1] == "2027：放假3天，调休上班1天。演示用的2027年安排"
    line = AuditLine.objects.get(verb="calendar.year_added", county_id=county.pk)
    assert line.detail == {"source": "演示用的2027年安排"}


def test_a_broken_file_changes_nothing(county: County, tmp_path: Path) -> None:
    file = tmp_path / "2027.json"
    for content, said in [("{", "无法读取文件"), (json.dumps({**YEAR_2027, "source": ""}), "须写明依据")]:
        file.write_text(content, "utf-8")
        with pytest.raises(CommandError, match=said):
            call_command("calendar_year", "add", str(file))
    with pytest.raises(CommandError, match="请写明"):
        call_command("calendar_year", "add")
    assert 2027 not in calendar().years
