"""The product opens the plan of the next month by itself, once (workflow.md section 1.1)."""

from backend.accounts.models import County
from backend.core import clock
from backend.core.actor import system
from backend.core.errors import Conflict
from backend.inspections.models import InspectionPlan, PlanKind
from backend.inspections.rules import planning
from backend.inspections.selectors import plan_lines
from backend.inspections.services import plans


def open_due() -> int:
    """Open what is due in every county; how many drafts were made.

    Safe to run twice at once: the monthly plan of a county and month is unique, and who comes second finds it there.
    """
    return sum(open_month(county.pk, month) for county in County.objects.order_by("pk") for month in due(county.pk))


def due(county_id: int) -> list[str]:
    """From the 25th on the next month; also the present one, where the product was off when it should have been.

    A county that never had a plan is not given one in the midst of its month, and one without targets none at all.
    """
    today = clock.today()
    month = planning.month_of(today)
    known = set(
        InspectionPlan.objects.filter(county_id=county_id, kind=PlanKind.MONTHLY).values_list("month", flat=True)
    )
    wanted = [month] if known and min(known) < month else []
    if today.day >= planning.OPENS_ON:
        wanted.append(planning.month_after(month))
    missing = [each for each in wanted if each not in known]
    return missing if missing and plan_lines.candidates(county_id).exists() else []


def open_month(county_id: int, month: str) -> int:
    """Draft the county's plan of `month`; 1, or 0 where it is there already."""
    try:
        plans.create(actor=system(county_id), month=month)
    except Conflict as fault:
        if fault.code != "plan_exists":
            raise
        return 0
    return 1
