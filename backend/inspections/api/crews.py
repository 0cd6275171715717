"""What concerns a crew between release and return: who drops out, and what the unit was told beforehand."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.core.fields import DayField
from backend.core.requests import read
from backend.inspections.services import advance_notices, leaving


class LeaveIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)
    successor = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**53, help_text="User id of who leads from now on."
    )


class AdvanceNoticeIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=60)
    given_on = DayField()


class AdvanceNoticeOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    given_on = serializers.DateField()
    at = serializers.DateTimeField()


class AssignmentLeaveView(APIView):
    """Drop out of a crew that goes on; the caller no longer sees it."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="assignments_leave", request=LeaveIn, responses={204: None})
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        leaving.leave(actor=actor_of(request), assignment_id=assignment_id, **read(LeaveIn, request))
        return Response(status=204)


class AdvanceNoticeView(APIView):
    """A special or comprehensive supervision was announced to its unit in writing. Office only."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="assignments_record_notice", request=AdvanceNoticeIn, responses={201: AdvanceNoticeOut})
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        given = read(AdvanceNoticeIn, request)
        row = advance_notices.record(actor=actor_of(request), assignment_id=assignment_id, **given)
        return Response({"number": row.number, "given_on": row.given_on, "at": row.at}, status=201)
