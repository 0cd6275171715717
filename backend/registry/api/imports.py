"""Importing lists of schools and institutions."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.errors import Unprocessable
from backend.core.requests import read_query
from backend.core.schema import ProblemSerializer
from backend.registry.api import serializers as s
from backend.registry.api.parsers import CsvParser, csv_bytes
from backend.registry.rules.sheets import SHEETS
from backend.registry.services.imports import import_targets


class ImportRefusedSerializer(ProblemSerializer, s.ImportOut):
    """The problem, with everything that is wrong with the file."""


class ImportsView(APIView):
    """Import a CSV list: all or nothing, found again by code. A dry run only tells what would happen."""

    permission_classes = (OfficeOnly,)
    parser_classes = (CsvParser, MultiPartParser)

    @extend_schema(
        operation_id="imports_create",
        parameters=[s.ImportQuery],
        request={"text/csv": OpenApiTypes.BINARY, "multipart/form-data": s.CsvFileIn},
        responses={200: s.ImportOut, 422: ImportRefusedSerializer},
    )
    def post(self, request: Request) -> Response:
        query = read_query(s.ImportQuery, request)
        sheet, dry_run = SHEETS[query["kind"]], query["dry_run"]
        report = import_targets(actor=actor_of(request), sheet=sheet, data=csv_bytes(request), dry_run=dry_run)
        if report.errors and not dry_run:
            raise Unprocessable(
                "import_refused", "名单有误，未导入任何内容，请按提示修改后重新导入。", **report.as_json()
            )
        return Response(report.as_json())
