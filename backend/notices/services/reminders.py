"""Speaking up about deadlines (workflow.md section 9): the unit is reminded and urged, the office told what is due.

Formal steps (督办, 约谈, 通报) are decided and signed by people; the product only says that their day has come.
"""

import datetime as dt
import uuid

from backend.core import clock
from backend.core.actor import system
from backend.notices.models import RectificationNotice, Reminder
from backend.notices.rules.deadlines import REMINDER_DAYS, days_late, escalation
from backend.notices.rules.lifecycle import WITH_THE_UNIT
from backend.notices.services.steps import Step, changing

TO_THE_UNIT = {"提醒": "notice.reminder", "催办": "notice.overdue"}


def remind_due() -> int:
    """Announce the step that is due today for every notice that waits for its unit; how many were announced.

    Each step is announced once per deadline, however often and in however many processes this runs.
    """
    soon = clock.today() + dt.timedelta(days=REMINDER_DAYS)
    waiting = RectificationNotice.objects.filter(state__in=WITH_THE_UNIT, due_on__isnull=False, due_on__lte=soon)
    said = set(Reminder.objects.filter(notice__in=waiting.values("pk")).values_list("notice_id", "due_on", "step"))
    due = [
        (county_id, pk)
        for county_id, pk, due_on in waiting.order_by("pk").values_list("county_id", "pk", "due_on")
        if (pk, due_on, escalation(due_on, clock.today())) not in said
    ]
    return sum(_announce(county_id, pk) for county_id, pk in due)


def _announce(county_id: int, notice_id: uuid.UUID) -> bool:
    """Once more under the notice's lock: the unit may have reported meanwhile, another process may have spoken."""
    with changing(actor=system(county_id), notice_id=notice_id, action="remind") as step:
        notice, due_on = step.notice, step.notice.due_on
        word = escalation(due_on, clock.today()) if notice.state in WITH_THE_UNIT else ""
        if not word or due_on is None:
            return False
        _, new = Reminder.objects.get_or_create(notice=notice, due_on=due_on, step=word, defaults={"at": clock.now()})
        if new:
            step.change.log("notice.reminded", notice, step=word)
            _tell(step, word, due_on)
    return new


def _tell(step: Step, word: str, due_on: dt.date) -> None:
    if word in TO_THE_UNIT:
        step.tell_unit(TO_THE_UNIT[word], due_on=f"{due_on.year}年{due_on.month}月{due_on.day}日")
    if late := days_late(due_on, clock.today()):
        step.tell_office("notice.escalation", step=word, days=late)
