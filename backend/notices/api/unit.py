"""The side of the inspected unit: its own notices from `issued` on, and nothing else."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import UnitOnly, actor_of
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING
from backend.notices.api import answers
from backend.notices.api import serializers as s
from backend.notices.api.doors import StepView
from backend.notices.selectors import notices
from backend.notices.services import evidence, issuing, replies, reports
from backend.notices.services.reports import Part


def answer(request: Request, notice_id: uuid.UUID, status: int = 200) -> Response:
    return Response(answers.for_unit(notices.get(actor_of(request), notice_id)), status=status)


class UnitNoticesView(APIView):
    """The notices of the caller's unit, newest first."""

    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_notices_list", parameters=[*PAGING, s.UnitNoticesQuery], responses=s.NOTICE_PAGE)
    def get(self, request: Request) -> Response:
        rows = notices.filtered(notices.scoped(actor_of(request)), **read_query(s.UnitNoticesQuery, request))
        return Response(page_by_keys(rows, request.query_params, notices.listed).answer(answers.row))


class UnitNoticeView(APIView):
    """One notice; opening it for the first time is kept as a read receipt."""

    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_notices_get", responses=s.UnitNoticeOut)
    def get(self, request: Request, notice_id: uuid.UUID) -> Response:
        notice = notices.get(actor_of(request), notice_id)
        issuing.opened(actor=actor_of(request), notice=notice)
        return Response(answers.for_unit(notice))


class UnitAcknowledgeView(StepView):
    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_notices_acknowledge", request=None, responses=s.UnitNoticeOut)
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        replies.acknowledge(actor=actor_of(request), notice_id=notice_id)
        return answer(request, notice_id)


class UnitDefenceView(StepView):
    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_notices_object", request=s.DefenceIn, responses={201: s.UnitNoticeOut})
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        replies.object_to(actor=actor_of(request), notice_id=notice_id, **read(s.DefenceIn, request))
        return answer(request, notice_id, 201)


class UnitExtensionView(StepView):
    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_notices_extend", request=s.ExtensionIn, responses={201: s.UnitNoticeOut})
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        replies.request_extension(actor=actor_of(request), notice_id=notice_id, **read(s.ExtensionIn, request))
        return answer(request, notice_id, 201)


class UnitReportView(StepView):
    """Report on some or all findings."""

    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_notices_report", request=s.ReportIn, responses={201: s.UnitNoticeOut})
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        data = read(s.ReportIn, request)
        parts = [Part(**each) for each in data.pop("parts")]
        reports.submit_report(actor=actor_of(request), notice_id=notice_id, parts=parts, **data)
        return answer(request, notice_id, 201)


class UnitEvidenceView(StepView):
    """Declare a photo or paper; its bytes go to /api/v1/uploads/ under the id answered."""

    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_notices_declare_evidence", request=s.EvidenceIn, responses={201: s.EvidenceOut})
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        data = read(s.EvidenceIn, request)
        proof = evidence.declare(
            actor=actor_of(request),
            notice_id=notice_id,
            item_id=data.pop("item"),
            evidence_id=data.pop("id", None),
            **data,
        )
        return Response(answers.evidence(proof), status=201)
