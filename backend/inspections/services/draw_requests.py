"""What the office asks a draw for, kept so that it can be asked again."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.inspections.models import InspectionPlan, VisitKind
from backend.inspections.models.plan_lifecycle import TAKES_ASSIGNMENTS
from backend.inspections.rules.planning import bounds, working_days
from backend.inspections.selectors import plans
from backend.inspections.selectors.draw_libraries import Wanted
from backend.registry.models import TargetKind

MOST_DAYS = 62


@dataclass(frozen=True, slots=True)
class DrawRequest:
    """`days` empty: the working days of the plan, or of the month, from tomorrow on. The rest as in `Wanted`."""

    track: str
    plan: uuid.UUID | None = None
    month: str | None = None
    days: Sequence[dt.date] = ()
    kind: str = VisitKind.ROUTINE
    target_kinds: Sequence[str] = (TargetKind.SCHOOL, TargetKind.INSTITUTION)
    count: int | None = None
    crew_min: int = 2
    crew_max: int = 3
    per_day: int = 2
    teams: Sequence[uuid.UUID] = ()
    in_charge: bool = False
    mixed: bool = False


def wanted(actor: Actor, request: DrawRequest) -> Wanted:
    """What is asked for, resolved. Raises `NotFound` (plan), `Invalid(bad_draw)`, `Conflict(plan_not_approved)`."""
    plan = _plan(actor, request)
    month = plan.month if plan else request.month
    if month is None:
        raise _invalid("month", "请指定计划或月份。")
    if request.crew_min > request.crew_max:
        raise _invalid("crew_max", "检查组人数上限不能小于下限。")
    return Wanted(
        month=month,
        track=request.track,
        days=_days(request, plan, month),
        plan=plan,
        kind=request.kind,
        target_kinds=request.target_kinds,
        count=request.count,
        crew_min=request.crew_min,
        crew_max=request.crew_max,
        per_day=request.per_day,
        teams=request.teams,
        in_charge=request.in_charge,
        mixed=request.mixed,
    )


def _plan(actor: Actor, request: DrawRequest) -> InspectionPlan | None:
    if request.plan is None:
        return None
    plan = plans.get(actor, request.plan)
    if plan.state not in TAKES_ASSIGNMENTS:
        raise Conflict("plan_not_approved", "计划尚未批准，不能抽取。")
    return plan


def _days(request: DrawRequest, plan: InspectionPlan | None, month: str) -> list[dt.date]:
    today = clock.today()
    first, last = (plan.starts_on, plan.ends_on) if plan else bounds(month)
    if request.days:
        days = sorted(set(request.days))
        outside = days[0] < max(first, today) or days[-1] > last or len(days) > MOST_DAYS
        if outside or any(f"{day:%Y-%m}" != month for day in days):
            raise _invalid("days", "检查日期须在今天以后、计划期限和月份以内。")
        return days
    off = [dt.date.fromisoformat(day) for day in plan.holidays] if plan else []
    worked = [dt.date.fromisoformat(day) for day in plan.working_weekends] if plan else []
    days = working_days(max(first, today + dt.timedelta(days=1)), last, off, worked)
    return [day for day in days if f"{day:%Y-%m}" == month][:MOST_DAYS]


def _invalid(field: str, text: str) -> Invalid:
    return Invalid("bad_draw", text, path=field, msg=text)


def kept(request: DrawRequest) -> dict[str, Any]:
    """As plain data for the row of the draw."""
    return {
        "track": request.track,
        "plan": str(request.plan) if request.plan else None,
        "month": request.month,
        "days": [day.isoformat() for day in request.days],
        "kind": request.kind,
        "target_kinds": list(request.target_kinds),
        "count": request.count,
        "crew_min": request.crew_min,
        "crew_max": request.crew_max,
        "per_day": request.per_day,
        "teams": [str(team) for team in request.teams],
        "in_charge": request.in_charge,
        "mixed": request.mixed,
    }


def again(data: dict[str, Any]) -> DrawRequest:
    """The request of an earlier draw; days that have passed are left out."""
    days = [dt.date.fromisoformat(day) for day in data["days"]]
    return DrawRequest(
        **data
        | {
            "plan": uuid.UUID(data["plan"]) if data["plan"] else None,
            "days": [day for day in days if day >= clock.today()],
            "teams": [uuid.UUID(team) for team in data["teams"]],
        }
    )
