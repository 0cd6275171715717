"""Working on a draft together: hints, remarks, versions of the words, how far the product is."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import WithRole, actor_of
from backend.bulletins.api.bulletins import MakersOnly
from backend.bulletins.api.serializers import BulletinOut, BulletinPeriodIn, BulletinTextsOut, LateFindingOut, detail
from backend.bulletins.models import Bulletin, BulletinComment, BulletinTextVersion, BulletinWork
from backend.bulletins.rules import periods
from backend.bulletins.rules.wording import PARTS
from backend.bulletins.selectors import bulletins, consulted
from backend.bulletins.services import check, comments, editing
from backend.core.errors import NotFound
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, ProblemSerializer, paged

PART_CHOICES = [*PARTS, "cases", "good_practices"]


class SpeakersOnly(WithRole):
    """Those who make an issue, and the heads who are asked about its draft."""

    roles = bulletins.MAKERS | consulted.HEADS


class HeadsOnly(WithRole):
    roles = consulted.HEADS


class HintOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class HintsOut(serializers.Serializer[Any]):
    items = HintOut(many=True)


class BulletinCommentIn(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=PART_CHOICES, required=False, help_text="Without it: the whole issue.")
    text = serializers.CharField(max_length=1000)


class BulletinCommentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    part = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    author = serializers.CharField()
    at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = serializers.CharField(allow_blank=True)


class ConsultedRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    period_start = serializers.DateField()
    period_end = serializers.DateField()
    consulted_at = serializers.DateTimeField()
    texts_version = serializers.IntegerField()


class ConsultedPartOut(serializers.Serializer[Any]):
    part = serializers.CharField()
    name = serializers.CharField()
    paragraphs = serializers.ListField(child=serializers.CharField())


class ConsultedCaseOut(serializers.Serializer[Any]):
    place = serializers.CharField()
    text = serializers.CharField()
    basis = serializers.CharField(allow_blank=True)
    severity = serializers.CharField()
    state = serializers.CharField()


class ConsultedOut(ConsultedRow):
    parts = ConsultedPartOut(many=True)
    cases = ConsultedCaseOut(many=True)
    late = LateFindingOut(many=True, help_text="Of the caller's own units.")


class TextVersionRow(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    parts = serializers.ListField(child=serializers.CharField(), help_text="What it changed.")
    author = serializers.CharField()
    at = serializers.DateTimeField()


class TextVersionOut(TextVersionRow):
    texts = BulletinTextsOut()


class WorkOut(serializers.Serializer[Any]):
    period_start = serializers.DateField()
    what = serializers.ChoiceField(choices=["compile", "sign"])
    step = serializers.CharField(help_text="What is being done, in Chinese.")
    done = serializers.IntegerField()
    steps = serializers.IntegerField()
    started_by = serializers.CharField()
    started_at = serializers.DateTimeField()
    moved_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    fault = serializers.CharField(allow_blank=True)


WORK_FIELDS = (
    "period_start", "what", "step", "done", "steps", "started_by", "started_at", "moved_at", "ended_at", "fault",
)  # fmt: skip


class HintsView(APIView):
    """What to look at before a draft is handed on: nothing of it stops anybody."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_hints", responses=HintsOut)
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        found = check.hints(bulletins.get(actor_of(request), bulletin_id))
        return Response({"items": [{"code": one.code, "detail": one.detail} for one in found]})


class ConsultView(APIView):
    """Ask the heads of departments and stations for their remarks."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_consult", request=None, responses=BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        return Response(detail(editing.consult(actor=actor_of(request), bulletin_id=bulletin_id)))


class DraftsView(APIView):
    """The drafts that the caller is asked about, the newest first."""

    permission_classes = (HeadsOnly,)

    @extend_schema(operation_id="bulletins_drafts", parameters=PAGING, responses=paged(ConsultedRow))
    def get(self, request: Request) -> Response:
        return Response(page(consulted.scoped(actor_of(request)), request.query_params).answer(consulted_row))


class DraftView(APIView):
    """A draft as a head may read it: names of units in charge of others are replaced."""

    permission_classes = (HeadsOnly,)

    @extend_schema(operation_id="bulletins_draft", responses=ConsultedOut)
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        bulletin = consulted.get(actor, bulletin_id)
        return Response(consulted_row(bulletin) | consulted.shown(actor, bulletin))


class CommentsView(APIView):
    """Remarks on an issue, the newest first; a head reads the own ones."""

    permission_classes = (SpeakersOnly,)

    @extend_schema(operation_id="bulletins_comments", parameters=PAGING, responses=paged(BulletinCommentOut))
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        rows = comments.readable(actor_of(request), bulletin_id)
        return Response(page(rows, request.query_params).answer(comment))

    @extend_schema(operation_id="bulletins_comment", request=BulletinCommentIn, responses={201: BulletinCommentOut})
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        given = read(BulletinCommentIn, request)
        row = comments.remark(actor=actor_of(request), bulletin_id=bulletin_id, **given)
        return Response(comment(row), status=201)


class CommentSettleView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_comment_settle", request=None, responses=BulletinCommentOut)
    def post(self, request: Request, bulletin_id: uuid.UUID, comment_id: uuid.UUID) -> Response:
        row = comments.settle(actor=actor_of(request), bulletin_id=bulletin_id, comment_id=comment_id)
        return Response(comment(row))


class VersionsView(APIView):
    """The versions of the words, the newest first."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_versions", parameters=PAGING, responses=paged(TextVersionRow))
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        bulletin = bulletins.get(actor_of(request), bulletin_id)
        rows = BulletinTextVersion.objects.filter(bulletin=bulletin).defer("texts")
        return Response(page(rows, request.query_params, by="-number").answer(version_row))


class VersionView(APIView):
    """One version, whole."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_version", responses=TextVersionOut)
    def get(self, request: Request, bulletin_id: uuid.UUID, number: int) -> Response:
        bulletin = bulletins.get(actor_of(request), bulletin_id)
        row = BulletinTextVersion.objects.filter(bulletin=bulletin, number=min(number, 2**31 - 1)).first()
        if row is None:
            raise NotFound("text_version", number)
        return Response(version_row(row) | {"texts": {part: [] for part in PART_CHOICES} | row.texts})


class WorkView(APIView):
    """How far the newest compiling or signing of a period is."""

    permission_classes = (MakersOnly,)

    @extend_schema(
        operation_id="bulletins_work", parameters=[BulletinPeriodIn], responses={200: WorkOut, 404: ProblemSerializer}
    )
    def get(self, request: Request) -> Response:
        start = periods.beginning(read_query(BulletinPeriodIn, request)["period_start"]).start
        row = BulletinWork.objects.filter(county_id=actor_of(request).county_id, period_start=start).first()
        if row is None:
            raise NotFound("bulletin_work", start)
        return Response({name: getattr(row, name) for name in WORK_FIELDS})


def comment(row: BulletinComment) -> dict[str, Any]:
    names = ("id", "part", "text", "at", "settled_at", "settled_by")
    return {name: getattr(row, name) for name in names} | {"author": row.author_name}


def consulted_row(row: Bulletin) -> dict[str, Any]:
    names = ("id", "title", "period_start", "period_end", "consulted_at", "texts_version")
    return {name: getattr(row, name) for name in names}


def version_row(row: BulletinTextVersion) -> dict[str, Any]:
    return {"number": row.number, "parts": row.parts, "author": row.author_name, "at": row.at}
