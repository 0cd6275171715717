"""Working days in China: Monday to Friday, less the public holidays, plus the weekend days worked in exchange.

Each year's table is settled by a notice of 国务院办公厅, which is named in it. A year without a table counts by
weekends alone, until `manage.py calendar_year add` brings it in.
"""

import datetime as dt
import functools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parent.parent / "calendars"
DAY = dt.timedelta(days=1)
SATURDAY = 5
LONGEST_HOLIDAY = 31
MOST_DAYS = 60
"""More days off or worked in a year's table are a mistake."""


class TableFault(Exception):
    """What is wrong with a year's table, in Chinese."""


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year: the notice it comes from, the days off, the weekend days that are worked."""

    year: int
    source: str
    off: frozenset[dt.date]
    worked: frozenset[dt.date]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years that are known."""

    years: Mapping[int, YearTable] = field(default_factory=dict)

    def is_working(self, day: dt.date) -> bool:
        table = self.years.get(day.year)
        if table and (day in table.off or day in table.worked):
            return day in table.worked
        return day.weekday() < SATURDAY

    def on_or_after(self, day: dt.date) -> dt.date:
        """`day`, or the first working day after it."""
        while not self.is_working(day):
            day += DAY
        return day

    def step(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`, before it for a negative count."""
        towards = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day += towards
            while not self.is_working(day):
                day += towards
        return day

    def between(self, first: dt.date, last: dt.date) -> int:
        """How many working days come after `first` up to and with `last`."""
        return sum(self.is_working(first + number * DAY) for number in range(1, (last - first).days + 1))

    def with_years(self, tables: Iterable[YearTable]) -> "Calendar":
        """This calendar, in which `tables` take the place of what it knew of their years."""
        return Calendar({**self.years, **{table.year: table for table in tables}})


def table_of(data: Any) -> YearTable:
    """A year's table as it stands in a file. Raises `TableFault`."""
    try:
        year, source = int(data["year"]), str(data["source"]).strip()
        off = frozenset(day for span in data["off"] for day in _days(span))
        worked = frozenset(dt.date.fromisoformat(each) for each in data["worked"])
    except (KeyError, TypeError, ValueError) as fault:
        raise TableFault("节假日表须有 year、source、off（first、last）、worked 各项，日期写作 2027-01-01。") from fault
    _check(year, source, off, worked)
    return YearTable(year, source, off, worked)


def _days(span: Any) -> list[dt.date]:
    first, last = dt.date.fromisoformat(span["first"]), dt.date.fromisoformat(span["last"])
    if not 0 <= (last - first).days < LONGEST_HOLIDAY:
        raise TableFault(f"假期 {first} 至 {last} 的起止日期有误。")
    return [first + number * DAY for number in range((last - first).days + 1)]


def _check(year: int, source: str, off: frozenset[dt.date], worked: frozenset[dt.date]) -> None:
    if not source:
        raise TableFault("须写明依据的通知（source）。")
    if strange := sorted(day for day in off | worked if day.year != year):
        raise TableFault(f"{strange[0]} 不在 {year} 年。")
    if both := sorted(off & worked):
        raise TableFault(f"{both[0]} 不能既放假又上班。")
    if plain := sorted(day for day in worked if day.weekday() < SATURDAY):
        raise TableFault(f"调休上班的日期须为周六或周日，{plain[0]} 不是。")
    if not off or len(off) + len(worked) > MOST_DAYS:
        raise TableFault("放假和调休的天数不合理，请核对。")


@functools.cache
def shipped() -> Calendar:
    """The years that come with the product."""
    tables = [table_of(json.loads(path.read_text("utf-8"))) for path in sorted(SHIPPED.glob("*.json"))]
    return Calendar().with_years(tables)
