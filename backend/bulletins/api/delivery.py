"""Handing out an issue: the papers by role, and who has read it."""

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.bulletins.api.bulletins import MakersOnly, ReadersOnly
from backend.bulletins.models import BulletinReceipt
from backend.bulletins.rules.editions import VALUES, Edition
from backend.bulletins.selectors import bulletins, receipts
from backend.bulletins.services import handing
from backend.bulletins.services.signing import PDF
from backend.core.errors import NotFound
from backend.core.pages import page
from backend.core.requests import read_query
from backend.core.schema import PAGING, paged
from backend.core.sheets import XLSX_TYPE
from backend.media.services import blobs

PRIVATE = {"Cache-Control": "no-store"}


class EditionQuery(serializers.Serializer[Any]):
    edition = serializers.ChoiceField(choices=VALUES, default=Edition.LEADERSHIP.value)


class BulletinReceiptOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    read_at = serializers.DateTimeField()


class ReadersOut(serializers.Serializer[Any]):
    readers = serializers.IntegerField(help_text="Who was told, of either edition.")
    read = serializers.IntegerField()
    waiting = serializers.ListField(child=serializers.CharField(), help_text="Names of those who have not opened it.")


class PaperView(APIView):
    """A signed paper (PDF); reading it once it is published is kept as a read receipt."""

    permission_classes = (ReadersOnly,)

    @extend_schema(
        operation_id="bulletins_paper", parameters=[EditionQuery], responses={(200, PDF): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, bulletin_id: uuid.UUID) -> HttpResponse:
        actor = actor_of(request)
        edition = read_query(EditionQuery, request)["edition"]
        bulletin = bulletins.get(actor, bulletin_id)
        found = bulletin.papers.filter(edition=edition).exclude(sha256="").first()
        if found is None:
            raise NotFound("paper", bulletin_id)
        handing.opened(actor=actor, paper=bulletin)
        return HttpResponse(blobs.read(found.sha256), content_type=PDF, headers=PRIVATE)


class IndicatorSheetView(APIView):
    """Annex 1 of a signed issue as a workbook."""

    permission_classes = (ReadersOnly,)

    @extend_schema(operation_id="bulletins_sheet", responses={(200, XLSX_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, bulletin_id: uuid.UUID) -> HttpResponse:
        bulletin = bulletins.get(actor_of(request), bulletin_id)
        found = bulletin.papers.exclude(sheet_sha256="").first()
        if found is None:
            raise NotFound("sheet", bulletin_id)
        return HttpResponse(blobs.read(found.sheet_sha256), content_type=XLSX_TYPE, headers=PRIVATE)


class ReceiptsView(APIView):
    """Who has opened a published issue, and when first; the newest first."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_receipts", parameters=PAGING, responses=paged(BulletinReceiptOut))
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        rows = BulletinReceipt.objects.filter(bulletin=bulletins.get(actor_of(request), bulletin_id))
        return Response(page(rows, request.query_params).answer(receipt))


class ReadersView(APIView):
    """Of a published issue: how many were told, how many have opened it, and who has not."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_readers", responses=ReadersOut)
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        return Response(receipts.standing(bulletins.get(actor_of(request), bulletin_id)))


def receipt(row: BulletinReceipt) -> dict[str, Any]:
    return {"name": row.name, "read_at": row.read_at}
