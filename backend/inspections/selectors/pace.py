"""Where the present pace leads: how many targets will be missed (workflow.md section 1.3)."""

import datetime as dt
import uuid
from collections import Counter
from dataclasses import dataclass

from backend.core import clock
from backend.inspections.models import InspectionPlan, PlanKind
from backend.inspections.rules import planning
from backend.inspections.rules.planning import Forecast
from backend.inspections.selectors import coverage as coverages
from backend.inspections.selectors.coverage import Coverage
from backend.registry.models import Team


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast of the county, and of each team."""

    since: dt.date
    until: dt.date
    county: Forecast
    teams: list[tuple[Team, Forecast]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the monthly plans say of working days; without them Monday to Friday."""

    holidays: frozenset[dt.date]
    working_weekends: frozenset[dt.date]


def calendar(county_id: int, *months: str) -> Calendar:
    rows = InspectionPlan.objects.filter(county_id=county_id, kind=PlanKind.MONTHLY, month__in=months)
    off: set[dt.date] = set()
    on: set[dt.date] = set()
    for holidays, working_weekends in rows.values_list("holidays", "working_weekends"):
        off |= {dt.date.fromisoformat(day) for day in holidays}
        on |= {dt.date.fromisoformat(day) for day in working_weekends}
    return Calendar(frozenset(off), frozenset(on))


def outlook(found: Coverage, county_id: int) -> Outlook:
    """What the month's coverage comes to if work goes on as on the last ten working days; today is one of them.

    Missed = open - floor(working days left after today x what was covered in the last ten / 10). What was covered
    counts for the team in charge on its day, and once per target, track and month.
    """
    first, last = planning.bounds(found.month)
    today = clock.today()
    before = planning.month_of(first - dt.timedelta(days=1))
    known = calendar(county_id, found.month, before, planning.month_of(today))
    pace_days = planning.days_of_pace(today, known.holidays, known.working_weekends)
    start = max(first, today + dt.timedelta(days=1))
    left = len(planning.working_days(start, last, known.holidays, known.working_weekends))
    lately = _lately(found, county_id, pace_days[0], today)
    open_ = Counter(cell.team for cell in found.cells if not cell.is_covered)
    teams = [
        (one.team, planning.forecast(open_[one.team.pk], lately[one.team.pk], left))
        for one in found.teams
        if one.share.scope
    ]
    county = planning.forecast(open_.total(), lately.total(), left)
    return Outlook(pace_days[0], today, county, teams)


def _lately(found: Coverage, county_id: int, since: dt.date, today: dt.date) -> Counter[uuid.UUID | None]:
    """By team what was covered since then: target and track once in a month, on the day of the first valid visit."""
    counted: Counter[uuid.UUID | None] = Counter()
    for month in sorted({planning.month_of(since), planning.month_of(today)}):
        for (target, track), at in coverages.first_visits(county_id, *planning.bounds(month)).items():
            day = clock.local_date(at)
            if since <= day <= today:
                counted[found.in_charge.on(day, target, track)] += 1
    return counted
