"""Evidence for those who review it: lists, all facts of one, its custody, and what looks like it."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, actor_of
from backend.core.actor import Actor
from backend.core.errors import Forbidden
from backend.core.pages import page_by_keys
from backend.core.requests import read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import evidence_serializers as s
from backend.inspections.models import Evidence
from backend.inspections.selectors import authors, custody, flags, likeness, reviewers
from backend.inspections.selectors import evidence as selectors


class EvidenceListView(APIView):
    """Evidence of the visits the caller may see, newest first."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="evidence_list", parameters=[*PAGING, s.EvidenceQuery], responses=paged(s.EvidenceRow))
    def get(self, request: Request) -> Response:
        actor, given = actor_of(request), read_query(s.EvidenceQuery, request)
        kind = given.pop("flag", None)
        rows = selectors.matching(actor, selectors.Wanted(**given))
        rows = flags.with_flag(actor, rows, kind) if kind else rows
        found = page_by_keys(rows, request.query_params, selectors.listed)
        shown = flags.of(actor, found.rows)
        return Response(found.answer(lambda row: s.row(row, shown)))


class EvidenceView(APIView):
    """All facts of one evidence; what was noticed about it only for those who review its visit."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="evidence_get", responses=s.WholeEvidenceOut)
    def get(self, request: Request, evidence_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        found = selectors.get(actor, evidence_id)
        names = authors.names([found.author_id])
        return Response(s.whole(found, flags.of(actor, [found]), names.get(found.author_id or 0, "")))


class CustodyView(APIView):
    """Who had the evidence, when, on what device: for the office and those who review the visit."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="evidence_custody", responses=s.CustodyOut)
    def get(self, request: Request, evidence_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        found = _reviewed(actor, evidence_id)
        return Response(s.custody(found, custody.chain(actor, found)))


class LookalikesView(APIView):
    """The same bytes under other evidence, and photos that look alike; both originals are at /api/v1/blobs/{sha256}."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="evidence_lookalikes", responses=s.LookalikesOut)
    def get(self, request: Request, evidence_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        found = _reviewed(actor, evidence_id)
        shown = likeness.shown(actor, found)
        return Response(s.lookalikes(found, shown, flags.of(actor, [same.evidence for same in shown.found])))


def _reviewed(actor: Actor, evidence_id: uuid.UUID) -> Evidence:
    """Raises `NotFound` for what the actor may not see, `Forbidden` for what somebody else reviews."""
    found = selectors.get(actor, evidence_id)
    if not reviewers.reviews(actor, found.visit):
        raise Forbidden("not_reviewer", "只有督导办和本次到访的审核人可以查看。")
    return found
