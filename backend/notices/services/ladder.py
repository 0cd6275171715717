"""Climbing the ladder of escalation (workflow.md section 9), by the clock and the working calendar.

Each step is taken once per occasion, in however many processes and however often this is killed: the row of its step is
unique in the database, and its paper is drafted in the same transaction. What was drafted and not yet printed is
printed by the next turn.
"""

import datetime as dt
import uuid

from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import SeverityLevel
from backend.notices.models import RectificationNotice, Reminder
from backend.notices.rules.ladder import DAYS, LABELS, RETURNS_BEFORE_TALK, Rung, due_steps, farthest_deadline
from backend.notices.rules.lifecycle import WITH_THE_UNIT
from backend.notices.rules.wording import chinese_day
from backend.notices.services import escalations
from backend.notices.services.steps import Step, changing
from backend.registry.rules.workdays import Calendar
from backend.registry.selectors.calendar import calendar


def climb() -> int:
    """Take every step that is due now, of every notice that waits for its unit; how many were taken."""
    days = calendar()
    return sum(_climb(county_id, notice_id, days) for county_id, notice_id in _waiting(days))


def _waiting(days: Calendar) -> list[tuple[int, uuid.UUID]]:
    """The notices with a step that is due and not taken, by county."""
    latest = farthest_deadline(clock.today(), days)
    rows = RectificationNotice.objects.filter(state__in=WITH_THE_UNIT, due_on__isnull=False, due_on__lte=latest)
    taken = set(Reminder.objects.filter(notice__in=rows.values("pk")).values_list("notice_id", "occasion", "step"))
    return [
        (county_id, pk)
        for county_id, pk, due_on in rows.order_by("pk").values_list("county_id", "pk", "due_on")
        if due_on is not None
        and any((pk, occasion(due_on), LABELS[rung]) not in taken for rung in due_steps(due_on, clock.now(), days))
    ]


def occasion(due_on: dt.date) -> str:
    return f"due:{due_on.isoformat()}"


def _climb(county_id: int, notice_id: uuid.UUID, days: Calendar) -> int:
    """Once more under the notice's lock: the unit may have reported meanwhile, another process may have climbed."""
    with changing(actor=system(county_id), notice_id=notice_id, action="climb") as step:
        due_on = step.notice.due_on
        if due_on is None or step.notice.state not in WITH_THE_UNIT:
            return 0
        steps = due_steps(due_on, clock.now(), days)
        return sum(_take(step, rung, due_on, days) for rung in steps)


def _take(step: Step, rung: Rung, due_on: dt.date, days: Calendar) -> bool:
    taken = escalations.mark(step, rung, occasion=occasion(due_on), due_on=due_on)
    if taken is None:
        return False
    if rung is Rung.ADVANCE:
        step.tell_unit("notice.reminder", due_on=chinese_day(due_on))
        return True
    late = days.between(due_on, clock.today())
    cause = f"整改期限{chinese_day(due_on)}已过{late}个工作日，仍未报送整改情况"
    escalations.draft(step, rung, taken, cause, _new_date(due_on, days) if rung is Rung.SUPERVISED_ORDER else None)
    return True


def _new_date(due_on: dt.date, days: Calendar) -> dt.date:
    """The date that an order proposes: the last working day before the talk, tomorrow at the earliest."""
    return max(days.step(due_on, DAYS[Rung.ADMONITION_TALK] - 1), days.step(clock.today(), 1))


def on_veto(step: Step) -> None:
    """A notice with a confirmed veto was served: a talk is due (workflow.md section 9)."""
    if any(item.severity == SeverityLevel.VETO for item in step.items()):
        _talk(step, "veto", "所列问题经认定属于一票否决")


def on_return(step: Step) -> None:
    """A report was returned: after the second time a talk is due (workflow.md section 9)."""
    returns = step.notice.transitions.filter(action="return").count()
    if returns >= RETURNS_BEFORE_TALK:
        _talk(step, "returns", f"整改报告已{returns}次被退回")


def _talk(step: Step, occasion: str, cause: str) -> None:
    if taken := escalations.mark(step, Rung.ADMONITION_TALK, occasion=occasion):
        escalations.draft(step, Rung.ADMONITION_TALK, taken, cause)
