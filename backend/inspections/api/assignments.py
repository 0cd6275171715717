"""The plan, as far as the caller may know it."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import assignment_serializers as s
from backend.inspections.api.fields import VisitReasonIn
from backend.inspections.selectors import assignments as selectors
from backend.inspections.selectors import burden
from backend.inspections.services import assignments, recusals


class AssignmentsView(APIView):
    """Assignments: office and leadership see all, leaders their teams' from the reveal, crews their own."""

    permission_classes = (FieldOnly,)

    @extend_schema(
        operation_id="assignments_list", parameters=[*PAGING, s.AssignmentsQuery], responses=paged(s.AssignmentOut)
    )
    def get(self, request: Request) -> Response:
        rows = selectors.matching(actor_of(request), **read_query(s.AssignmentsQuery, request))
        return Response(page_by_keys(rows, request.query_params, selectors.listed_by).answer(s.assignment))

    @extend_schema(operation_id="assignments_create", request=s.AssignmentsIn, responses={201: s.PlannedOut})
    def post(self, request: Request) -> Response:
        """Plan assignments, all or none; nobody learns of them before their release. Office only.

        `warnings` names those with which a school is visited too often; they are made all the same.
        """
        actor = actor_of(request)
        news = [s.new_assignment(item) for item in read(s.AssignmentsIn, request)["items"]]
        made = assignments.assign_many(actor=actor, news=news)
        rows = selectors.listed(actor, [row.pk for row in made])
        warned = [s.warning(one) for one in burden.warnings(actor.county_id, made)]
        return Response({"items": [s.assignment(row) for row in rows], "warnings": warned}, status=201)


class AssignmentView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="assignments_get", responses=s.AssignmentOut)
    def get(self, request: Request, assignment_id: uuid.UUID) -> Response:
        return answer(request, assignment_id)


class AssignmentReleasesView(APIView):
    """Release several assignments, all or none."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="assignments_release_many", request=s.AssignmentIdsIn, responses=s.AssignmentsOut)
    def post(self, request: Request) -> Response:
        actor, ids = actor_of(request), read(s.AssignmentIdsIn, request)["ids"]
        assignments.release_many(actor=actor, assignment_ids=ids)
        return Response({"items": [s.assignment(row) for row in selectors.listed(actor, ids)]})


class AssignmentReleaseView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="assignments_release", request=None, responses=s.AssignmentOut)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        assignments.release(actor=actor_of(request), assignment_id=assignment_id)
        return answer(request, assignment_id)


class AssignmentCancelView(APIView):
    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="assignments_cancel", request=VisitReasonIn, responses=s.AssignmentOut)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        assignments.cancel(actor=actor_of(request), assignment_id=assignment_id, **read(VisitReasonIn, request))
        return answer(request, assignment_id)


class AssignmentReassignView(APIView):
    """Send other people."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="assignments_reassign", request=s.ReassignIn, responses=s.AssignmentOut)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        assignments.reassign(actor=actor_of(request), assignment_id=assignment_id, **read(s.ReassignIn, request))
        return answer(request, assignment_id)


class AssignmentAcceptView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="assignments_accept", request=None, responses=s.AssignmentOut)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        assignments.accept(actor=actor_of(request), assignment_id=assignment_id)
        return answer(request, assignment_id)


class AssignmentDeclineView(APIView):
    """Hand an assignment back; the caller no longer sees it."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="assignments_decline", request=VisitReasonIn, responses={204: None})
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        assignments.decline(actor=actor_of(request), assignment_id=assignment_id, **read(VisitReasonIn, request))
        return Response(status=204)


class AssignmentDepartView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="assignments_depart", request=None, responses=s.AssignmentOut)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        assignments.depart(actor=actor_of(request), assignment_id=assignment_id)
        return answer(request, assignment_id)


class RecusalView(APIView):
    """Stay away from an assignment; the caller no longer sees it."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="recusals_declare", request=s.RecusalIn, responses={201: s.RecusalOut})
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        given = read(s.RecusalIn, request)
        found = recusals.declare(actor=actor_of(request), assignment_id=assignment_id, **given)
        return Response({"id": found.pk, "kind": found.kind, "declared_at": found.declared_at}, status=201)


def answer(request: Request, assignment_id: uuid.UUID) -> Response:
    return Response(s.assignment(selectors.get(actor_of(request), assignment_id)))
