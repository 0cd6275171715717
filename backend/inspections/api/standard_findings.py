"""The library of standard findings: everybody in the field reads it, the office keeps it."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api.visit_serializers import BasisOut
from backend.inspections.models import SeverityLevel, StandardFinding
from backend.inspections.selectors import standard_findings as selectors
from backend.inspections.services import standard_findings
from backend.inspections.services.standard_findings import Wording


class StandardFindingsQuery(serializers.Serializer[Any]):
    item = serializers.CharField(max_length=12, required=False)
    active = serializers.BooleanField(required=False, allow_null=True, default=None)


class WordingIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=500)
    severity = serializers.ChoiceField(
        choices=SeverityLevel.choices, required=False, allow_null=True, help_text="Default: the item's; never graver."
    )
    due_days = serializers.IntegerField(min_value=1, max_value=365, required=False, allow_null=True)
    basis = serializers.ListField(
        child=serializers.CharField(max_length=20),
        max_length=20,
        default=list,
        help_text="Codes of documents among the item's basis; empty: all of them.",
    )
    measure = serializers.CharField(max_length=500, allow_blank=True, default="")


class StandardFindingIn(WordingIn):
    item = serializers.CharField(max_length=12)


class StandardFindingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    item = serializers.CharField()
    text = serializers.CharField()
    severity = serializers.ChoiceField(choices=SeverityLevel.choices)
    due_days = serializers.IntegerField()
    basis = BasisOut(many=True)
    measure = serializers.CharField(allow_blank=True)
    active = serializers.BooleanField()


class StandardFindingsView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(
        operation_id="standard_findings_list",
        parameters=[*PAGING, StandardFindingsQuery],
        responses=paged(StandardFindingOut),
    )
    def get(self, request: Request) -> Response:
        """Ready wordings, newest first."""
        asked = read_query(StandardFindingsQuery, request)
        wanted = {"item_code": asked.get("item"), "is_active": asked.get("active")}
        rows = selectors.scoped(actor_of(request)).filter(
            **{name: value for name, value in wanted.items() if value is not None}
        )
        return Response(page(rows, request.query_params).answer(_standard))

    @extend_schema(operation_id="standard_findings_add", request=StandardFindingIn, responses={201: StandardFindingOut})
    def post(self, request: Request) -> Response:
        """Office only."""
        given = read(StandardFindingIn, request)
        item = given.pop("item")
        row = standard_findings.add(actor=actor_of(request), item=item, wording=Wording(**given))
        return Response(_standard(row), status=201)


class ShippedOut(serializers.Serializer[Any]):
    added = serializers.IntegerField(help_text="Wordings that were new to the county.")


class ShippedView(APIView):
    """The wordings that come with the catalogue; what the county worded itself stays."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="standard_findings_publish_shipped", request=None, responses=ShippedOut)
    def post(self, request: Request) -> Response:
        return Response({"added": standard_findings.publish_shipped(actor=actor_of(request))})


class StandardFindingView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="standard_findings_get", responses=StandardFindingOut)
    def get(self, request: Request, standard_id: uuid.UUID) -> Response:
        return Response(_standard(selectors.get(actor_of(request), standard_id)))

    @extend_schema(operation_id="standard_findings_amend", request=WordingIn, responses=StandardFindingOut)
    def put(self, request: Request, standard_id: uuid.UUID) -> Response:
        """Office only; findings that cite it stay as they were written."""
        wording = Wording(**read(WordingIn, request))
        return Response(
            _standard(standard_findings.amend(actor=actor_of(request), standard_id=standard_id, wording=wording))
        )


class StandardFindingRetireView(APIView):
    """Out of use; it leaves the phones."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="standard_findings_retire", request=None, responses=StandardFindingOut)
    def post(self, request: Request, standard_id: uuid.UUID) -> Response:
        return Response(_standard(standard_findings.retire(actor=actor_of(request), standard_id=standard_id)))


def _standard(row: StandardFinding) -> dict[str, Any]:
    names = ("text", "severity", "due_days", "measure")
    return {"id": row.pk, "item": row.item_code, "basis": row.legal_basis, "active": row.is_active} | {
        name: getattr(row, name) for name in names
    }
