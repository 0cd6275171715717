"""Leadership's instructions (批示): all of them, those about one thing, and what the office did about each."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import actor_of
from backend.bulletins.api.bulletins import MakersOnly
from backend.bulletins.selectors import subjects
from backend.core.pages import page_by_keys
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.notices.models import LeaderInstruction
from backend.notices.models.instruction import WORDS
from backend.notices.selectors import instructions as selectors
from backend.notices.services import instructions


class InstructionsQuery(serializers.Serializer[Any]):
    open = serializers.BooleanField(default=False, help_text="Only those of which the office has said nothing yet.")


class InstructionIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=WORDS, trim_whitespace=False)


class InstructionAnswerOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    by_name = serializers.CharField()
    at = serializers.DateTimeField()


class InstructionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="Of the thing it is about, as in the journal.")
    subject = serializers.CharField(help_text="Its id.")
    name = serializers.CharField(help_text="What it was called then.")
    text = serializers.CharField()
    by_name = serializers.CharField()
    at = serializers.DateTimeField()
    answers = InstructionAnswerOut(many=True, help_text="What the office did, oldest first.")


class InstructionsAboutOut(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What the thing is called now.")
    items = InstructionOut(many=True)


class InstructionsView(APIView):
    """Every instruction of the county, newest first."""

    permission_classes = (MakersOnly,)

    @extend_schema(
        operation_id="instructions_list", parameters=[*PAGING, InstructionsQuery], responses=paged(InstructionOut)
    )
    def get(self, request: Request) -> Response:
        actor = actor_of(request)
        wanted = read_query(InstructionsQuery, request)["open"]
        rows = selectors.unanswered(actor) if wanted else selectors.scoped(actor)
        return Response(page_by_keys(rows, request.query_params, selectors.listed).answer(told))


class InstructionsAboutView(APIView):
    """What leadership wrote about one thing, oldest first; and one more, which nobody changes afterwards."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="instructions_about", responses=InstructionsAboutOut)
    def get(self, request: Request, kind: str, id: uuid.UUID) -> Response:
        actor = actor_of(request)
        about = subjects.get(actor, kind, id)
        rows = selectors.about(actor, about.subject)
        return Response({"name": about.name, "items": [told(row) for row in rows]})

    @extend_schema(operation_id="instructions_give", request=InstructionIn, responses={201: InstructionOut})
    def post(self, request: Request, kind: str, id: uuid.UUID) -> Response:
        actor, data = actor_of(request), read(InstructionIn, request)
        about = subjects.get(actor, kind, id)
        row = instructions.give(actor=actor, subject=about.subject, name=about.name, **data)
        return Response(told(row), status=201)


class InstructionAnswersView(APIView):
    """The office says what was done."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="instructions_answer", request=InstructionIn, responses={201: InstructionOut})
    def post(self, request: Request, instruction_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        instructions.answer(actor=actor, instruction_id=instruction_id, **read(InstructionIn, request))
        return Response(told(selectors.listed([instruction_id])[0]), status=201)


def told(row: LeaderInstruction) -> dict[str, Any]:
    """An instruction with its answers."""
    answers = sorted(row.answers.all(), key=lambda one: one.pk)
    return {
        "id": row.pk,
        "kind": row.subject_kind,
        "subject": row.subject_id,
        "name": row.subject_name,
        "text": row.text,
        "by_name": row.by_name,
        "at": row.at,
        "answers": [{"text": one.text, "by_name": one.by_name, "at": one.at} for one in answers],
    }
