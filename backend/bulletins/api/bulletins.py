"""The half-monthly bulletin: made by the office, signed by leadership, read by its readers."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import WithRole, actor_of
from backend.bulletins.api import serializers as s
from backend.bulletins.models import Bulletin
from backend.bulletins.rules.editions import Edition
from backend.bulletins.rules.figure_names import names
from backend.bulletins.selectors import bulletins, records
from backend.bulletins.services import compiling, editing, handing, publishing, signing
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged


class ReadersOnly(WithRole):
    roles = bulletins.READERS


class MakersOnly(WithRole):
    roles = bulletins.MAKERS


class BulletinsView(APIView):
    """Issues, newest first."""

    permission_classes = (ReadersOnly,)

    @extend_schema(operation_id="bulletins_list", parameters=PAGING, responses=paged(s.BulletinRow))
    def get(self, request: Request) -> Response:
        return Response(page(bulletins.scoped(actor_of(request)), request.query_params).answer(s.row))


class CompileView(APIView):
    """Freeze the figures of a period and write its draft, or do so again before signing."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_compile", request=s.BulletinPeriodIn, responses=s.BulletinOut)
    def post(self, request: Request) -> Response:
        return _detail(compiling.compile(actor=actor_of(request), **read(s.BulletinPeriodIn, request)))


class BulletinView(APIView):
    permission_classes = (ReadersOnly,)

    @extend_schema(operation_id="bulletins_read", responses=s.BulletinOut)
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        actor = actor_of(request)
        bulletin = bulletins.get(actor, bulletin_id)
        handing.opened(actor=actor, paper=bulletin)
        return _detail(bulletin)


class TextsView(APIView):
    """The words of a draft; its figures cannot be changed."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_edit", request=s.BulletinTextsIn, responses=s.BulletinOut)
    def patch(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        texts = read(s.BulletinTextsIn, request)
        based_on = texts.pop("based_on", None)
        return _detail(editing.edit(actor=actor_of(request), bulletin_id=bulletin_id, texts=texts, based_on=based_on))


class RestoreView(APIView):
    """Put one part of the words back as the product wrote them over the figures."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_restore", request=s.BulletinRestoreIn, responses=s.BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        given = read(s.BulletinRestoreIn, request)
        return _detail(editing.restore(actor=actor_of(request), bulletin_id=bulletin_id, **given))


class AdoptView(APIView):
    """Take a candidate of the snapshot over into the good practices."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_adopt", request=s.BulletinAdoptIn, responses=s.BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        given = read(s.BulletinAdoptIn, request)
        target = str(given.pop("target"))
        return _detail(editing.adopt(actor=actor_of(request), bulletin_id=bulletin_id, target=target, **given))


class ReviewView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_review", request=None, responses=s.BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        return _step(editing.review, request, bulletin_id)


class ReviseView(APIView):
    """Back to the draft."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_revise", request=s.BulletinReasonIn, responses=s.BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        reason = read(s.BulletinReasonIn, request)["reason"]
        return _detail(editing.revise(actor=actor_of(request), bulletin_id=bulletin_id, reason=reason))


class SignView(APIView):
    """Number, print and sign; nothing changes any more."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_sign", request=None, responses=s.BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        return _step(signing.sign, request, bulletin_id)


class PublishView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_publish", request=None, responses=s.BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        return _step(publishing.publish, request, bulletin_id)


class WithdrawView(APIView):
    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_withdraw", request=s.BulletinReasonIn, responses=s.BulletinOut)
    def post(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        reason = read(s.BulletinReasonIn, request)["reason"]
        return _detail(publishing.withdraw(actor=actor_of(request), bulletin_id=bulletin_id, reason=reason))


class ProofView(APIView):
    """The paper as it would be signed now (PDF); of a signed issue the paper itself."""

    permission_classes = (MakersOnly,)

    @extend_schema(
        operation_id="bulletins_proof", parameters=[s.ProofQuery], responses={(200, signing.PDF): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, bulletin_id: uuid.UUID) -> HttpResponse:
        edition = Edition(read_query(s.ProofQuery, request)["edition"])
        paper = signing.proof(actor=actor_of(request), bulletin_id=bulletin_id, edition=edition)
        return HttpResponse(paper, content_type=signing.PDF, headers={"Cache-Control": "no-store"})


class RecordsView(APIView):
    """The records that a figure was counted from."""

    permission_classes = (MakersOnly,)

    @extend_schema(operation_id="bulletins_records", parameters=[s.FigureRecordsQuery], responses=s.FigureRecordsOut)
    def get(self, request: Request, bulletin_id: uuid.UUID) -> Response:
        query = read_query(s.FigureRecordsQuery, request)
        bulletin = bulletins.get(actor_of(request), bulletin_id)
        figure = records.figure(bulletin, query["figure"])
        after = str(query["after"]) if "after" in query else ""
        rest = [one for one in figure["records"] if one > after]
        shown = rest[: query["limit"]]
        items = records.labelled(bulletin, figure, shown)
        mark = shown[-1] if len(rest) > len(shown) else None
        name = names(bulletin.facts)[query["figure"]]
        return Response({"figure": s.figure(query["figure"], figure, name), "items": items, "next": mark})


def _step(service: Callable[..., Bulletin], request: Request, bulletin_id: uuid.UUID) -> Response:
    return _detail(service(actor=actor_of(request), bulletin_id=bulletin_id))


def _detail(bulletin: Bulletin) -> Response:
    return Response(s.detail(bulletin))
