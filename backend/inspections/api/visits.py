"""Reading and reviewing visits."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, actor_of
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import visit_serializers as s
from backend.inspections.api.fields import VisitReasonIn
from backend.inspections.selectors import visits as selectors
from backend.inspections.services import reviews, visits


class VisitStartIn(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Made by the client; a second start with it changes nothing.")
    assignment = serializers.UUIDField(required=False, allow_null=True)
    target = serializers.UUIDField(required=False, allow_null=True, help_text="Without an assignment.")
    rev = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, default=0, help_text="Of the assignment, as the phone saw it; 0: not said."
    )


class ApproveIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class VisitsView(APIView):
    """Visits the caller may see, newest first."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_list", parameters=[*PAGING, s.VisitsQuery], responses=paged(s.VisitRow))
    def get(self, request: Request) -> Response:
        rows = selectors.matching(actor_of(request), **read_query(s.VisitsQuery, request))
        return Response(page_by_keys(rows, request.query_params, selectors.listed).answer(s.visit_row))

    @extend_schema(operation_id="visits_start", request=VisitStartIn, responses={201: s.VisitOut})
    def post(self, request: Request) -> Response:
        """Begin a visit of one's own assignment, or at a target met on the road."""
        given = read(VisitStartIn, request)
        started = visits.start(
            actor=actor_of(request),
            visit_id=given["id"],
            assignment_id=given.get("assignment"),
            target_id=given.get("target"),
            rev=given["rev"],
        )
        return answer(request, started.visit.pk, 201)


class VisitView(APIView):
    """One visit with everything in it."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_get", responses=s.VisitOut)
    def get(self, request: Request, visit_id: uuid.UUID) -> Response:
        return answer(request, visit_id)


class VisitApproveView(APIView):
    """Confirm a submitted visit and its findings."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_approve", request=ApproveIn, responses=s.VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        reviews.approve(actor=actor_of(request), visit_id=visit_id, **read(ApproveIn, request))
        return answer(request, visit_id)


class VisitReturnView(APIView):
    """Send a submitted visit back; its next round begins."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_return", request=VisitReasonIn, responses=s.VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        reviews.return_visit(actor=actor_of(request), visit_id=visit_id, **read(VisitReasonIn, request))
        return answer(request, visit_id)


class VisitCancelView(APIView):
    """Break off a visit that was not submitted."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_cancel", request=VisitReasonIn, responses=s.VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        visits.cancel(actor=actor_of(request), visit_id=visit_id, **read(VisitReasonIn, request))
        return answer(request, visit_id)


def answer(request: Request, visit_id: uuid.UUID, status: int = 200) -> Response:
    return Response(s.visit(selectors.whole(actor_of(request), visit_id)), status=status)
