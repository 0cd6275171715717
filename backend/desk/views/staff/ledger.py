"""The ledger (问题整改台账): a line for each finding of an issued notice, page by page and as a file."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from backend.core import clock, sheets
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.core.streaming import streamed
from backend.desk import pages
from backend.desk.fields import KeyField, YesNoField, day_input
from backend.desk.filters import chosen
from backend.desk.staff import StaffPage
from backend.desk.views.staff.notices import READERS, team_choices
from backend.inspections.models import FindingState, SeverityLevel, VisitKind
from backend.notices.selectors import ledger
from backend.registry.models import TargetKind
from backend.registry.selectors import places

TITLE = "问题整改台账"
ALL = ("", "全部")


class LedgerFilters(forms.Form):
    unit_name = forms.CharField(label="单位", max_length=40, required=False)
    document_number = forms.CharField(label="通知书文号", max_length=40, required=False)
    unit_kind = forms.ChoiceField(label="类型", required=False, choices=[ALL, *TargetKind.choices])
    district = KeyField(label="学区", required=False)
    team = KeyField(label="督查组", required=False)
    visit_kind = forms.ChoiceField(label="来源", required=False, choices=[ALL, *VisitKind.choices])
    category = forms.CharField(label="类别（清单代码）", max_length=8, required=False)
    severity = forms.ChoiceField(label="级别", required=False, choices=[ALL, *SeverityLevel.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[ALL, *FindingState.choices])
    overdue = YesNoField(label="逾期")
    unsettled = YesNoField(label="未销号")
    reopened = YesNoField(label="反弹")
    found_since = forms.DateField(label="发现日期自", required=False, widget=day_input())
    found_until = forms.DateField(label="发现日期至", required=False, widget=day_input())
    due_since = forms.DateField(label="整改时限自", required=False, widget=day_input())
    due_until = forms.DateField(label="整改时限至", required=False, widget=day_input())
    unit = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        districts = [(str(row.pk), row.name) for row in places.districts(actor).order_by("code")]
        self.fields["district"].choices = [ALL, *districts]  # type: ignore[attr-defined]
        self.fields["team"].choices = [ALL, *team_choices(actor)]  # type: ignore[attr-defined]


class LedgerPage(StaffPage[None]):
    """What the filters leave of the ledger, the newest first."""

    template = "staff/ledger.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(partial(LedgerFilters, actor=actor), request)
        keys = rows_of(ledger.filtered(ledger.lines(actor), **wanted).only("pk"), request.GET)
        query = request.GET.copy()
        query.pop("after", None)
        return {
            "lines": ledger.listed([row.pk for row in keys.rows]),
            "next": keys.next,
            "filters": filters,
            "query": query.urlencode(),
            "narrowed": bool(wanted),
        }


@require_safe
@pages.for_roles(READERS)
def file(request: HttpRequest, actor: Actor, kind: str) -> HttpResponseBase:
    """The same, whole, as a file: one line after the other, in the order of document numbers."""
    _, wanted = chosen(partial(LedgerFilters, actor=actor), request)
    rows = ledger.filtered(ledger.lines(actor), **wanted)
    headings = list(ledger.HEADINGS.values())

    def make() -> Iterator[bytes]:
        cells = ledger.cells(ledger.every(rows))
        if kind == "csv":
            return sheets.csv_pieces(headings, cells)
        return sheets.xlsx_pieces(TITLE, headings, cells, widths=ledger.WIDTHS)

    filetype = sheets.CSV_TYPE if kind == "csv" else sheets.XLSX_TYPE
    return streamed(request, make, filetype=filetype, name=f"ledger-{clock.today():%Y%m%d}.{kind}")
