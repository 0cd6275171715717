"""What belongs to an issue: what the server had received by the cut-off and no earlier issue could have counted.

A visit counts when its first submission arrived, not when it was made. So a phone that comes out of the mountains after
the cut-off is in the next issue, and nothing is counted twice: rounds of a visit are kept for good (invariant I10),
and a visit that is returned and submitted again keeps its first arrival.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from backend.bulletins.rules.periods import Period
from backend.core import clock
from backend.inspections.models import Finding, FindingState, Visit, VisitRound, VisitTransition


@dataclass(frozen=True, slots=True)
class Window:
    """One county's data of `period` received before `cut_off`, an instant within the period or its end."""

    county_id: int
    period: Period
    cut_off: dt.datetime

    @property
    def start(self) -> dt.datetime:
        return self.period.begins_at

    @property
    def today(self) -> dt.date:
        """The day in China on which the cut-off falls: for a whole period, the day after its last."""
        return clock.local_date(self.cut_off)

    def within(self, field: str) -> Q:
        """The condition that the instant `field` lies in the window."""
        return Q(**{f"{field}__gte": self.start, f"{field}__lt": self.cut_off})


def first_arrival(visit: str) -> Subquery:
    """When the first round of the visit that the outer field `visit` names was received; null before submission."""
    rounds = VisitRound.objects.filter(visit_id=OuterRef(visit)).order_by("round")
    return Subquery(rounds.values("submitted_at")[:1])


def submitted_visits(county_id: int, before: dt.datetime) -> "QuerySet[Any]":
    """The county's visits that were submitted and not called off `before` an instant, with `received_at`."""
    rows = Visit.objects.filter(county_id=county_id).exclude(pk__in=_cancelled(county_id, before))
    return rows.annotate(received_at=first_arrival("pk")).filter(received_at__lt=before)


def _cancelled(county_id: int, before: dt.datetime) -> "QuerySet[VisitTransition, Any]":
    steps = VisitTransition.objects.filter(visit__county_id=county_id, verb="cancel", at__lt=before)
    return steps.values("visit_id")


def visits(window: Window) -> "QuerySet[Visit]":
    """The visits of the window."""
    return submitted_visits(window.county_id, window.cut_off).filter(window.within("received_at"))


def findings(window: Window) -> "QuerySet[Finding]":
    """The findings of the window: of its visits, and those added now to visits of earlier windows.

    What is withdrawn by now is not printed, whenever it was withdrawn.
    """
    rows = Finding.objects.filter(county_id=window.county_id, recorded_at__lt=window.cut_off)
    rows = rows.exclude(state=FindingState.WITHDRAWN).exclude(visit__in=_cancelled(window.county_id, window.cut_off))
    of_window = window.within("visit_received_at")
    added = Q(visit_received_at__lt=window.start, recorded_at__gte=window.start)
    return rows.annotate(visit_received_at=first_arrival("visit_id")).filter(of_window | added)
