"""The working calendar: what is shipped, with the years that were added. One query; ask once per piece of work."""

from backend.registry.models import CalendarYear
from backend.registry.rules.workdays import Calendar, shipped, table_of


def calendar() -> Calendar:
    """Every known year; what was added takes the place of what was shipped."""
    return shipped().with_years(table_of(row.table) for row in CalendarYear.objects.order_by("year"))
