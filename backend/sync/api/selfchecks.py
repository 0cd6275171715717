"""`POST /api/v1/sync/selfcheck`: a phone tells the office what it can do (phone.md, 本机自检)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.errors import Forbidden
from backend.core.permissions import SignedIn, actor_of
from backend.core.requests import read
from backend.sync import reporting
from backend.sync.api import throttling
from backend.sync.models import Health
from backend.sync.registry import registry
from backend.sync.services import selfchecks

MOST = 40
"""Checks in one message; the phone makes about fifteen."""


class OneCheck(serializers.Serializer[Any]):
    name = serializers.RegexField(r"^[a-z_]{1,32}$", help_text="What was tried: secure_context, storage_free ….")
    health = serializers.ChoiceField(choices=Health.choices)
    words = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="What the person was told.")


class SelfCheckIn(serializers.Serializer[Any]):
    app = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="Version of the app.")
    system = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="In the browser's words.")
    checks = serializers.ListField(child=OneCheck(), max_length=MOST)


class SelfCheckOut(serializers.Serializer[Any]):
    app = serializers.CharField(allow_blank=True)
    system = serializers.CharField(allow_blank=True)
    checks = OneCheck(many=True)
    failing = serializers.IntegerField(help_text="How many of the checks are bad.")
    told_at = serializers.DateTimeField()


class SelfCheckView(APIView):
    """Keep the self-check of the caller's device; the office reads it in `GET /sync/devices`."""

    permission_classes = (SignedIn,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        throttling.check(request)
        super().initial(request, *args, **kwargs)

    @extend_schema(operation_id="sync_selfcheck", request=SelfCheckIn, responses=SelfCheckOut)
    def post(self, request: Request) -> Response:
        actor = actor_of(request)
        if not registry.may_sync(actor):
            raise Forbidden("no_sync", "此账号不使用离线同步。")
        return Response(reporting.checked(selfchecks.told(actor=actor, **read(SelfCheckIn, request))))
