"""How a visit went and what it scored, explained."""

import uuid
from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, actor_of
from backend.inspections.models import SeverityLevel, VisitMode
from backend.inspections.rules.scoring import FULL_SCORE
from backend.inspections.selectors import scores, visit_log
from backend.inspections.selectors import visits as selectors


class VisitStepOut(serializers.Serializer[Any]):
    verb = serializers.CharField()
    at = serializers.DateTimeField(help_text="By the server.")
    device_at = serializers.DateTimeField(allow_null=True, help_text="By the phone, where it said so.")
    by = serializers.CharField()
    by_id = serializers.IntegerField(allow_null=True)
    state = serializers.CharField(allow_blank=True, help_text="That it led to; empty where it changed none.")
    round = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class VisitSpellOut(serializers.Serializer[Any]):
    state = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True)


class VisitPartOut(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=VisitMode.choices)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


class VisitLogOut(serializers.Serializer[Any]):
    states = VisitSpellOut(many=True)
    parts = VisitPartOut(many=True)
    steps = VisitStepOut(many=True)


class ScoreRuleOut(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(choices=SeverityLevel.choices)
    name = serializers.CharField()
    points = serializers.IntegerField()


class ScoreLineOut(serializers.Serializer[Any]):
    finding = serializers.UUIDField()
    number = serializers.IntegerField()
    item = serializers.CharField()
    question = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    base_severity = serializers.ChoiceField(choices=SeverityLevel.choices, help_text="The item's own.")
    severity = serializers.ChoiceField(choices=SeverityLevel.choices, help_text="That holds.")
    points = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class UncountedOut(serializers.Serializer[Any]):
    finding = serializers.UUIDField()
    number = serializers.IntegerField()
    item = serializers.CharField()
    reason = serializers.CharField()


class VisitScoreOut(serializers.Serializer[Any]):
    full = serializers.IntegerField()
    deducted = serializers.IntegerField(help_text="May exceed `full`; the score never falls below 0.")
    score = serializers.IntegerField()
    provisional = serializers.BooleanField(help_text="No round is submitted at present.")
    rule = ScoreRuleOut(many=True)
    lines = ScoreLineOut(many=True)
    left_out = UncountedOut(many=True)


class VisitLogView(APIView):
    """Every step from the plan to the approval, and how long it was in which state."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_log", responses=VisitLogOut)
    def get(self, request: Request, visit_id: uuid.UUID) -> Response:
        visit = selectors.get(actor_of(request), visit_id)
        steps = visit_log.steps(visit)
        states = [{**asdict(one), "seconds": one.seconds} for one in visit_log.spells(steps)]
        return Response({"states": states, "parts": visit_log.parts(visit), "steps": [asdict(one) for one in steps]})


class VisitScoreView(APIView):
    """The score, finding by finding, with the rule it follows."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_score", responses=VisitScoreOut)
    def get(self, request: Request, visit_id: uuid.UUID) -> Response:
        found = scores.explain(selectors.for_score(actor_of(request), visit_id))
        return Response({"full": FULL_SCORE, **asdict(found), "rule": scores.rule()})
