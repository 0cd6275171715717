"""The ledger, page by page and as a file."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.core import clock, sheets
from backend.core.pages import Page, page
from backend.core.requests import read_query
from backend.core.schema import PAGING, paged
from backend.core.streaming import streamed
from backend.inspections.models import FindingState, SeverityLevel, VisitKind
from backend.notices.api.office import Overseers
from backend.notices.api.serializers import LedgerLineOut
from backend.notices.selectors import ledger
from backend.registry.models import TargetKind

TITLE = "问题整改台账"


class LedgerQuery(serializers.Serializer[Any]):
    unit = serializers.UUIDField(required=False, help_text="单位: a target.")
    unit_kind = serializers.ChoiceField(choices=TargetKind.choices, required=False, help_text="类型")
    district = serializers.UUIDField(required=False, help_text="学区")
    team = serializers.UUIDField(required=False, help_text="督查组")
    visit_kind = serializers.ChoiceField(choices=VisitKind.choices, required=False, help_text="来源")
    category = serializers.CharField(max_length=8, required=False, help_text="类别: code of a checklist.")
    severity = serializers.ChoiceField(choices=SeverityLevel.choices, required=False, help_text="级别")
    state = serializers.ChoiceField(choices=FindingState.choices, required=False, help_text="状态")
    document_number = serializers.CharField(max_length=40, required=False, help_text="通知书文号, whole.")
    found_since = serializers.DateField(required=False, help_text="发现日期, from this day on.")
    found_until = serializers.DateField(required=False, help_text="发现日期, up to this day.")
    due_since = serializers.DateField(required=False, help_text="整改时限, from this day on.")
    due_until = serializers.DateField(required=False, help_text="整改时限, up to this day.")
    overdue = serializers.BooleanField(allow_null=True, default=None, help_text="The unit should have acted by now.")
    reopened = serializers.BooleanField(allow_null=True, default=None, help_text="反弹")


class LedgerFileQuery(LedgerQuery):
    type = serializers.ChoiceField(choices=["xlsx", "csv"], default="xlsx")


class LedgerView(APIView):
    """The ledger, one line per finding of an issued notice, newest first."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="notices_ledger", parameters=[*PAGING, LedgerQuery], responses=paged(LedgerLineOut))
    def get(self, request: Request) -> Response:
        rows = ledger.filtered(ledger.lines(actor_of(request)), **read_query(LedgerQuery, request))
        keys = page(rows.only("pk"), request.query_params)
        lines = ledger.listed([row.pk for row in keys.rows])
        return Response(Page(lines, keys.next).answer(dict))


class LedgerFileView(APIView):
    """The whole ledger, or what the filters leave of it, as a spreadsheet, the oldest notice first."""

    permission_classes = (Overseers,)

    @extend_schema(
        operation_id="notices_ledger_file",
        parameters=[LedgerFileQuery],
        responses={(200, sheets.XLSX_TYPE): OpenApiTypes.BINARY, (200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponseBase:
        wanted = read_query(LedgerFileQuery, request)
        kind = wanted.pop("type")
        rows = ledger.filtered(ledger.lines(actor_of(request)), **wanted)
        headings = list(ledger.HEADINGS.values())

        def make() -> Any:
            cells = ledger.cells(ledger.every(rows))
            if kind == "csv":
                return sheets.csv_pieces(headings, cells)
            return sheets.xlsx_pieces(TITLE, headings, cells, widths=ledger.WIDTHS)

        filetype = sheets.CSV_TYPE if kind == "csv" else sheets.XLSX_TYPE
        return streamed(request._request, make, filetype=filetype, name=f"ledger-{clock.today():%Y%m%d}.{kind}")
