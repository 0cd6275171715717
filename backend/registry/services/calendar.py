"""Adding a year to the working calendar."""

from typing import Any

from backend.accounts.models import County
from backend.core import clock
from backend.core.actor import system
from backend.core.errors import Invalid
from backend.journal.writing import write
from backend.registry.models import CalendarYear
from backend.registry.rules.workdays import TableFault, YearTable, table_of


def add_year(*, data: Any) -> YearTable:
    """Take a year's table in, or put it right; every county's audit trail names its source.

    Deadlines that were printed stay; what is still reckoned from working days follows. Raises `Invalid(bad_calendar)`.
    """
    try:
        table = table_of(data)
    except TableFault as fault:
        raise Invalid("bad_calendar", str(fault)) from fault
    counties = list(County.objects.order_by("pk"))
    with write(actor=system(counties[0].pk if counties else 0)) as change:
        row, _ = CalendarYear.objects.update_or_create(
            year=table.year, defaults={"table": data, "added_at": clock.now()}
        )
        for county in counties:
            change.log("calendar.year_added", row, actor=system(county.pk), source=table.source)
    return table
