"""Checklist templates from and to files."""

import uuid
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.errors import Invalid, TooLarge, Unprocessable
from backend.core.parsers import read_body
from backend.core.requests import read_query
from backend.inspections.api import template_serializers as s
from backend.inspections.catalogue.reading import MAX_FILE
from backend.inspections.catalogue.yaml_form import write_yaml
from backend.inspections.models import ChecklistTemplate
from backend.inspections.selectors import templates as selectors
from backend.inspections.services.template_files import import_file

YAML = "application/yaml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _FileParser(BaseParser):
    """The bytes of the body as the field `file`."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        request = (parser_context or {})["request"]
        return {"file": read_body(stream, request.META.get("HTTP_CONTENT_ENCODING", ""), MAX_FILE)}


class YamlParser(_FileParser):
    """A YAML file."""

    media_type = YAML


class XlsxParser(_FileParser):
    """A spreadsheet."""

    media_type = XLSX


class TemplateYamlView(APIView):
    """One version as a YAML file."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_yaml", responses={(200, YAML): OpenApiTypes.OBJECT})
    def get(self, request: Request, template_id: uuid.UUID) -> HttpResponse:
        found = selectors.get(actor_of(request), template_id)
        return _file(found, write_yaml(found.parsed), YAML, "yaml")


class TemplateXlsxView(APIView):
    """One version as a spreadsheet."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_xlsx", responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, template_id: uuid.UUID) -> HttpResponse:
        from backend.inspections.catalogue.sheet_form import write_xlsx  # slow to load, and seldom needed

        found = selectors.get(actor_of(request), template_id)
        return _file(found, write_xlsx(found.parsed), XLSX, "xlsx")


def _file(found: ChecklistTemplate, data: bytes, media_type: str, ending: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{found.code}-v{found.version}.{ending}"'}
    return HttpResponse(data, content_type=media_type, headers=headers)


class TemplateImportView(APIView):
    """Make a file the draft of its checklist. A dry run only tells what would happen."""

    permission_classes = (OfficeOnly,)
    parser_classes = (YamlParser, XlsxParser, MultiPartParser)

    @extend_schema(
        operation_id="templates_import",
        parameters=[s.TemplateImportQuery],
        request={
            YAML: OpenApiTypes.BINARY,
            XLSX: OpenApiTypes.BINARY,
            "multipart/form-data": s.TemplateFileIn,
        },
        responses={200: s.TemplateImportOut, 422: s.TemplateImportRefused},
    )
    def post(self, request: Request) -> Response:
        dry_run = read_query(s.TemplateImportQuery, request)["dry_run"]
        told = s.report(import_file(actor=actor_of(request), data=_bytes(request), dry_run=dry_run))
        if told["faults"] and not dry_run:
            raise Unprocessable(
                "import_refused", "文件有误，未导入任何内容，请按提示修改后重新导入。", faults=told["faults"]
            )
        return Response(told)


def _bytes(request: Request) -> bytes:
    data: Any = request.data
    match data.get("file"):
        case bytes() as body:
            return body
        case UploadedFile() as upload:
            if (upload.size or 0) > MAX_FILE:
                raise TooLarge("file_too_large", "文件不能超过1 MB。")
            return bytes(upload.read())
    raise Invalid("no_file", "请选择要导入的YAML或电子表格文件。")
