"""Who signs for leadership: papers of every kind, for some days."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.permissions import actor_of
from backend.core.pages import page
from backend.core.requests import read
from backend.core.schema import PAGING, paged
from backend.notices.api.doors import StepView
from backend.notices.api.office import LeadershipOnly, Overseers
from backend.notices.models import SigningDeputy
from backend.notices.selectors import deputies
from backend.notices.services import signing


class SigningDeputyIn(serializers.Serializer[Any]):
    user = serializers.IntegerField(min_value=1, max_value=2**53, help_text="Of the office.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Included.")
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class SigningDeputyOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = serializers.IntegerField()
    name = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reason = serializers.CharField(allow_blank=True)
    appointed_by = serializers.CharField()
    appointed_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DeputiesView(StepView):
    """Who signs for leadership, from when to when; the newest first."""

    permission_classes = (Overseers,)

    def tried(self, request: Request) -> str:
        return "appoint_deputy"

    def about(self, request: Request) -> dict[str, Any]:
        sent: Any = request.data
        named = sent.get("user") if isinstance(sent, dict) else None
        return {"user_id": named} if isinstance(named, int) else {}

    @extend_schema(operation_id="signing_deputies_list", parameters=PAGING, responses=paged(SigningDeputyOut))
    def get(self, request: Request) -> Response:
        return Response(page(deputies.scoped(actor_of(request)), request.query_params).answer(answer))

    @extend_schema(operation_id="signing_deputies_appoint", request=SigningDeputyIn, responses={201: SigningDeputyOut})
    def post(self, request: Request) -> Response:
        data: dict[str, Any] = read(SigningDeputyIn, request)
        found = signing.appoint(actor=actor_of(request), user_id=data.pop("user"), **data)
        return Response(answer(found), status=201)


class DeputyEndView(StepView):
    """A deputy's time ends at once."""

    permission_classes = (LeadershipOnly,)

    def tried(self, request: Request) -> str:
        return "end_deputy"

    @extend_schema(operation_id="signing_deputies_end", request=None, responses=SigningDeputyOut)
    def post(self, request: Request, deputy_id: uuid.UUID) -> Response:
        return Response(answer(signing.end_deputy(actor=actor_of(request), deputy_id=deputy_id)))


def answer(found: SigningDeputy) -> dict[str, Any]:
    names = ("id", "name", "starts_on", "ends_on", "reason", "appointed_at", "ended_at")
    told = {name: getattr(found, name) for name in names}
    return told | {"user": found.user_id, "appointed_by": found.appointed_by_name}
