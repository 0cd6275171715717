"""Checklist templates: everybody in the field reads them, the office makes them."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api import template_serializers as s
from backend.inspections.rules.differences import differences
from backend.inspections.rules.preview import preview
from backend.inspections.selectors import policies
from backend.inspections.selectors import templates as selectors
from backend.inspections.services import templates


class TemplatesView(APIView):
    """The county's checklists."""

    permission_classes = (FieldOnly,)

    @extend_schema(
        operation_id="templates_list", parameters=[*PAGING, s.TemplatesQuery], responses=paged(s.TemplateRow)
    )
    def get(self, request: Request) -> Response:
        rows = selectors.scoped(actor_of(request)).filter(**read_query(s.TemplatesQuery, request)).defer("content")
        return Response(page(rows, request.query_params, by="id").answer(s.row))


class TemplateView(APIView):
    """One version of a checklist."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="templates_get", responses=s.TemplateOut)
    def get(self, request: Request, template_id: uuid.UUID) -> Response:
        return Response(s.whole(selectors.get(actor_of(request), template_id)))


class TemplateContentView(APIView):
    """Rewrite a draft."""

    permission_classes = (OfficeOnly,)

    @extend_schema(
        operation_id="templates_edit", request=s.TemplateIn, responses={200: s.TemplateOut, 400: s.BadTemplateOut}
    )
    def put(self, request: Request, template_id: uuid.UUID) -> Response:
        content = read(s.TemplateIn, request)["content"]
        return Response(s.whole(templates.edit(actor=actor_of(request), template_id=template_id, content=content)))


class TemplateDraftsView(APIView):
    """Begin a new version, or a new checklist."""

    permission_classes = (OfficeOnly,)

    @extend_schema(
        operation_id="templates_draft", request=s.TemplateDraftIn, responses={201: s.TemplateOut, 400: s.BadTemplateOut}
    )
    def post(self, request: Request) -> Response:
        begun = read(s.TemplateDraftIn, request)
        begin = templates.draft if "code" in begun else templates.create
        return Response(s.whole(begin(actor=actor_of(request), **begun)), status=201)


class TemplateDiscardView(APIView):
    """Throw a draft away."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_discard", request=None, responses={204: None})
    def post(self, request: Request, template_id: uuid.UUID) -> Response:
        templates.discard(actor=actor_of(request), template_id=template_id)
        return Response(status=204)


class TemplatePublishView(APIView):
    """Put a draft into force."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_publish", request=None, responses=s.TemplateOut)
    def post(self, request: Request, template_id: uuid.UUID) -> Response:
        return Response(s.whole(templates.publish(actor=actor_of(request), template_id=template_id)))


class TemplateRetireView(APIView):
    """Take a checklist out of use."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_retire", request=None, responses=s.TemplateOut)
    def post(self, request: Request, template_id: uuid.UUID) -> Response:
        return Response(s.whole(templates.retire(actor=actor_of(request), template_id=template_id)))


class TemplateChangesView(APIView):
    """What differs from the version before, or from another one, in sentences and for programs."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_changes", parameters=[s.ChangesQuery], responses=s.ChangesOut)
    def get(self, request: Request, template_id: uuid.UUID) -> Response:
        of, against = selectors.compared(actor_of(request), template_id, **read_query(s.ChangesQuery, request))
        found = differences(against.parsed, of.parsed) if against else []
        before = s.row(against) if against else None
        return Response({"of": s.row(of), "against": before, "changes": [s.change(one) for one in found]})


class TemplatePreviewView(APIView):
    """The checklist as a phone shows it for a target: which items, and by which rule the others are hidden."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_preview", request=s.PreviewIn, responses=s.PreviewOut)
    def post(self, request: Request, template_id: uuid.UUID) -> Response:
        actor, asked = actor_of(request), read(s.PreviewIn, request)
        template = selectors.get(actor, template_id)
        kind, grades = selectors.asked_for(actor, asked.get("target"), asked.get("type"), asked.get("grades"))
        lines = preview(template.parsed, kind, grades, asked.get("answers", {}))
        shown = sum(one.hidden is None for one in lines)
        head = {"template": s.row(template), "type": kind.value, "shown": shown, "hidden": len(lines) - shown}
        return Response(head | {"items": [s.line(one) for one in lines]})


class CatalogueView(APIView):
    """Bring the shipped catalogue into the county."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_publish_catalogue", request=None, responses=s.PublishedOut)
    def post(self, request: Request) -> Response:
        return Response({"items": [s.row(one) for one in templates.publish_catalogue(actor=actor_of(request))]})


class PoliciesView(APIView):
    """The policy library, from which the basis of an item is picked: some sixty documents, all at once."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="policies_list", parameters=[s.PoliciesQuery], responses=s.PoliciesOut)
    def get(self, request: Request) -> Response:
        words = read_query(s.PoliciesQuery, request).get("q", "")
        return Response({"items": [s.policy(one) for one in policies.matching(actor_of(request).county_id, words)]})
