"""Filling in a visit without a phone: the same services, the same rules, the same audit lines."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, actor_of
from backend.core.requests import read
from backend.inspections.api.fields import AnswerValueField, LocationIn, place
from backend.inspections.api.visit_serializers import VisitOut
from backend.inspections.api.visits import answer
from backend.inspections.models.answer import TOLD
from backend.inspections.services import answers, submissions, visits
from backend.inspections.services.answers import NewAnswer, SetResult


class CheckInIn(serializers.Serializer[Any]):
    location = LocationIn(required=False, allow_null=True)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class AnswerIn(serializers.Serializer[Any]):
    value = AnswerValueField()
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    base = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)


class AnswersIn(serializers.Serializer[Any]):
    answers = serializers.DictField(child=AnswerIn(), allow_empty=False)


class AnswerStatusOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=TOLD)
    rev = serializers.IntegerField()


class AnswersOut(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=TOLD)
    answers = serializers.DictField(child=AnswerStatusOut())


class SettleIn(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=16)
    choice = serializers.CharField(max_length=40, help_text="`current`, or the id of a rival.")


class FeedbackIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)
    explanation = serializers.CharField(max_length=2000, allow_blank=True, default="")


class SignaturesIn(serializers.Serializer[Any]):
    inspectors = serializers.ListField(child=serializers.UUIDField(), max_length=50, default=list)
    unit = serializers.ListField(child=serializers.UUIDField(), max_length=50, default=list)
    refused = serializers.CharField(max_length=500, allow_blank=True, default="")


class SubmitIn(serializers.Serializer[Any]):
    hash = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, help_text="Of the content the client holds; without it, of the server's."
    )


class CheckInView(APIView):
    """Arrived."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_check_in", request=CheckInIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(CheckInIn, request)
        where = place(given.get("location"))
        visits.check_in(actor=actor_of(request), visit_id=visit_id, place=where, reason=given["reason"])
        return answer(request, visit_id)


class AnswersView(APIView):
    """Set answers; each with the revision it was made upon."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_set_answers", request=AnswersIn, responses=AnswersOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = {key: NewAnswer(**one) for key, one in read(AnswersIn, request)["answers"].items()}
        return result(answers.set_answers(actor=actor_of(request), visit_id=visit_id, answers=given))


class SettleView(APIView):
    """Pick one of several contradicting answers."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_settle_answer", request=SettleIn, responses=AnswersOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        return result(answers.settle(actor=actor_of(request), visit_id=visit_id, **read(SettleIn, request)))


class FeedbackView(APIView):
    """What was told to the unit on site."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_feedback", request=FeedbackIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        visits.feedback(actor=actor_of(request), visit_id=visit_id, **read(FeedbackIn, request))
        return answer(request, visit_id)


class SignaturesView(APIView):
    """Signatures, or why one was refused."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_sign", request=SignaturesIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(SignaturesIn, request)
        visits.sign(
            actor=actor_of(request),
            visit_id=visit_id,
            inspectors=[str(one) for one in given["inspectors"]],
            unit=[str(one) for one in given["unit"]],
            refused=given["refused"],
        )
        return answer(request, visit_id)


class SubmitView(APIView):
    """Close the round."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="visits_submit", request=SubmitIn, responses=VisitOut)
    def post(self, request: Request, visit_id: uuid.UUID) -> Response:
        given = read(SubmitIn, request)
        submissions.submit(actor=actor_of(request), visit_id=visit_id, content_hash=given.get("hash"))
        return answer(request, visit_id)


def result(done: SetResult) -> Response:
    return Response({"status": done.status, "answers": done.answers})
