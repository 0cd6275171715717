"""The clock of a notice stands still while a defence or a wish for more time waits for the office's answer.

A defence rests the whole notice. A wish for more time rests what it may lengthen: the term of a veto runs on.
"""

from collections.abc import Sequence

from backend.core import clock
from backend.inspections.models import SeverityLevel
from backend.notices.models import Extension, NoticeFinding
from backend.notices.rules.deadlines import moved
from backend.notices.services.steps import Step


def lengthen(items: Sequence[NoticeFinding], days: int) -> None:
    """Move the deadlines of `items` by natural days, to a working day."""
    for item in items:
        if item.due_on is not None and days > 0:
            item.due_on = moved(item.due_on, days)
            item.save(update_fields=["due_on"])


def rests(item: NoticeFinding, asked: Extension | None) -> bool:
    """Whether the clock of this finding stands still because of a wish that waits."""
    return asked is not None and item.severity != SeverityLevel.VETO


def rested(asked: Extension) -> int:
    """For how many days a wish has waited so far."""
    return (clock.today() - clock.local_date(asked.requested_at)).days


def make_up(step: Step, item: NoticeFinding) -> None:
    """A finding is reported while a wish waits: the days that its clock stood still are added now."""
    asked = step.asked()
    if asked is not None and rests(item, asked):
        lengthen([item], rested(asked))
