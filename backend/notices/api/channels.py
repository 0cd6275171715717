"""Confirming messages, and how they reach people beside the inbox."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.pages import page
from backend.core.requests import read
from backend.core.schema import PAGING, paged
from backend.notices.api.inbox import InboxEntryOut, entry_json
from backend.notices.models import Channel, DeliveryState, InboxDelivery, InboxEntry, InboxPreference
from backend.notices.selectors import inbox
from backend.notices.services import dispatching, preferences
from backend.notices.services import inbox as services

QUIET_KINDS = ("announcement", "bulletin", "notice", "plan", "operation")
"""Rooms of messages that somebody may want to find in the inbox only."""


class InboxAcknowledgeView(APIView):
    """Confirm a message that asks for it; repeating it does no harm."""

    @extend_schema(operation_id="inbox_acknowledge", request=None, responses=InboxEntryOut)
    def post(self, request: Request, entry_id: uuid.UUID) -> Response:
        entry, _ = services.acknowledge(actor=actor_of(request), entry_id=entry_id)
        return Response(entry_json(entry))


class DeliveryOut(serializers.Serializer[Any]):
    channel = serializers.ChoiceField(choices=Channel.choices)
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    tries = serializers.IntegerField()
    due_at = serializers.DateTimeField(help_text="While it waits: when it is sent, or tried again.")
    sent_at = serializers.DateTimeField(allow_null=True)
    fault = serializers.CharField(allow_blank=True)


class InboxDeliveriesOut(serializers.Serializer[Any]):
    entry = InboxEntryOut()
    deliveries = DeliveryOut(many=True)


class InboxDeliveriesView(APIView):
    """What became of one of one's own messages on the second channels."""

    @extend_schema(operation_id="inbox_deliveries", responses=InboxDeliveriesOut)
    def get(self, request: Request, entry_id: uuid.UUID) -> Response:
        entry = inbox.get(actor_of(request), entry_id)
        sent = [delivery_json(row) for row in entry.deliveries.order_by("channel")]
        return Response({"entry": entry_json(entry), "deliveries": sent})


def delivery_json(row: InboxDelivery) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("channel", "state", "tries", "due_at", "sent_at", "fault")}


class InboxPreferencesIn(serializers.Serializer[Any]):
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices), max_length=2, default=list)
    email = serializers.EmailField(max_length=120, allow_blank=True, default="")
    number = serializers.RegexField(
        r"^[0-9A-Za-z+@._-]+$", max_length=64, allow_blank=True, default="", help_text="Phone or WeChat Work account."
    )
    quiet_kinds = serializers.ListField(child=serializers.ChoiceField(choices=QUIET_KINDS), max_length=5, default=list)
    mute_from = serializers.TimeField(allow_null=True, default=None, help_text="Time of day in China.")
    mute_until = serializers.TimeField(allow_null=True, default=None)


class InboxPreferencesOut(InboxPreferencesIn):
    available = serializers.ListField(child=serializers.CharField(), help_text="Second channels of this server.")


class InboxPreferencesView(APIView):
    """One's own wishes; the inbox itself is never off."""

    @extend_schema(operation_id="inbox_preferences", responses=InboxPreferencesOut)
    def get(self, request: Request) -> Response:
        return Response(preference_json(inbox.preference(actor_of(request))))

    @extend_schema(operation_id="inbox_prefer", request=InboxPreferencesIn, responses=InboxPreferencesOut)
    def put(self, request: Request) -> Response:
        wish = preferences.prefer(actor=actor_of(request), **read(InboxPreferencesIn, request))
        return Response(preference_json(wish))


def preference_json(wish: InboxPreference) -> dict[str, Any]:
    names = ("channels", "email", "number", "quiet_kinds", "mute_from", "mute_until")
    return {name: getattr(wish, name) for name in names} | {"available": dispatching.channels()}


class UnconfirmedOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    at = serializers.DateTimeField()
    read = serializers.BooleanField()


class UnconfirmedView(APIView):
    """For the office: messages that somebody has still to confirm, newest first."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="inbox_unconfirmed", parameters=PAGING, responses=paged(UnconfirmedOut))
    def get(self, request: Request) -> Response:
        found = page(inbox.unconfirmed(actor_of(request)), request.query_params)
        names = inbox.names(found.rows)
        return Response(found.answer(lambda row: unconfirmed_json(row, names)))


def unconfirmed_json(row: InboxEntry, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": row.pk,
        "user": row.user_id,
        "name": names.get(row.user_id, ""),
        "kind": row.kind,
        "title": row.title,
        "at": row.at,
        "read": row.read_at is not None,
    }
