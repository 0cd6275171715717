"""The controls that pushing is measured beside: bench-only views behind the same server, signed in as on the product's.

`bare` writes the rows of a push by set-based SQL in two transactions and judges nothing; `apart` hands the product's
own push one operation at a time, so that none shares a transaction; `trivial` only says who asks.
"""

import functools
import os
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.permissions import MayDeposit, actor_of
from backend.sync.api.views import RawParser, device_of
from backend.sync.services.push import push
from backend.sync.wire import PushIn
from bench.pattern import Pattern, ids_of, statements

PATTERN = "pattern.json"


def worker(_request: HttpRequest) -> HttpResponse:
    """Which of the server's processes answers, so that clients can spread evenly over them."""
    return HttpResponse(str(os.getpid()))


class TrivialView(APIView):
    """An authenticated view that does nothing."""

    permission_classes = (MayDeposit,)

    def post(self, request: Request) -> Response:
        return Response({"user": actor_of(request).user_id})


class BareView(APIView):
    """The rows of a push, written by set-based SQL: bound on the server, prepared; nothing is read or judged."""

    permission_classes = (MayDeposit,)
    parser_classes = (RawParser,)

    def post(self, request: Request) -> Response:
        actor_of(request)
        raw = [bytes(each).decode() for each in _read(request).ops]
        ops = [msgspec.json.decode(each) for each in raw]
        ids = ids_of(str(device_of(request)), ops[0]["data"]["assignment"], ops)
        scope = int(request.headers["Bench-Scope"])
        connection.ensure_connection()
        driver: Any = connection.connection
        driver.prepare_threshold = 1  # the product's connections leave preparing to `core.prepared`
        for custody in (True, False):
            with driver.transaction(), psycopg.Cursor(driver) as cursor:
                for sql, parameters in statements(_pattern(), ids, scope, raw, custody=custody):
                    cursor.execute(sql, parameters, prepare=True)
        return Response({"results": [{"op": op["op"], "status": "applied", "rev": 1} for op in ops]})


class ApartView(APIView):
    """The product's own push, one operation at a time: custody and judgement of each in transactions of its own."""

    permission_classes = (MayDeposit,)
    parser_classes = (RawParser,)

    def post(self, request: Request) -> Response:
        actor, device = actor_of(request), device_of(request)
        answers = [push(actor, device, PushIn(ops=[each])) for each in _read(request).ops]
        return Response({"results": [result for answer in answers for result in answer.body["results"]]})


def _read(request: Request) -> PushIn:
    data: Any = request.data
    return msgspec.json.decode(data["body"], type=PushIn)


@functools.cache
def _pattern() -> Pattern:
    file = Path(settings.DATA_DIR) / PATTERN
    return msgspec.json.decode(file.read_bytes(), type=Pattern)


def pattern_kept(pattern: Pattern) -> None:
    """For the server's processes to read."""
    (Path(settings.DATA_DIR) / PATTERN).write_bytes(msgspec.json.encode(pattern))
