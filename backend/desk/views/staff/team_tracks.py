"""Both tracks at the targets of an own team: on how much they agree, once the units themselves know of it."""

from typing import Any

from django import forms
from django.http import HttpRequest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERS
from backend.desk.rules.drawing import percent
from backend.desk.staff import StaffPage
from backend.desk.views.staff.coverage import MONTH
from backend.inspections.rules.comparison import LEAST_JUDGED, Agreement
from backend.inspections.selectors import comparisons


class MonthFilter(forms.Form):
    month = forms.RegexField(MONTH, label="月份", required=False, widget=forms.TextInput({"type": "month"}))


class TracksPage(StaffPage[None]):
    """A month, target by target; numbers only: what the other track wrote stays its own."""

    template = "staff/team_tracks.html"
    roles = LEADERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(MonthFilter, request)
        month = wanted.get("month") or f"{clock.today():%Y-%m}"
        shown = rows_of(comparisons.comparable(actor, month), request.GET, by="id")
        rounds = comparisons.rounds_of(actor.county_id, month, shown.rows)
        agreed = comparisons.agreements(actor.county_id, rounds)
        return {
            "filters": filters,
            "month": month,
            "rows": [(one.target, count, _share(count)) for one, count in zip(rounds, agreed, strict=True)],
            "next": shown.next,
            "least": LEAST_JUDGED,
        }


def _share(count: Agreement) -> str:
    return percent(None if count.share is None else 100 * count.share)
