"""Evidence across visits: what came in on a day, what is damaged, what carries a warning."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from backend.core.actor import Actor
from backend.core.pages import page_by_keys
from backend.desk.fields import DayField
from backend.desk.filters import chosen
from backend.desk.navigation import STAFF
from backend.desk.selectors import choices
from backend.desk.selectors.visit_review import Photo
from backend.desk.staff import StaffPage
from backend.inspections.models import Evidence, EvidenceKindName, EvidenceState, FlagKind
from backend.inspections.selectors import evidence as selectors
from backend.inspections.selectors import flags
from backend.inspections.selectors.evidence import Wanted


class EvidenceFilters(forms.Form):
    day = DayField(label="收到日期")
    state = forms.ChoiceField(label="状态", required=False, choices=[choices.ANY, *EvidenceState.choices])
    kind = forms.ChoiceField(label="种类", required=False, choices=[choices.ANY, *EvidenceKindName.choices])
    flag = forms.ChoiceField(
        label="提示", required=False, choices=[choices.ANY, *FlagKind.choices, (flags.FOR_OFFICE, flags.LABEL)]
    )


def narrowed(
    actor: Actor, *, day: dt.date | None = None, flag: str = "", state: str | None = None, kind: str | None = None
) -> QuerySet[Evidence]:
    """The evidence that fits."""
    rows = selectors.matching(actor, Wanted(state=state, kind=kind, since=day, until=day))
    return flags.with_flag(actor, rows, flag) if flag else rows


class EvidenceList(StaffPage[None]):
    """The evidence that the reader may see, the newest first."""

    template = "staff/evidence.html"
    roles = STAFF

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(EvidenceFilters, request)
        shown = page_by_keys(narrowed(actor, **wanted), request.GET, selectors.listed)
        noticed = flags.of(actor, shown.rows)
        photos = [Photo(row, noticed.get(row.pk, ()), row.answer_key) for row in shown.rows]
        return {"photos": photos, "next": shown.next, "filters": filters}
