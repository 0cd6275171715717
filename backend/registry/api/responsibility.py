"""Which team is in charge of a target, from which day to which."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, actor_of
from backend.core.fields import DayField
from backend.core.pages import page
from backend.core.requests import read
from backend.core.schema import PAGING, paged
from backend.registry.api.permissions import OfficeWrites
from backend.registry.api.serializers import RefOut, ref
from backend.registry.models import BEGINNING, TeamInCharge, Track
from backend.registry.selectors import responsibility as selectors
from backend.registry.services import responsibility
from backend.registry.services.responsibility import NewTerm


class TermInChargeIn(serializers.Serializer[Any]):
    team = serializers.UUIDField(help_text="Its track is the one it takes the target over on.")
    starts_on = DayField(required=False, allow_null=True, help_text="Default: today.")
    reason = serializers.CharField(max_length=500)


class TermInChargeEndIn(serializers.Serializer[Any]):
    ends_on = DayField(required=False, allow_null=True, help_text="The first day without it; default: today.")
    reason = serializers.CharField(max_length=500)


class TermInChargeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    team = RefOut()
    track = serializers.ChoiceField(choices=Track.choices)
    starts_on = serializers.DateField(allow_null=True, help_text="Null: as far back as anything is known.")
    ends_on = serializers.DateField(allow_null=True, help_text="The first day without it; null: open.")
    reason = serializers.CharField(allow_blank=True)


class TermsInChargeView(APIView):
    """The terms of a target on both tracks, newest first."""

    permission_classes = (OfficeWrites,)

    @extend_schema(operation_id="targets_terms", parameters=PAGING, responses=paged(TermInChargeOut))
    def get(self, request: Request, target_id: uuid.UUID) -> Response:
        rows = selectors.terms_of(actor_of(request), target_id)
        return Response(page(rows, request.query_params).answer(term))

    @extend_schema(operation_id="targets_assign_team", request=TermInChargeIn, responses={201: TermInChargeOut})
    def post(self, request: Request, target_id: uuid.UUID) -> Response:
        """Another team takes the target over; the term that stands ends with that day. Office only."""
        given = read(TermInChargeIn, request)
        new = NewTerm(target_id, given["team"], given.get("starts_on"), given["reason"])
        return Response(term(responsibility.assign(actor=actor_of(request), term=new)), status=201)


class TermInChargeEndView(APIView):
    """A team is no longer in charge of a target."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="targets_end_team", request=TermInChargeEndIn, responses=TermInChargeOut)
    def post(self, request: Request, term_id: int) -> Response:
        row = responsibility.end(actor=actor_of(request), term_id=term_id, **read(TermInChargeEndIn, request))
        return Response(term(row))


def term(row: TeamInCharge) -> dict[str, Any]:
    return {
        "id": row.pk,
        "team": ref(row.team),
        "track": row.track,
        "starts_on": None if row.starts_on == BEGINNING else row.starts_on,
        "ends_on": row.ends_on,
        "reason": row.reason,
    }
