"""What inspected units and member departments read: school editions and circulars, once they are published."""

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import WithRole, actor_of
from backend.bulletins.api import circular_serializers
from backend.bulletins.models import BulletinPaper
from backend.bulletins.selectors import bulletins, circulars
from backend.bulletins.services import handing
from backend.bulletins.services.signing import PDF
from backend.core.pages import page
from backend.core.schema import PAGING, paged
from backend.media.services import blobs

PRIVATE = {"Cache-Control": "no-store"}


class PublicOnly(WithRole):
    """Accounts of inspected units, and member departments."""

    roles = bulletins.SCHOOL_READERS


class SchoolBulletinOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    published_at = serializers.DateTimeField()
    corrects = serializers.CharField(allow_blank=True, help_text="The withdrawn issue that this one corrects.")
    pdf_sha256 = serializers.CharField(help_text="Read it at blobs/{sha256}.")
    pdf_pages = serializers.IntegerField()


class PublicCircularOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    number = serializers.CharField()
    published_at = serializers.DateTimeField()
    pdf_sha256 = serializers.CharField(help_text="Read it at blobs/{sha256}.")
    pdf_pages = serializers.IntegerField()


def school_row(paper: BulletinPaper) -> dict[str, Any]:
    issue = paper.bulletin
    return {
        "id": issue.pk,
        "title": issue.title,
        "published_at": issue.published_at,
        "corrects": issue.corrects,
        "pdf_sha256": paper.sha256,
        "pdf_pages": paper.pages,
    }


def circular_row(circular: Any) -> dict[str, Any]:
    whole = circular_serializers.row(circular)
    return {name: whole[name] for name in ("id", "title", "number", "published_at", "pdf_sha256", "pdf_pages")}


class UnitBulletinsView(APIView):
    """School editions, the newest first."""

    permission_classes = (PublicOnly,)

    @extend_schema(operation_id="unit_bulletins_list", parameters=PAGING, responses=paged(SchoolBulletinOut))
    def get(self, request: Request) -> Response:
        return Response(page(bulletins.public(actor_of(request)), request.query_params).answer(school_row))


class UnitBulletinView(APIView):
    """One of them; opening it is kept as a read receipt."""

    permission_classes = (PublicOnly,)

    @extend_schema(operation_id="unit_bulletins_read", responses=SchoolBulletinOut)
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        paper = bulletins.public_one(actor, bulletin_id)
        handing.opened(actor=actor, paper=paper.bulletin)
        return Response(school_row(paper))


class UnitBulletinPaperView(APIView):
    """The school edition itself (PDF); reading it is kept as a read receipt."""

    permission_classes = (PublicOnly,)

    @extend_schema(operation_id="unit_bulletins_paper", responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, bulletin_id: uuid.UUID) -> HttpResponse:
        actor = actor_of(request)
        paper = bulletins.public_one(actor, bulletin_id)
        handing.opened(actor=actor, paper=paper.bulletin)
        return HttpResponse(blobs.read(paper.sha256), content_type=PDF, headers=PRIVATE)


class UnitCircularsView(APIView):
    """Published circulars, the newest first."""

    permission_classes = (PublicOnly,)

    @extend_schema(operation_id="unit_circulars_list", parameters=PAGING, responses=paged(PublicCircularOut))
    def get(self, request: Request) -> Response:
        rows = circulars.scoped(actor_of(request)).defer("texts", "facts")
        return Response(page(rows, request.query_params).answer(circular_row))


class UnitCircularView(APIView):
    """One of them; opening it is kept as a read receipt."""

    permission_classes = (PublicOnly,)

    @extend_schema(operation_id="unit_circulars_read", responses=PublicCircularOut)
    def get(self, request: Request, circular_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        circular = circulars.get(actor, circular_id)
        handing.opened(actor=actor, paper=circular)
        return Response(circular_row(circular))
