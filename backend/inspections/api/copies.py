"""Redacted and approved copies of photos."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.core.errors import NotFound
from backend.core.fields import FiniteField
from backend.core.requests import read
from backend.inspections.api.fields import VisitReasonIn
from backend.inspections.models import CopyProcess, EvidenceCopy
from backend.inspections.selectors import copies as selectors
from backend.inspections.selectors import evidence
from backend.inspections.services import copies
from backend.media.rules.redaction import MOST_AREAS, Area


class AreaField(serializers.Serializer[Any]):
    """A rectangle in parts of the width and height of the upright picture, from its upper left corner."""

    x = FiniteField(min_value=0, max_value=1)
    y = FiniteField(min_value=0, max_value=1)
    width = FiniteField(min_value=0, max_value=1)
    height = FiniteField(min_value=0, max_value=1)


class RedactionIn(serializers.Serializer[Any]):
    areas = serializers.ListField(child=AreaField(), min_length=1, max_length=MOST_AREAS)
    reason = serializers.CharField(max_length=500)


class ApprovalIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class EvidenceCopyOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    evidence = serializers.UUIDField()
    process = serializers.ChoiceField(choices=CopyProcess.choices)
    sha256 = serializers.CharField(help_text="The bytes are at /api/v1/blobs/{sha256}.")
    size = serializers.IntegerField(help_text="Bytes.")
    areas = AreaField(many=True)
    reason = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField(allow_null=True)
    by_name = serializers.CharField()
    at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True, help_text="Null: this is the one that may be shown.")


class CopiesView(APIView):
    """Every copy ever made of a photo, the first made first."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="evidence_copies", responses=EvidenceCopyOut(many=True))
    def get(self, request: Request, evidence_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        if not evidence.scoped(actor, many=False).filter(pk=evidence_id).exists():
            raise NotFound("evidence", evidence_id)
        return Response([answer(row) for row in selectors.of_evidence(actor, evidence_id)])


class RedactionsView(APIView):
    """Make areas of a photo unrecognisable; the copy takes the place of earlier ones."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="evidence_redact", request=RedactionIn, responses={201: EvidenceCopyOut})
    def post(self, request: Request, evidence_id: uuid.UUID) -> Response:
        given = read(RedactionIn, request)
        areas = [Area(**area) for area in given["areas"]]
        row = copies.redact(actor=actor_of(request), evidence_id=evidence_id, areas=areas, reason=given["reason"])
        return Response(answer(row), status=201)


class ApprovalView(APIView):
    """Let a photo out, with whatever was redacted in it: papers and units get this copy."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="evidence_approve", request=ApprovalIn, responses={201: EvidenceCopyOut})
    def post(self, request: Request, evidence_id: uuid.UUID) -> Response:
        given = read(ApprovalIn, request)
        row = copies.approve(actor=actor_of(request), evidence_id=evidence_id, **given)
        return Response(answer(row), status=201)


class WithdrawalView(APIView):
    """No copy of this photo may be shown any more."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="evidence_withdraw_copy", request=VisitReasonIn, responses=EvidenceCopyOut)
    def post(self, request: Request, evidence_id: uuid.UUID) -> Response:
        given = read(VisitReasonIn, request)
        return Response(answer(copies.withdraw(actor=actor_of(request), evidence_id=evidence_id, **given)))


def answer(row: EvidenceCopy) -> dict[str, Any]:
    names = ("process", "sha256", "size", "areas", "reason", "superseded_at")
    ids = {
        "id": row.pk,
        "evidence": row.evidence_id,
        "by": row.author_id,
        "by_name": row.author_name,
        "at": row.made_at,
    }
    return ids | {name: getattr(row, name) for name in names}
