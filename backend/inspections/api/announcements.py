"""Announcements of the office to the field."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.core.pages import page
from backend.core.requests import read
from backend.core.schema import PAGING, paged
from backend.inspections.models import Announcement
from backend.inspections.selectors import announcements as selectors
from backend.inspections.services import announcements


class AnnouncementIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120)
    body = serializers.CharField(max_length=4000)


class AnnouncementOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    body = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class AnnouncementsView(APIView):
    """What the office has to say to everybody in the field, newest first."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="announcements_list", parameters=PAGING, responses=paged(AnnouncementOut))
    def get(self, request: Request) -> Response:
        return Response(page(selectors.standing(actor_of(request)), request.query_params).answer(announcement))

    @extend_schema(operation_id="announcements_publish", request=AnnouncementIn, responses={201: AnnouncementOut})
    def post(self, request: Request) -> Response:
        row = announcements.announce(actor=actor_of(request), **read(AnnouncementIn, request))
        return Response(announcement(row), status=201)


class AnnouncementWithdrawView(APIView):
    """Take an announcement back."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="announcements_withdraw", request=None, responses=AnnouncementOut)
    def post(self, request: Request, announcement_id: uuid.UUID) -> Response:
        return Response(announcement(announcements.withdraw(actor=actor_of(request), announcement_id=announcement_id)))


def announcement(row: Announcement) -> dict[str, Any]:
    return {"id": row.pk, "title": row.title, "body": row.body, "by": row.author_name, "at": row.published_at}
