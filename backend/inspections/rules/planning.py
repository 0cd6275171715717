"""Months, working days, what a scope takes in, and where the present pace leads (workflow.md section 1). Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from math import floor
from typing import NamedTuple

PACE_DAYS = 10
"""So many of the last working days say how fast work goes (product default)."""

VACATION_MONTHS = frozenset({"02", "07", "08"})
"""Months whose scope begins with institutions: schools are on vacation (workflow.md section 1.5; product default)."""

OPENS_ON = 25
"""The day of the previous month on which a plan is opened (workflow.md section 1.1; product default)."""

SATURDAY = 5


class Card(NamedTuple):
    """What a scope rule asks of a target on one track; ids as text, "" for none."""

    kind: str
    type: str
    district: str
    team: str


class Forecast(NamedTuple):
    """`pace` is targets a working day; `missed` of those open will not be visited in the `days_left` at this pace."""

    open: int
    days_left: int
    pace: float
    missed: int


def bounds(month: str) -> tuple[date, date]:
    """First and last day of `YYYY-MM`."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def month_after(month: str) -> str:
    return month_of(bounds(month)[1] + timedelta(days=1))


def is_vacation(month: str) -> bool:
    """Whether schools are on vacation for most of it."""
    return month[-2:] in VACATION_MONTHS


def takes_in(rule: Mapping[str, Collection[str]], card: Card) -> bool:
    """Whether a scope rule takes the target in: it fits every list that is not empty."""
    asked = {"kinds": card.kind, "types": card.type, "districts": card.district, "teams": card.team}
    return all(not rule.get(name) or value in rule[name] for name, value in asked.items())


def is_working(day: date, holidays: Collection[date], working_weekends: Collection[date]) -> bool:
    """Monday to Friday without holidays, and the weekend days that are worked in exchange."""
    return day in working_weekends or (day.weekday() < SATURDAY and day not in holidays)


def working_days(
    first: date, last: date, holidays: Collection[date] = (), working_weekends: Collection[date] = ()
) -> list[date]:
    """The working days from `first` to `last`, both included."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if is_working(day, holidays, working_weekends)]


def days_of_pace(today: date, holidays: Collection[date] = (), working_weekends: Collection[date] = ()) -> list[date]:
    """The last ten working days up to and with `today`, oldest first."""
    found: list[date] = []
    day = today
    while len(found) < PACE_DAYS and (today - day).days < 6 * PACE_DAYS:
        if is_working(day, holidays, working_weekends):
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]


def forecast(open_: int, covered_lately: int, days_left: int) -> Forecast:
    """How many of `open_` targets will be missed: open - floor(days left x pace), never below nought.

    The pace is what was covered in the last ten working days, over ten.
    """
    pace = covered_lately / PACE_DAYS
    return Forecast(open_, days_left, pace, max(0, open_ - floor(days_left * covered_lately / PACE_DAYS)))


def codes_for(choices: Iterable[Mapping[str, object]], track: str, type_: str) -> list[str]:
    """The checklist codes that a plan chose for a track and type of target; none: it chose nothing for them."""
    fitting = [choice for choice in choices if choice["track"] in ("", track) and choice["type"] in ("", type_)]
    return list(dict.fromkeys(str(code) for choice in fitting for code in choice["codes"]))  # type: ignore[attr-defined]
