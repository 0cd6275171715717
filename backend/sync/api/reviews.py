"""The review desk: what the engine could not apply, read and decided about (protocol, Review)."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.errors import Forbidden
from backend.core.pages import DEFAULT_LIMIT, MAX_LIMIT
from backend.core.permissions import SignedIn, actor_of
from backend.core.requests import read, read_query
from backend.core.schema import paged
from backend.sync import people
from backend.sync.models import Operation, ReviewOutcome
from backend.sync.models.verdict import REVIEWABLE_CHOICES
from backend.sync.registry import QUARANTINE_CODES, Context, registry
from backend.sync.services import reviewable, reviewing

REASON_MAX = 500


class MaySync(SignedIn):
    """People with a part in sync; what they see of the desk is the business of `reviewable`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if super().has_permission(request, view) and registry.may_sync(actor_of(request)):
            return True
        raise Forbidden("no_sync", "此账号不使用离线同步。")


class ReviewsQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=REVIEWABLE_CHOICES, required=False)
    code = serializers.ChoiceField(choices=sorted(QUARANTINE_CODES), required=False)
    user = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Its author.")
    decided = serializers.BooleanField(default=False, help_text="Instead those that somebody has decided about.")
    waiting = serializers.BooleanField(default=False, help_text="Also those held for less than 24 hours.")
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)
    after = serializers.UUIDField(required=False, help_text="`next` of the page before.")


class AuthorOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)


class ContextOut(serializers.Serializer[Any]):
    known = serializers.BooleanField(help_text="What it names exists here, although its author may not see it.")
    kind = serializers.CharField(allow_blank=True)
    id = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    assignment = serializers.UUIDField(allow_null=True)
    visit = serializers.UUIDField(allow_null=True)


class FateOut(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=ReviewOutcome.choices)
    reason = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField()
    by_name = serializers.CharField()
    at = serializers.DateTimeField()
    detail = serializers.DictField(help_text="What accepting or refiling came to.")


class ReviewRow(serializers.Serializer[Any]):
    op = serializers.UUIDField()
    status = serializers.ChoiceField(choices=REVIEWABLE_CHOICES)
    code = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(allow_blank=True)
    verb = serializers.CharField(allow_blank=True)
    object = serializers.CharField(allow_blank=True, help_text="The id that it names.")
    user = AuthorOut()
    device = serializers.UUIDField()
    n = serializers.IntegerField()
    device_at = serializers.CharField(allow_blank=True, help_text="The device's own words for its time.")
    received_at = serializers.DateTimeField()
    skew_ms = serializers.IntegerField(allow_null=True, help_text="Device clock minus ours, as it measured it.")
    skewed = serializers.BooleanField(help_text="Its clock was off by more than two minutes.")
    fate = FateOut(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`context` cannot be a class attribute: serializers keep their own there."""
        return super().get_fields() | {"context": ContextOut()}


class ReviewOut(ReviewRow):
    told = serializers.DictField(help_text="What its phone was answered.")
    body = serializers.JSONField(help_text="As it was sent; as text where it is no JSON.")


class AcceptIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=REASON_MAX, allow_blank=True, default="")


class DismissIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=REASON_MAX)


class RefileIn(serializers.Serializer[Any]):
    to = serializers.CharField(max_length=64, help_text="The object that it belongs to, of the kind it names.")
    reason = serializers.CharField(max_length=REASON_MAX)


class ReviewsView(APIView):
    """What waits for the caller's decision, oldest first."""

    permission_classes = (MaySync,)

    @extend_schema(operation_id="sync_reviews_list", parameters=[ReviewsQuery], responses=paged(ReviewRow))
    def get(self, request: Request) -> Response:
        wanted, actor = read_query(ReviewsQuery, request), actor_of(request)
        limit, after = wanted.pop("limit"), wanted.pop("after", None)
        rows = reviewable.matching(actor, **wanted)
        page, contexts = reviewable.page(actor, rows, limit=limit, after=after)
        names = people.names(row.user_id for row in page.rows)
        return Response(page.answer(lambda row: _row(row, contexts[row.pk], names.get(row.user_id, ""))))


class ReviewView(APIView):
    """One operation with all that was sent, and what is known about it."""

    permission_classes = (MaySync,)

    @extend_schema(operation_id="sync_reviews_get", responses=ReviewOut)
    def get(self, request: Request, op_id: uuid.UUID) -> Response:
        return _answer(request, op_id)


class AcceptView(APIView):
    """Let it count: applied on the caller's word, or put beside the submitted round."""

    permission_classes = (MaySync,)

    @extend_schema(operation_id="sync_reviews_accept", request=AcceptIn, responses=ReviewOut)
    def post(self, request: Request, op_id: uuid.UUID) -> Response:
        reviewing.accept(actor=actor_of(request), op=op_id, **read(AcceptIn, request))
        return _answer(request, op_id)


class RefileView(APIView):
    """Let it count for another object than the one it names."""

    permission_classes = (MaySync,)

    @extend_schema(operation_id="sync_reviews_refile", request=RefileIn, responses=ReviewOut)
    def post(self, request: Request, op_id: uuid.UUID) -> Response:
        reviewing.refile(actor=actor_of(request), op=op_id, **read(RefileIn, request))
        return _answer(request, op_id)


class DismissView(APIView):
    """Let it not count; it is kept with the reason."""

    permission_classes = (MaySync,)

    @extend_schema(operation_id="sync_reviews_dismiss", request=DismissIn, responses=ReviewOut)
    def post(self, request: Request, op_id: uuid.UUID) -> Response:
        reviewing.dismiss(actor=actor_of(request), op=op_id, **read(DismissIn, request))
        return _answer(request, op_id)


def _answer(request: Request, op_id: uuid.UUID) -> Response:
    row, context = reviewable.get(actor_of(request), op_id)
    body = reviewable.readable(row.body)
    told = {name: value for name, value in row.verdict.answer().items() if name != "fate"}
    whole = {"told": told, "body": row.body if body is None else body}
    return Response(_row(row, context, people.author(row).name) | whole)


def _row(row: Operation, context: Context, name: str) -> dict[str, Any]:
    """Wants `verdict` and `review`."""
    fate = row.verdict.fate
    names = ("kind", "verb", "n", "device_at", "received_at")
    return {
        **{each: getattr(row, each) for each in names},
        "op": row.pk,
        "status": row.verdict.status,
        "code": row.verdict.code,
        "object": row.object_id,
        "user": {"id": row.user_id, "name": name},
        "device": row.device_id,
        "skew_ms": row.offset_ms,
        "skewed": abs(row.offset_ms or 0) > reviewable.MOST_SKEW_MS,
        "context": {each: getattr(context, each) for each in ("known", "kind", "id", "title", "assignment", "visit")},
        "fate": fate.as_json() if fate else None,
    }
