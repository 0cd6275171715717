"""Which phones hold work that the office does not have yet."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.pages import DEFAULT_LIMIT, MAX_LIMIT
from backend.core.permissions import SignedIn, actor_of
from backend.core.requests import read_query
from backend.core.schema import paged
from backend.sync import reporting
from backend.sync.api.selfchecks import SelfCheckOut
from backend.sync.registry import registry


class Overseers(SignedIn):
    """The office of a county."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and registry.oversees(actor_of(request))


class SyncDevicesQuery(serializers.Serializer[Any]):
    unsent = serializers.BooleanField(default=False, help_text="Only devices that told of unsent work.")
    failing = serializers.BooleanField(default=False, help_text="Only devices whose last self-check found a fault.")
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)
    after = serializers.UUIDField(required=False, help_text="`next` of the page before.")


class PendingOut(serializers.Serializer[Any]):
    ops = serializers.IntegerField(help_text="Operations that were not sent yet.")
    uploads = serializers.IntegerField()
    bytes = serializers.IntegerField(help_text="Of those uploads.")
    oldest = serializers.IntegerField(allow_null=True, help_text="When the oldest was made, ms, as the phone reckons.")
    since = serializers.DateTimeField(allow_null=True, help_text="Since when it tells of unsent work; null: none.")
    told_at = serializers.DateTimeField(help_text="When it last told something new.")


class SyncDeviceRow(serializers.Serializer[Any]):
    device = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    platform = serializers.CharField(allow_blank=True)
    user = serializers.IntegerField(allow_null=True)
    user_name = serializers.CharField(allow_blank=True)
    revoked = serializers.BooleanField()
    last_contact = serializers.DateTimeField(allow_null=True, help_text="Sign-in or its renewal, push, or news.")
    pushed_at = serializers.DateTimeField(allow_null=True)
    have = serializers.IntegerField(help_text="Highest number up to which nothing lacks.")
    lacking = serializers.BooleanField(help_text="Later numbers are here, and one before them is not.")
    resets = serializers.IntegerField(help_text="How often it had to be sent a scope again.")
    pending = PendingOut(allow_null=True, help_text="Null: it never told.")
    self_check = SelfCheckOut(allow_null=True, help_text="The last 本机自检; null: none was sent.")


class SyncDevicesView(APIView):
    """The county's devices that take part in sync."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="sync_devices", parameters=[SyncDevicesQuery], responses=paged(SyncDeviceRow))
    def get(self, request: Request) -> Response:
        rows, more = reporting.devices(
            actor_of(request).county_id, **{"after": None, **read_query(SyncDevicesQuery, request)}
        )
        return Response({"items": rows, "next": str(rows[-1]["device"]) if more else None})
