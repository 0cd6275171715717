"""How many lines of the ledger are not settled yet, and how many of these are overdue: one query for a whole county.

Counted are the lines that `ledger.filtered(…, unsettled=True)` lists, by district and severity, so that every number
opens exactly the lines it counts.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db.models import Case, Count, IntegerField, Value, When

from backend.core.actor import Actor
from backend.inspections.models import SeverityLevel
from backend.notices.selectors import ledger

GRAVE = (SeverityLevel.SERIOUS, SeverityLevel.VETO)


class Some(NamedTuple):
    """So many lines of one district (None: of units without one) and severity that are, or are not, overdue."""

    district: uuid.UUID | None
    severity: str
    overdue: bool
    number: int


def counted(actor: Actor) -> list[Some]:
    """What `actor` may know of, in no order."""
    late = Case(When(ledger.is_late(), then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = ledger.filtered(ledger.lines(actor), unsettled=True).annotate(late=late)
    grouped = rows.values_list("notice__target__district", "severity", "late").annotate(n=Count("pk")).order_by()
    return [Some(district, severity, bool(overdue), count) for district, severity, overdue, count in grouped]


def total(rows: Iterable[Some], fits: Callable[[Some], bool] = lambda row: True) -> int:
    """How many lines the rows that fit stand for."""
    return sum(row.number for row in rows if fits(row))
