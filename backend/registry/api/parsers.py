"""Request bodies that are CSV files."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from backend.core.errors import Invalid, TooLarge
from backend.core.parsers import read_body

MAX_FILE = 4 * 1024 * 1024
"""Bytes of one list; 10,000 schools take about 1.3 MB."""

TOO_LARGE = "文件不能超过 4 MB，请分批导入。"


class CsvParser(BaseParser):
    """The bytes of a `text/csv` body, gunzipped if need be, as the field `file`; what they mean the import decides."""

    media_type = "text/csv"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, bytes]:
        request = (parser_context or {})["request"]
        return {"file": read_body(stream, request.META.get("HTTP_CONTENT_ENCODING", ""), MAX_FILE)}


def csv_bytes(request: Request) -> bytes:
    """The file of the request: its `text/csv` body, or the field `file` of a form.

    Raises `Invalid(no_file)`, `TooLarge(file_too_large)`.
    """
    data: Any = request.data
    match data.get("file"):
        case bytes() as body:
            return body
        case UploadedFile() as upload:
            if (upload.size or 0) > MAX_FILE:
                raise TooLarge("file_too_large", TOO_LARGE)
            return bytes(upload.read())
    raise Invalid("no_file", "请选择要导入的 CSV 文件。")
