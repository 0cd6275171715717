"""Findings and evidence."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, actor_of
from backend.core.errors import NotFound
from backend.core.fields import InstantField
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import visit_serializers as s
from backend.inspections.api.fields import LocationIn, VisitReasonIn, place
from backend.inspections.models import (
    EvidenceKindName,
    FindingState,
    Responsibility,
    SeverityLevel,
)
from backend.inspections.selectors import findings as selectors
from backend.inspections.services import evidence, findings
from backend.inspections.services.evidence import Camera, NewEvidence
from backend.inspections.services.findings import NewFinding, OnSpot


class FindingsQuery(serializers.Serializer[Any]):
    visit = serializers.UUIDField(required=False)
    target = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=FindingState.choices, required=False)
    severity = serializers.ChoiceField(choices=SeverityLevel.choices, required=False)


class OnSpotIn(serializers.Serializer[Any]):
    before = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=50)
    after = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=50)
    confirmed_by = serializers.IntegerField(required=False, allow_null=True)


class FindingIn(serializers.Serializer[Any]):
    item = serializers.CharField(max_length=12)
    text = serializers.CharField(max_length=2000, allow_blank=True, default="")
    answer_key = serializers.CharField(max_length=16, allow_blank=True, default="")
    severity = serializers.ChoiceField(choices=SeverityLevel.choices, required=False, allow_null=True)
    severity_reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    responsibility = serializers.ChoiceField(choices=Responsibility.choices, default=Responsibility.UNIT)
    self_found_fixed = serializers.BooleanField(default=False)
    on_spot = OnSpotIn(required=False, allow_null=True)
    standard = serializers.UUIDField(required=False, allow_null=True, help_text="The standard finding it cites.")


class NewFindingIn(FindingIn):
    id = serializers.UUIDField()


class CameraIn(serializers.Serializer[Any]):
    """The device that took a photo, in its own words."""

    model = serializers.CharField(max_length=80, allow_blank=True, default="")
    os = serializers.CharField(max_length=80, allow_blank=True, default="")
    app = serializers.CharField(max_length=80, allow_blank=True, default="")


class VisitEvidenceIn(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    size = serializers.IntegerField(min_value=1, max_value=64 * 1024 * 1024, help_text="Bytes.")
    filetype = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=EvidenceKindName.choices, default=EvidenceKindName.PHOTO)
    answer_key = serializers.CharField(max_length=16, allow_blank=True, default="")
    finding = serializers.UUIDField(required=False, allow_null=True)
    taken_at = InstantField(required=False, allow_null=True)
    location = LocationIn(required=False, allow_null=True)
    mock = serializers.BooleanField(required=False, allow_null=True, help_text="The location is another app's.")
    device = CameraIn(required=False, allow_null=True)


class FindingsView(APIView):
    """Findings of the visits the caller may see, newest first."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="findings_list", parameters=[*PAGING, FindingsQuery], responses=paged(s.FindingOut))
    def get(self, request: Request) -> Response:
        rows = selectors.scoped(actor_of(request)).filter(**read_query(FindingsQuery, request))
        return Response(page_by_keys(rows, request.query_params, selectors.listed).answer(s.finding))


class FindingView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="findings_get", responses=s.FindingOut)
    def get(self, request: Request, finding_id: uuid.UUID) -> Response:
        found = selectors.scoped(actor_of(request)).filter(pk=finding_id).first()
        if found is None:
            raise NotFound("finding", finding_id)
        return Response(s.finding(found))

    @extend_schema(operation_id="findings_amend", request=FindingIn, responses=s.FindingOut)
    def put(self, request: Request, finding_id: uuid.UUID) -> Response:
        new = _new(read(FindingIn, request))
        return Response(s.finding(findings.amend(actor=actor_of(request), finding_id=finding_id, new=new)))


class FindingWithdrawView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="findings_withdraw", request=VisitReasonIn, responses=s.FindingOut)
    def post(self, request: Request, finding_id: uuid.UUID) -> Response:
        given = read(VisitReasonIn, request)
        return Response(s.finding(findings.withdraw(actor=actor_of(request), finding_id=finding_id, **given)))


class FindingFixView(APIView):
    """The other inspector confirms that it was fixed on the spot."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="findings_confirm_fix", request=None, responses=s.FindingOut)
    def post(self, request: Request, finding_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        selectors.of_own_visits(actor, finding_id)  # what is hidden is refused as early as what is not there
        return Response(s.finding(findings.confirm_on_spot(actor=actor, finding_id=finding_id)))


class VisitFindingsView(APIView):
    """Record a finding of a visit."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="findings_record", request=NewFindingIn, responses={201: s.FindingOut})
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(NewFindingIn, request)
        finding_id = given.pop("id")
        row = findings.record(actor=actor_of(request), finding_id=finding_id, visit_id=visit_id, new=_new(given))
        return Response(s.finding(row), status=201)


class VisitEvidenceView(APIView):
    """State the fact of a file; its bytes go to /api/v1/uploads/ under the same id."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="evidence_add", request=VisitEvidenceIn, responses={201: s.VisitEvidenceOut})
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(VisitEvidenceIn, request)
        evidence_id, where, camera = given.pop("id"), place(given.pop("location", None)), given.pop("device", None)
        new = NewEvidence(place=where, camera=Camera(**camera) if camera else None, **given)
        row = evidence.state_fact(actor=actor_of(request), evidence_id=evidence_id, visit_id=visit_id, new=new)
        return Response(s.evidence(row), status=201)


def _new(given: dict[str, Any]) -> NewFinding:
    fix = given.pop("on_spot", None)
    return NewFinding(**given, on_spot=_fix(fix) if fix else None)


def _fix(fix: dict[str, Any]) -> OnSpot:
    before, after = ([str(one) for one in fix[name]] for name in ("before", "after"))
    return OnSpot(before, after, fix.get("confirmed_by"))
