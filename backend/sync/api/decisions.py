"""Many decisions of the review desk in one request, each judged on its own (protocol, Review)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.actor import Actor
from backend.core.errors import Problem
from backend.core.permissions import actor_of
from backend.core.requests import read
from backend.sync.api.reviews import REASON_MAX, FateOut, MaySync
from backend.sync.models import ReviewOutcome
from backend.sync.services import reviewing

MOST_AT_ONCE = 100


class DecisionIn(serializers.Serializer[Any]):
    op = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=ReviewOutcome.choices)
    reason = serializers.CharField(
        max_length=REASON_MAX, allow_blank=True, default="", help_text="Wanted for refiled and dismissed."
    )
    to = serializers.CharField(max_length=64, allow_blank=True, default="", help_text="refiled: onto which object.")


class DecisionsIn(serializers.Serializer[Any]):
    items = serializers.ListField(child=DecisionIn(), allow_empty=False, max_length=MOST_AT_ONCE)


class DecisionOut(serializers.Serializer[Any]):
    op = serializers.UUIDField()
    status = serializers.IntegerField(help_text="200, or what the decision alone would have been answered with.")
    code = serializers.CharField(allow_blank=True, help_text="Why it was not made; empty where it was.")
    detail = serializers.CharField(allow_blank=True, help_text="The same in words.")
    fate = FateOut(allow_null=True)


class DecisionsOut(serializers.Serializer[Any]):
    items = DecisionOut(many=True)


class DecisionsView(APIView):
    """Decide about up to 100 operations, one after another in the order given."""

    permission_classes = (MaySync,)

    @extend_schema(operation_id="sync_reviews_decide", request=DecisionsIn, responses=DecisionsOut)
    def post(self, request: Request) -> Response:
        """One that cannot be made changes nothing and holds up none of the others."""
        items, actor = read(DecisionsIn, request)["items"], actor_of(request)
        return Response({"items": [_decide(actor, reviewing.Decision(**item)) for item in items]})


def _decide(actor: Actor, decision: reviewing.Decision) -> dict[str, Any]:
    try:
        made = reviewing.decide(actor=actor, decision=decision)
    except Problem as problem:
        told = {"status": problem.status, "code": problem.code, "detail": problem.detail}
        return {"op": decision.op, **told, "fate": None}
    return {"op": decision.op, "status": 200, "code": "", "detail": "", "fate": made.as_json()}
