"""What a plan asks of the assignments that are made for it."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.core import clock
from backend.inspections.models import InspectionPlan, PlanState
from backend.inspections.models.plan_lifecycle import TAKES_ASSIGNMENTS
from backend.inspections.rules import planning
from backend.inspections.rules.revealing import earliest
from backend.inspections.selectors import plans as selectors
from backend.inspections.selectors.plan_lines import Key
from backend.registry.models import Target


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """A plan with what it takes in today; read once for many assignments."""

    plan: InspectionPlan
    keys: set[Key] = field(default_factory=set)

    def fault(
        self, target: Target, track: str, day: dt.date, reveal_at: dt.datetime | None = None
    ) -> tuple[str, str] | None:
        """Field and reason, in Chinese, why this cannot be an assignment of the plan; None: it can."""
        plan = self.plan
        if plan.state not in TAKES_ASSIGNMENTS:
            return "plan", f"计划当前为“{PlanState(plan.state).label}”，批准之后才能安排任务。"
        if not plan.starts_on <= day <= plan.ends_on:
            return "scheduled_on", "安排日期不在计划期限之内。"
        if (target.pk, track) not in self.keys:
            return "target", f"“{target.name}”不在计划范围内。"
        if reveal_at is not None and reveal_at < self.reveal_at(day):
            return "reveal_at", f"按计划，组长最早在检查当日8:30前{plan.reveal_hours}小时得知检查对象。"
        return None

    def reveal_at(self, day: dt.date) -> dt.datetime:
        """When the leader of a visit on `day` learns the target."""
        return earliest(clock.midnight(day), self.plan.reveal_hours)

    def codes(self, target: Target, track: str) -> list[str]:
        """The checklists that the plan chose for it; empty: those that fit the target."""
        return planning.codes_for(self.plan.templates, track, target.type_code)


def terms(county_id: int, plan_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, PlanTerms]:
    """By id those of the county's plans that are asked for."""
    wanted = {pk for pk in plan_ids if pk is not None}
    if not wanted:
        return {}
    rows = InspectionPlan.objects.select_related("makes_up").filter(county_id=county_id, pk__in=wanted)
    return {plan.pk: PlanTerms(plan, _keys(plan)) for plan in rows}


def _keys(plan: InspectionPlan) -> set[Key]:
    return {line.key for line in selectors.scope(plan)} if plan.state in TAKES_ASSIGNMENTS else set()
