"""Random draws: sealed, drawn, told, confirmed. For the office; leadership reads."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, WithRole, actor_of
from backend.accounts.roles import Role
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import assignment_serializers as a
from backend.inspections.api import draw_serializers as s
from backend.inspections.selectors import assignments, burden
from backend.inspections.selectors import draws as selectors
from backend.inspections.services import draw_confirmation, draws
from backend.inspections.services.draw_requests import DrawRequest


class DrawReaders(WithRole):
    """Office and leadership read, the office acts; a draw is secret from everybody else."""

    roles = frozenset({Role.OFFICE, Role.LEADERSHIP})

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        return OfficeOnly().has_permission(request, view)


class DrawsView(APIView):
    """Draws, the newest first."""

    permission_classes = (DrawReaders,)

    @extend_schema(operation_id="draws_list", parameters=[*PAGING, s.DrawsQuery], responses=paged(s.DrawOut))
    def get(self, request: Request) -> Response:
        rows = selectors.matching(actor_of(request), **read_query(s.DrawsQuery, request))
        return Response(page(rows, request.query_params).answer(s.draw))

    @extend_schema(operation_id="draws_seal", request=s.TargetDrawIn, responses={201: s.DrawOut})
    def post(self, request: Request) -> Response:
        """Freeze the libraries and a secret seed; their hashes are told, the seed not before the draw. Office only."""
        row = draws.seal(actor=actor_of(request), request=DrawRequest(**read(s.TargetDrawIn, request)))
        return Response(s.draw(row), status=201)


class DrawView(APIView):
    permission_classes = (DrawReaders,)

    @extend_schema(operation_id="draws_get", responses=s.DrawOut)
    def get(self, request: Request, draw_id: uuid.UUID) -> Response:
        return Response(s.draw(selectors.get(actor_of(request), draw_id)))


class DrawTargetsView(APIView):
    """What was drawn, with names, in the order drawn."""

    permission_classes = (DrawReaders,)

    @extend_schema(operation_id="draws_targets", parameters=PAGING, responses=paged(s.DrawnTargetOut))
    def get(self, request: Request, draw_id: uuid.UUID) -> Response:
        rows = selectors.drawn(selectors.get(actor_of(request), draw_id))
        found = page(rows, request.query_params, by="position")
        names = selectors.names_of(found.rows)
        return Response(found.answer(lambda row: s.drawn(row, names)))


class DrawRecordView(APIView):
    """The record to be published: all that is needed to check the draw, under pseudonyms."""

    permission_classes = (DrawReaders,)

    @extend_schema(operation_id="draws_record", parameters=[s.DrawRecordQuery], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, draw_id: uuid.UUID) -> Response:
        wanted = read_query(s.DrawRecordQuery, request)
        return Response(selectors.record(selectors.get(actor_of(request), draw_id), names=wanted["names"]))


class DrawRunView(APIView):
    """Draw, once, before a witness."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="draws_run", request=s.DrawRunIn, responses=s.DrawOut)
    def post(self, request: Request, draw_id: uuid.UUID) -> Response:
        row = draws.run(actor=actor_of(request), draw_id=draw_id, **read(s.DrawRunIn, request))
        return Response(s.draw(row))


class DrawRevealView(APIView):
    """Tell the seed; from now on it stands in the record."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="draws_reveal", request=None, responses=s.DrawOut)
    def post(self, request: Request, draw_id: uuid.UUID) -> Response:
        return Response(s.draw(draws.reveal(actor=actor_of(request), draw_id=draw_id)))


class RedrawView(APIView):
    """Seal another draw in place of this one, which stays on record."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="draws_redraw", request=s.RedrawIn, responses={201: s.DrawOut})
    def post(self, request: Request, draw_id: uuid.UUID) -> Response:
        row = draws.redraw(actor=actor_of(request), draw_id=draw_id, **read(s.RedrawIn, request))
        return Response(s.draw(row), status=201)


class DrawConfirmView(APIView):
    """Make assignments of the result; nobody learns of them before their release."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="draws_confirm", request=s.DrawConfirmIn, responses={201: a.PlannedOut})
    def post(self, request: Request, draw_id: uuid.UUID) -> Response:
        """`warnings` names schools that are visited too often with it; the assignments are made all the same."""
        actor = actor_of(request)
        made = draw_confirmation.confirm(actor=actor, draw_id=draw_id, **read(s.DrawConfirmIn, request))
        rows = assignments.listed(actor, [row.pk for row in made])
        warned = [a.warning(one) for one in burden.warnings(actor.county_id, made)]
        return Response({"items": [a.assignment(row) for row in rows], "warnings": warned}, status=201)


class DrawPublicityView(APIView):
    """Results of drawn checks of institutions that may be made public: after the visit was approved."""

    permission_classes = (DrawReaders,)

    @extend_schema(operation_id="draws_publicity", parameters=[s.PublicityQuery], responses=s.PublicityOut)
    def get(self, request: Request) -> Response:
        rows = selectors.publicity(actor_of(request), **read_query(s.PublicityQuery, request))
        return Response({"items": [s.shown(one) for one in rows]})
