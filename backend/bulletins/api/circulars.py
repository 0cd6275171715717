"""Circulars for their makers, and the monthly coverage sheet."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.bulletins.api import circular_serializers as s
from backend.bulletins.api.bulletins import MakersOnly
from backend.bulletins.api.serializers import BulletinReasonIn
from backend.bulletins.models import Circular
from backend.bulletins.selectors import circulars as selectors
from backend.bulletins.services import circulars, coverage_sheets, handing
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.core.sheets import XLSX_TYPE

PRIVATE = {"Cache-Control": "no-store"}


class CircularsView(APIView):
    """Circulars, newest first."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_list", parameters=PAGING, responses=paged(s.CircularRow))
    def get(self, request: Request) -> Response:
        rows = selectors.scoped(actor_of(request)).defer("texts", "facts")
        return Response(page(rows, request.query_params).answer(s.row))


class CircularCompileView(APIView):
    """Freeze the facts of a month and write the draft, or do so again before signing."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_compile", request=s.CircularMonthIn, responses=s.CircularOut)
    def post(self, request: Request) -> Response:
        return _detail(circulars.compile(actor=actor_of(request), **read(s.CircularMonthIn, request)))


class CircularView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_read", responses=s.CircularOut)
    def get(self, request: Request, circular_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        circular = selectors.get(actor, circular_id)
        handing.opened(actor=actor, paper=circular)
        return _detail(circular)


class CircularTextsView(APIView):
    """The words of a draft, and whom it names."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_edit", request=s.CircularTextsIn, responses=s.CircularOut)
    def patch(self, request: Request, circular_id: uuid.UUID) -> Response:
        texts = read(s.CircularTextsIn, request)
        return _detail(circulars.edit(actor=actor_of(request), circular_id=circular_id, texts=texts))


class CircularReviewView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_review", request=None, responses=s.CircularOut)
    def post(self, request: Request, circular_id: uuid.UUID) -> Response:
        return _step(circulars.review, request, circular_id)


class CircularReviseView(APIView):
    """Back to the draft."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_revise", request=BulletinReasonIn, responses=s.CircularOut)
    def post(self, request: Request, circular_id: uuid.UUID) -> Response:
        reason = read(BulletinReasonIn, request)["reason"]
        return _detail(circulars.revise(actor=actor_of(request), circular_id=circular_id, reason=reason))


class CircularSignView(APIView):
    """Number, print and sign; whom it names is decided by this."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_sign", request=None, responses=s.CircularOut)
    def post(self, request: Request, circular_id: uuid.UUID) -> Response:
        return _step(circulars.sign, request, circular_id)


class CircularPublishView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_publish", request=None, responses=s.CircularOut)
    def post(self, request: Request, circular_id: uuid.UUID) -> Response:
        return _step(circulars.publish, request, circular_id)


class CircularWithdrawView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_withdraw", request=BulletinReasonIn, responses=s.CircularOut)
    def post(self, request: Request, circular_id: uuid.UUID) -> Response:
        reason = read(BulletinReasonIn, request)["reason"]
        return _detail(circulars.withdraw(actor=actor_of(request), circular_id=circular_id, reason=reason))


class CircularProofView(APIView):
    """The paper as it would be signed now (PDF); of a signed one the paper itself."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="circulars_proof", responses={(200, circulars.PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, circular_id: uuid.UUID) -> HttpResponse:
        paper = circulars.proof(actor=actor_of(request), circular_id=circular_id)
        return HttpResponse(paper, content_type=circulars.PDF, headers=PRIVATE)


class CoverageSheetView(APIView):
    """The monthly coverage sheet, unit by week on both tracks (PDF)."""

    permission_classes = (MakersOnly,)

    @extend_schema(
        operation_id="coverage_sheets_pdf",
        parameters=[s.CircularMonthIn],
        responses={(200, circulars.PDF): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        month = read_query(s.CircularMonthIn, request)["month"]
        paper = coverage_sheets.pdf(actor=actor_of(request), month=month)
        return HttpResponse(paper, content_type=circulars.PDF, headers=PRIVATE)


class CoverageWorkbookView(APIView):
    """The monthly coverage sheet as a workbook."""

    permission_classes = (MakersOnly,)

    @extend_schema(
        operation_id="coverage_sheets_xlsx",
        parameters=[s.CircularMonthIn],
        responses={(200, XLSX_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        month = read_query(s.CircularMonthIn, request)["month"]
        book = coverage_sheets.workbook(actor=actor_of(request), month=month)
        return HttpResponse(book, content_type=XLSX_TYPE, headers=PRIVATE)


def _step(service: Callable[..., Circular], request: Request, circular_id: uuid.UUID) -> Response:
    return _detail(service(actor=actor_of(request), circular_id=circular_id))


def _detail(circular: Circular) -> Response:
    return Response(s.detail(circular))
