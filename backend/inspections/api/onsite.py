"""What is done at the gate and inside, without a phone; and filing a visit where it belongs."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, actor_of
from backend.core.requests import read
from backend.inspections.api.fields import LocationIn, place
from backend.inspections.api.visit_serializers import VisitOut
from backend.inspections.api.visits import answer
from backend.inspections.rules.class_draw import FEWEST, MOST, MOST_PUPILS, SchoolClass
from backend.inspections.services import onsite, refiling, visits
from backend.inspections.services.onsite import Gate


class EntryIn(serializers.Serializer[Any]):
    """Posts, never names."""

    admitted = serializers.BooleanField(default=True)
    certificates_shown = serializers.BooleanField(default=False)
    informed = serializers.CharField(max_length=40, allow_blank=True, default="")
    refused_by = serializers.CharField(max_length=40, allow_blank=True, default="")
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    witness = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**53, help_text="User id of another inspector."
    )


class ClassTodayIn(serializers.Serializer[Any]):
    grade = serializers.IntegerField(min_value=1, max_value=9)
    number = serializers.IntegerField(min_value=1, max_value=99)
    size = serializers.IntegerField(min_value=1, max_value=99)


class DrawIn(serializers.Serializer[Any]):
    classes = serializers.ListField(child=ClassTodayIn(), allow_empty=False, max_length=200)
    count = serializers.IntegerField(min_value=FEWEST, max_value=MOST, default=3)
    pupils = serializers.IntegerField(min_value=1, max_value=MOST_PUPILS, default=10)
    reason = serializers.CharField(
        max_length=500, allow_blank=True, default="", help_text="Needed for every draw but the first; all of them stay."
    )


class SampledClassIn(serializers.Serializer[Any]):
    grade = serializers.IntegerField(min_value=1, max_value=9)
    number = serializers.IntegerField(min_value=1, max_value=99)
    pupils = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=99), max_length=60, default=list
    )


class SampleIn(serializers.Serializer[Any]):
    classes = serializers.ListField(child=SampledClassIn(), max_length=40)


class DetailsIn(serializers.Serializer[Any]):
    remarks = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    notice_number = serializers.CharField(max_length=60, required=False, allow_blank=True)
    cards = serializers.ListField(child=serializers.CharField(max_length=40), max_length=9, required=False)


class AlarmIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=500, allow_blank=True, default="")
    location = LocationIn(required=False, allow_null=True)


class VisitRefileIn(serializers.Serializer[Any]):
    """Where it belongs: an open assignment of the same track, or a target."""

    reason = serializers.CharField(max_length=500)
    assignment = serializers.UUIDField(required=False, allow_null=True)
    target = serializers.UUIDField(required=False, allow_null=True)


class EntryView(APIView):
    """The crew showed itself: it was let in, or refused."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_enter", request=EntryIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        onsite.enter(actor=actor_of(request), visit_id=visit_id, gate=Gate(**read(EntryIn, request)))
        return answer(request, visit_id)


class ClassDrawsView(APIView):
    """Draw classes and pupil numbers; a draw is never undone."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_draw_classes", request=DrawIn, responses={201: VisitOut})
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(DrawIn, request)
        classes = [SchoolClass(**one) for one in given.pop("classes")]
        onsite.draw_classes(actor=actor_of(request), visit_id=visit_id, classes=classes, **given)
        return answer(request, visit_id, 201)


class SampleView(APIView):
    """The classes that were looked at."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_sample", request=SampleIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        visits.sample(actor=actor_of(request), visit_id=visit_id, classes=read(SampleIn, request)["classes"])
        return answer(request, visit_id)


class DetailsView(APIView):
    """Remarks, number of the check notice, certificate numbers; what is left out stays."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_amend", request=DetailsIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        visits.amend(actor=actor_of(request), visit_id=visit_id, details=read(DetailsIn, request))
        return answer(request, visit_id)


class AlarmView(APIView):
    """Immediate danger: office and leadership are told at once, the unit never."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_alarm", request=AlarmIn, responses={204: None})
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(AlarmIn, request)
        where = place(given.get("location"))
        visits.alarm(actor=actor_of(request), visit_id=visit_id, text=given["text"], place=where)
        return Response(status=204)


class RefileView(APIView):
    """File a visit that was begun on the wrong target where it belongs; by its leader or the office."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_refile", request=VisitRefileIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(VisitRefileIn, request)
        visit = refiling.refile(
            actor=actor_of(request),
            visit_id=visit_id,
            reason=given["reason"],
            assignment_id=given.get("assignment"),
            target_id=given.get("target"),
        )
        return answer(request, visit.pk)
