"""Conflicts of interest and certificates: the office reads all, everybody else only their own."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.accounts.roles import Role
from backend.core.errors import NotFound
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.registry.api import avoidance_serializers as s
from backend.registry.selectors import avoidance as selectors
from backend.registry.services import certificates, conflicts
from backend.registry.services.certificates import NewCertificate
from backend.registry.services.conflicts import Declaration


class ConflictsView(APIView):
    """Conflicts of interest, the newest first. Personal: the office sees all, everybody else only their own."""

    permission_classes = (FieldOnly,)

    @extend_schema(
        operation_id="conflicts_list", parameters=[*PAGING, s.ConflictsQuery], responses=paged(s.ConflictOut)
    )
    def get(self, request: Request) -> Response:
        rows = selectors.conflicts(actor_of(request)).filter(**read_query(s.ConflictsQuery, request))
        return Response(page(rows, request.query_params).answer(s.conflict))

    @extend_schema(operation_id="conflicts_declare", request=s.ConflictIn, responses={201: s.ConflictOut})
    def post(self, request: Request) -> Response:
        """Declare a conflict of one's own; the office for anybody. It keeps the person away at once."""
        actor, given = actor_of(request), read(s.ConflictIn, request)
        user_id, declared_by = given.pop("user_id", None), given.pop("declared_by")
        declaration = Declaration(**given)
        if user_id is None or not actor.has(Role.OFFICE):
            row = conflicts.declare_own(actor=actor, declaration=declaration)
        else:
            row = conflicts.record(actor=actor, user_id=user_id, declaration=declaration, declared_by=declared_by)
        return Response(s.conflict(row), status=201)


class ConflictView(APIView):
    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="conflicts_get", responses=s.ConflictOut)
    def get(self, request: Request, conflict_id: uuid.UUID) -> Response:
        row = selectors.conflicts(actor_of(request)).filter(pk=conflict_id).first()
        if row is None:
            raise NotFound("conflict", conflict_id)
        return Response(s.conflict(row))


class ConflictDecisionView(APIView):
    """Write down what was decided; a rejected conflict no longer keeps anybody away."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="conflicts_decide", request=s.ConflictDecisionIn, responses=s.ConflictOut)
    def post(self, request: Request, conflict_id: uuid.UUID) -> Response:
        row = conflicts.decide(actor=actor_of(request), conflict_id=conflict_id, **read(s.ConflictDecisionIn, request))
        return Response(s.conflict(row))


class CertificatesView(APIView):
    """Certificates, the newest first; the office sees all, everybody else only their own."""

    permission_classes = (FieldOnly,)

    @extend_schema(
        operation_id="certificates_list", parameters=[*PAGING, s.CertificatesQuery], responses=paged(s.CertificateOut)
    )
    def get(self, request: Request) -> Response:
        rows = selectors.certificates(actor_of(request)).filter(**read_query(s.CertificatesQuery, request))
        return Response(page(rows, request.query_params).answer(s.certificate))

    @extend_schema(operation_id="certificates_add", request=s.CertificateIn, responses={201: s.CertificateOut})
    def post(self, request: Request) -> Response:
        """Register a card. Office only."""
        new = NewCertificate(**read(s.CertificateIn, request))
        row = certificates.add_certificate(actor=actor_of(request), certificate=new)
        return Response(s.certificate(row), status=201)


class CertificateTermView(APIView):
    """Extend a card, or take it back."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="certificates_term", request=s.CertificateTermIn, responses=s.CertificateOut)
    def post(self, request: Request, certificate_id: uuid.UUID) -> Response:
        given = read(s.CertificateTermIn, request)
        row = certificates.end_certificate(actor=actor_of(request), certificate_id=certificate_id, **given)
        return Response(s.certificate(row))
