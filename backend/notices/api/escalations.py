"""Papers of escalation (逾期督办): read by the office and leadership, moved by their table."""

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING
from backend.notices.api import escalation_serializers as s
from backend.notices.api.doors import StepView
from backend.notices.api.office import Overseers
from backend.notices.api.paper_answers import row
from backend.notices.api.serializers import ReasonIn
from backend.notices.selectors import escalations
from backend.notices.services import escalation_printing, scans
from backend.notices.services import escalations as services


def answer(request: Request, paper_id: uuid.UUID, status: int = 200) -> Response:
    return Response(s.whole(escalations.get(actor_of(request), paper_id)), status=status)


class EscalationsView(APIView):
    """The county's papers of escalation, newest first."""

    permission_classes = (Overseers,)

    @extend_schema(
        operation_id="escalations_list", parameters=[*PAGING, s.EscalationsQuery], responses=s.ESCALATION_PAGE
    )
    def get(self, request: Request) -> Response:
        rows = escalations.filtered(escalations.scoped(actor_of(request)), **read_query(s.EscalationsQuery, request))
        return Response(page_by_keys(rows, request.query_params, escalations.listed).answer(row))


class NoticeEscalationsView(StepView):
    """Call for a talk, propose a circular or accountability, out of turn."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_escalate", request=s.ProposeIn, responses={201: s.EscalationOut})
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        paper = services.propose(actor=actor_of(request), notice_id=notice_id, **read(s.ProposeIn, request))
        return answer(request, paper.pk, 201)


class EscalationView(StepView):
    """One paper with its steps."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="escalations_get", responses=s.EscalationOut)
    def get(self, request: Request, paper_id: uuid.UUID) -> Response:
        return answer(request, paper_id)

    @extend_schema(operation_id="escalations_amend", request=s.EscalationAmendIn, responses=s.EscalationOut)
    def patch(self, request: Request, paper_id: uuid.UUID) -> Response:
        services.amend(actor=actor_of(request), paper_id=paper_id, **read(s.EscalationAmendIn, request))
        return answer(request, paper_id)


class EscalationProofView(APIView):
    """The draft as it would be printed now, without number and code."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="escalations_proof", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, paper_id: uuid.UUID) -> HttpResponse:
        content = escalation_printing.proof(actor=actor_of(request), paper_id=paper_id)
        return HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "private, no-store"})


class EscalationSignView(StepView):
    """Sign a 督办通知: number, paper, and the unit is told."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="escalations_sign", request=None, responses=s.EscalationOut)
    def post(self, request: Request, paper_id: uuid.UUID) -> Response:
        escalation_printing.sign(actor=actor_of(request), paper_id=paper_id)
        return answer(request, paper_id)


class EscalationSummonView(StepView):
    """Call the unit to a talk."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="escalations_summon", request=s.SummonIn, responses=s.EscalationOut)
    def post(self, request: Request, paper_id: uuid.UUID) -> Response:
        services.summon(actor=actor_of(request), paper_id=paper_id, **read(s.SummonIn, request))
        return answer(request, paper_id)


class EscalationRecordView(StepView):
    """Record a talk that was held."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="escalations_record", request=s.RecordIn, responses=s.EscalationOut)
    def post(self, request: Request, paper_id: uuid.UUID) -> Response:
        escalation_printing.record(actor=actor_of(request), paper_id=paper_id, **read(s.RecordIn, request))
        return answer(request, paper_id)


class EscalationDecideView(StepView):
    """Adopt or decline a proposal."""

    permission_classes = (Overseers,)

    @extend_schema(operation_id="escalations_decide", request=s.ProposalDecisionIn, responses=s.EscalationOut)
    def post(self, request: Request, paper_id: uuid.UUID) -> Response:
        services.decide(actor=actor_of(request), paper_id=paper_id, **read(s.ProposalDecisionIn, request))
        return answer(request, paper_id)


class EscalationDropView(StepView):
    """End a paper that is neither issued nor decided."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="escalations_drop", request=ReasonIn, responses=s.EscalationOut)
    def post(self, request: Request, paper_id: uuid.UUID) -> Response:
        services.drop(actor=actor_of(request), paper_id=paper_id, **read(ReasonIn, request))
        return answer(request, paper_id)


class ScansView(StepView):
    """Declare a scan of the stamped paper; its bytes go to /api/v1/uploads/ under the id answered."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="notices_declare_scan", request=s.ScanIn, responses={201: s.ScanOut})
    def post(self, request: Request, notice_id: uuid.UUID) -> Response:
        data = read(s.ScanIn, request)
        found = scans.declare(actor=actor_of(request), notice_id=notice_id, copy_id=data.pop("id", None), **data)
        return Response(s.scan(found), status=201)
