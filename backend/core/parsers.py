"""Request bodies: JSON, also gzipped, bounded before and after inflation."""

import zlib
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.parsers import BaseParser

from backend.core import codec
from backend.core.errors import Invalid, TooLarge

MAX_BODY = 1024 * 1024
"""Bytes of one request body, after inflation (protocol, Push: ≤ 1 MB inflated)."""

CHUNK = 64 * 1024


class JSONParser(BaseParser):
    """Parse JSON with orjson. Raises `Invalid(malformed_json)`, `TooLarge(body_too_large)`."""

    media_type = "application/json"
    max_body = MAX_BODY

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {})["request"]
        body = read_body(stream, request.META.get("HTTP_CONTENT_ENCODING", ""), self.max_body)
        try:
            return codec.loads(body)
        except ValueError as fault:
            raise Invalid("malformed_json", "请求内容不是有效的 JSON。") from fault


def read_body(stream: IO[Any], encoding: str, limit: int = MAX_BODY) -> bytes:
    """The whole body, inflated when `encoding` is gzip. At most `limit` bytes either way."""
    try:
        raw = stream.read(limit + 1)
    except RequestDataTooBig as fault:
        raise TooLarge("body_too_large", "提交的内容过大，请分批提交。") from fault
    if len(raw) > limit:
        raise TooLarge("body_too_large", "提交的内容过大，请分批提交。")
    if encoding.strip().lower() in {"", "identity"}:
        return bytes(raw)
    if encoding.strip().lower() != "gzip":
        raise Invalid("unknown_encoding", "不支持的内容编码，请使用 gzip。")
    return inflate(raw, limit)


def inflate(raw: bytes, limit: int) -> bytes:
    """Gunzip at most `limit` bytes, of all members (RFC 1952); a bomb costs no more than that."""
    out = bytearray()
    while raw:
        machine = zlib.decompressobj(wbits=31)
        try:
            out += machine.decompress(raw, limit + 1 - len(out))
        except zlib.error as fault:
            raise Invalid("malformed_gzip", "压缩内容已损坏。") from fault
        if len(out) > limit:
            raise TooLarge("body_too_large", "提交的内容过大，请分批提交。")
        if not machine.eof:
            raise Invalid("malformed_gzip", "压缩内容不完整。")
        raw = machine.unused_data
    return bytes(out)
