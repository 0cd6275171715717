"""Schools and institutions, and who acts for them."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import OfficeOnly, UnitOnly, actor_of
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.registry.api import serializers as s
from backend.registry.api import target_serializers as t
from backend.registry.api.permissions import OfficeWrites
from backend.registry.selectors import targets as selectors
from backend.registry.services import contacts, targets
from backend.registry.services.contacts import NewContact


class TargetsView(APIView):
    """The county's targets in the order of codes."""

    permission_classes = (OfficeWrites,)

    @extend_schema(operation_id="targets_list", parameters=[*PAGING, t.TargetsQuery], responses=paged(t.TargetOut))
    def get(self, request: Request) -> Response:
        rows = selectors.matching(selectors.scoped(actor_of(request)), **read_query(t.TargetsQuery, request))
        rows = rows.select_related("district", "station", "team")
        return Response(page(rows, request.query_params, by="code").answer(t.target))

    @extend_schema(operation_id="targets_create", request=t.TargetIn, responses={201: t.TargetOut})
    def post(self, request: Request) -> Response:
        row = targets.create_target(actor=actor_of(request), **read(t.TargetIn, request))
        return Response(t.target(row), status=201)


class TargetView(APIView):
    """One target."""

    permission_classes = (OfficeWrites,)

    @extend_schema(operation_id="targets_get", responses=t.TargetOut)
    def get(self, request: Request, target_id: uuid.UUID) -> Response:
        return Response(t.target(selectors.one(actor_of(request), target_id)))

    @extend_schema(operation_id="targets_change", request=t.TargetPatch, responses=t.TargetOut)
    def patch(self, request: Request, target_id: uuid.UUID) -> Response:
        row = targets.update_target(actor=actor_of(request), target_id=target_id, **read(t.TargetPatch, request))
        return Response(t.target(row))


class TargetCloseView(APIView):
    """Take a target out of inspection."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="targets_close", request=t.CloseIn, responses=t.TargetOut)
    def post(self, request: Request, target_id: uuid.UUID) -> Response:
        row = targets.close_target(actor=actor_of(request), target_id=target_id, **read(t.CloseIn, request))
        return Response(t.target(row))


class TargetReopenView(APIView):
    """Take a closed target into inspection again."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="targets_reopen", request=t.ReopenIn, responses=t.TargetOut)
    def post(self, request: Request, target_id: uuid.UUID) -> Response:
        row = targets.reopen_target(actor=actor_of(request), target_id=target_id, **read(t.ReopenIn, request))
        return Response(t.target(row))


class ContactsView(APIView):
    """Who acts for a target at present."""

    permission_classes = (OfficeWrites,)

    @extend_schema(operation_id="targets_contacts", responses=s.ContactsOut)
    def get(self, request: Request, target_id: uuid.UUID) -> Response:
        rows = selectors.contact_rows(selectors.one(actor_of(request), target_id))
        return Response({"items": [s.contact(row) for row in rows.order_by("pk")]})

    @extend_schema(operation_id="targets_add_contact", request=s.ContactIn, responses={201: s.ContactOut})
    def post(self, request: Request, target_id: uuid.UUID) -> Response:
        contact = NewContact(target_id=target_id, **read(s.ContactIn, request))
        return Response(s.contact(contacts.add_contact(actor=actor_of(request), contact=contact)), status=201)


class ContactEndView(APIView):
    """Somebody no longer acts for a target."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="contacts_end", request=None, responses=s.ContactOut)
    def post(self, request: Request, contact_id: int) -> Response:
        return Response(s.contact(contacts.end_contact(actor=actor_of(request), contact_id=contact_id)))


class UnitTargetsView(APIView):
    """What the signed-in account of a unit acts for; nothing about who inspects it."""

    permission_classes = (UnitOnly,)

    @extend_schema(operation_id="unit_targets", parameters=PAGING, responses=paged(t.UnitTargetOut))
    def get(self, request: Request) -> Response:
        rows = selectors.scoped(actor_of(request)).select_related("district")
        return Response(page(rows, request.query_params, by="code").answer(t.unit_target))
