"""Push, pull, offer over HTTP (protocol, Transport)."""

import gzip
import re
import uuid
from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Forbidden, Invalid, Problem, Throttled, TooLarge
from backend.core.parsers import MAX_BODY, read_body
from backend.core.permissions import MayDeposit, SignedIn, actor_of
from backend.core.schema import ProblemSerializer
from backend.sync import selectors
from backend.sync.api import serializers as s
from backend.sync.api import throttling
from backend.sync.models.state import state
from backend.sync.registry import registry
from backend.sync.services import reports
from backend.sync.services.pull import pull
from backend.sync.services.push import push
from backend.sync.wire import OfferIn, PullIn, PushIn, parse, parse_push

MIN_SCHEMA = 1
"""Phones below this must update before they can pull; their pushes are still taken (protocol, Errors)."""

READ_LIMIT = 8 * MAX_BODY
"""Up to here an oversized push is read far enough to name the one operation that is too large."""

GZIP_FROM = 512

HEADERS = [
    OpenApiParameter("Sync-Device", uuid.UUID, OpenApiParameter.HEADER, description="The device's id."),
    OpenApiParameter("Sync-Schema", int, OpenApiParameter.HEADER, description="Schema version of the client."),
]


class RawParser(BaseParser):
    """The bounded, inflated body as bytes: operations are stored verbatim."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        return {"body": read_body(stream, request.META.get("HTTP_CONTENT_ENCODING", ""), READ_LIMIT)}


class SyncView(APIView):
    """Adds `Sync-Time` and `Sync-Epoch` to every answer; refuses people who do not sync."""

    parser_classes = (RawParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        throttling.check(request)
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Sync-Time"] = str(clock.now_ms())
        # To the throttled the server adds the epoch it remembers, unasked.
        if response.status_code != Throttled.status and not response.has_header("Sync-Epoch"):
            response["Sync-Epoch"] = state().name
        response["Cache-Control"] = "no-store"
        return response

    def speaker(self, request: Request) -> Actor:
        """The caller. Raises `Forbidden` for accounts that do not sync (schools, institutions, the public)."""
        actor = actor_of(request)
        if not registry.may_sync(actor):
            raise Forbidden("no_sync", "此账号不使用离线同步。")
        return actor

    def body(self, request: Request) -> bytes:
        data = request.data
        return data["body"] if isinstance(data, dict) and "body" in data else b""


class PushView(SyncView):
    """Hand in operations. Every status means: the server has custody."""

    permission_classes = (MayDeposit,)

    @extend_schema(operation_id="sync_push", parameters=HEADERS, request=s.PushIn, responses=s.PushOut)
    def post(self, request: Request) -> Response:
        actor = self.speaker(request)
        body = self.body(request)
        read = parse_push(body)
        if len(body) > MAX_BODY:
            raise self._too_large(read)
        device = device_of(request)
        answer = push(actor, device, read, form_fault=_device_fault(request, device))
        reports.told(actor, read.pending)
        return Response(answer.body, headers={"Sync-Epoch": answer.epoch})

    def _too_large(self, read: PushIn) -> Problem:
        if len(read.ops) != 1:
            return TooLarge("body_too_large", "提交的内容过大，请减半后重新提交。")
        named = re.search(rb'"op"\s*:\s*"([0-9a-fA-F-]{36})"', bytes(read.ops[0]))
        return TooLarge(
            "op_too_large", "单个操作过大，已在手机上另行保存。", op=named.group(1).decode() if named else None
        )


def device_of(request: Request) -> uuid.UUID:
    """The device of the token."""
    device = actor_of(request).device_id
    if device is None:
        raise Forbidden("no_device", "此登录方式不使用离线同步。")
    return device


def _device_fault(request: Request, device: uuid.UUID) -> str:
    named = request.headers.get("Sync-Device")
    if named is None or named.lower() == str(device):
        return ""
    return "Sync-Device is not the device of the token"


class PullView(SyncView):
    """Receive what the phone lacks, from the cursor on."""

    permission_classes = (SignedIn,)

    @extend_schema(
        operation_id="sync_pull",
        parameters=HEADERS,
        request=s.PullIn,
        responses={200: s.PullOut, 426: ProblemSerializer},
    )
    def post(self, request: Request) -> HttpResponse:
        actor = self.speaker(request)
        _check_schema(request)
        read: PullIn = parse(self.body(request) or b"{}", PullIn)
        page = pull(actor, read)
        reports.told(actor, read.pending)
        answer = _json(request, page.body)
        answer["Sync-Epoch"] = page.epoch
        return answer


def _check_schema(request: Request) -> None:
    told = request.headers.get("Sync-Schema", str(MIN_SCHEMA))
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        raise Invalid("invalid", "请求头 Sync-Schema 应为整数。")
    if int(told) < MIN_SCHEMA:
        problem = Problem("upgrade", "应用版本过旧，请更新后再下载数据；未发送的工作不受影响。", min_schema=MIN_SCHEMA)
        problem.status = 426
        raise problem


def _json(request: Request, body: bytes) -> HttpResponse:
    """Ready JSON, gzipped where it pays; level 1, because phones wait for the first byte."""
    answer = HttpResponse(content_type="application/json")
    answer["Vary"] = "Accept-Encoding"
    if len(body) >= GZIP_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 1, mtime=0)
        answer["Content-Encoding"] = "gzip"
    answer.content = body
    return answer


class OfferView(SyncView):
    """After an epoch change: which of these operations does the server lack?"""

    permission_classes = (MayDeposit,)

    @extend_schema(operation_id="sync_offer", parameters=HEADERS, request=s.OfferIn, responses=s.OfferOut)
    def post(self, request: Request) -> Response:
        actor = self.speaker(request)
        read: OfferIn = parse(self.body(request), OfferIn)
        return Response({"lack": [str(each) for each in selectors.lacking(actor.person, read.ids)]})
