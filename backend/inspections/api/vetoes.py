"""From a candidate for a veto to a veto."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, actor_of
from backend.core.requests import read
from backend.inspections.models import Finding, HearingWay, SeverityLevel, VetoView
from backend.inspections.selectors import findings as selectors
from backend.inspections.services import vetoes


class HearingIn(serializers.Serializer[Any]):
    way = serializers.ChoiceField(choices=HearingWay.choices)
    statement = serializers.CharField(max_length=2000)


class HearingOut(serializers.Serializer[Any]):
    way = serializers.ChoiceField(choices=HearingWay.choices)
    statement = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class OpinionIn(serializers.Serializer[Any]):
    view = serializers.ChoiceField(choices=VetoView.choices)
    reason = serializers.CharField(max_length=500)


class OpinionOut(serializers.Serializer[Any]):
    by = serializers.CharField()
    leads = serializers.BooleanField()
    view = serializers.ChoiceField(choices=VetoView.choices)
    reason = serializers.CharField()
    round = serializers.IntegerField()
    at = serializers.DateTimeField()


class VetoOut(serializers.Serializer[Any]):
    candidate = serializers.BooleanField(help_text="Neither confirmed nor lifted yet.")
    severity = serializers.ChoiceField(choices=SeverityLevel.choices)
    hearing = HearingOut(allow_null=True)
    opinions = OpinionOut(many=True)


class VetoStateView(APIView):
    """How far it has come; and one person's word on it."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="findings_veto", responses=VetoOut)
    def get(self, request: Request, finding_id: uuid.UUID) -> Response:
        return _answer(request, finding_id)

    @extend_schema(operation_id="findings_judge_veto", request=OpinionIn, responses=VetoOut)
    def post(self, request: Request, finding_id: uuid.UUID) -> Response:
        vetoes.judge(actor=actor_of(request), finding_id=finding_id, **read(OpinionIn, request))
        return _answer(request, finding_id)


class HearingView(APIView):
    """What the unit said to it."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="findings_hear_unit", request=HearingIn, responses=VetoOut)
    def post(self, request: Request, finding_id: uuid.UUID) -> Response:
        vetoes.hear(actor=actor_of(request), finding_id=finding_id, **read(HearingIn, request))
        return _answer(request, finding_id)


def _answer(request: Request, finding_id: uuid.UUID) -> Response:
    return Response(_veto(selectors.of_own_visits(actor_of(request), finding_id)))


def _veto(found: Finding) -> dict[str, Any]:
    hearing = getattr(found, "hearing", None)
    return {
        "candidate": found.veto_candidate,
        "severity": found.severity,
        "hearing": hearing
        and {"way": hearing.way, "statement": hearing.statement, "by": hearing.recorded_name, "at": hearing.at},
        "opinions": [
            {name: getattr(one, name) for name in ("leads", "view", "reason", "round", "at")} | {"by": one.user_name}
            for one in found.veto_opinions.order_by("pk")
        ],
    }
