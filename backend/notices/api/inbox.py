"""A person's own inbox."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING
from backend.notices.models import InboxEntry
from backend.notices.selectors import inbox
from backend.notices.services import inbox as services


class SubjectOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    id = serializers.CharField()


class InboxEntryOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="Number in this person's inbox, from 1, without gaps.")
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    subject = SubjectOut(help_text="What the message is about.")
    at = serializers.DateTimeField()
    read = serializers.BooleanField()
    needs_ack = serializers.BooleanField(help_text="Its reader has to confirm it: POST …/acknowledge.")
    acknowledged = serializers.BooleanField()


class InboxOut(serializers.Serializer[Any]):
    items = InboxEntryOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="None on the last page.")
    unread = serializers.IntegerField()
    last = serializers.IntegerField(help_text="Number of the newest message, 0 for an empty inbox.")


class InboxQuery(serializers.Serializer[Any]):
    unread = serializers.BooleanField(default=False, help_text="Only what is not read yet.")
    since = serializers.IntegerField(
        min_value=0, max_value=2**53, default=0, help_text="Only what is numbered higher: what a client has missed."
    )


class InboxReadIn(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField(), max_length=200, default=list)
    upto = serializers.IntegerField(
        min_value=0, max_value=2**53, allow_null=True, default=None, help_text="Also everything up to this number."
    )


class InboxStandingOut(serializers.Serializer[Any]):
    unread = serializers.IntegerField()
    last = serializers.IntegerField()


class InboxView(APIView):
    """Messages, newest first."""

    @extend_schema(
        operation_id="inbox_list",
        parameters=[*PAGING, InboxQuery],
        responses=InboxOut,
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        wanted = read_query(InboxQuery, request)
        rows = inbox.of(actor).filter(seq__gt=wanted["since"])
        if wanted["unread"]:
            rows = rows.filter(read_at__isnull=True)
        return Response(page(rows, request.query_params, by="-seq").answer(entry_json) | standing(request))


class InboxReadView(APIView):
    @extend_schema(operation_id="inbox_read", request=InboxReadIn, responses=InboxStandingOut)
    def post(self, request: Request) -> Response:
        services.mark_read(actor=actor_of(request), **read(InboxReadIn, request))
        return Response(standing(request))


def standing(request: Request) -> dict[str, int]:
    actor = actor_of(request)
    return {"unread": inbox.unread(actor), "last": inbox.last_seq(actor)}


def entry_json(entry: InboxEntry) -> dict[str, Any]:
    return {"id": entry.pk, **entry.journal_document()}
