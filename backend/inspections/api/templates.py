"""Checklist templates: everybody in the field reads them, the office makes them."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import FieldOnly, OfficeOnly, actor_of
from backend.core.errors import NotFound
from backend.core.pages import page
from backend.core.requests import read, read_query
from backend.core.schema import PAGING, paged
from backend.inspections.api.fields import DocumentField
from backend.inspections.models import ChecklistTemplate, TemplateStatus
from backend.inspections.selectors import templates as selectors
from backend.inspections.services import templates


class TemplatesQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=TemplateStatus.choices, required=False)
    code = serializers.CharField(max_length=8, required=False)


class TemplateRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=TemplateStatus.choices)
    content_hash = serializers.CharField(help_text="SHA-256 of the canonical content.")
    published_at = serializers.DateTimeField(allow_null=True)


class TemplateOut(TemplateRow):
    content = DocumentField(help_text="The checklist as phones receive it.")


class TemplateIn(serializers.Serializer[Any]):
    content = DocumentField(help_text="The whole checklist; code and version are kept.")


class TemplateDraftIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=8)


class PublishedOut(serializers.Serializer[Any]):
    items = TemplateRow(many=True)


class TemplatesView(APIView):
    """The county's checklists."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="templates_list", parameters=[*PAGING, TemplatesQuery], responses=paged(TemplateRow))
    def get(self, request: Request) -> Response:
        rows = selectors.scoped(actor_of(request)).filter(**read_query(TemplatesQuery, request)).defer("content")
        return Response(page(rows, request.query_params, by="id").answer(row))


class TemplateView(APIView):
    """One version of a checklist."""

    permission_classes = (FieldOnly,)

    @extend_schema(operation_id="templates_get", responses=TemplateOut)
    def get(self, request: Request, template_id: uuid.UUID) -> Response:
        found = selectors.scoped(actor_of(request)).filter(pk=template_id).first()
        if found is None:
            raise NotFound("template", template_id)
        return Response(whole(found))


class TemplateContentView(APIView):
    """Rewrite a draft."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_edit", request=TemplateIn, responses=TemplateOut)
    def put(self, request: Request, template_id: uuid.UUID) -> Response:
        content = read(TemplateIn, request)["content"]
        return Response(whole(templates.edit(actor=actor_of(request), template_id=template_id, content=content)))


class TemplateDraftsView(APIView):
    """Begin a new version."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_draft", request=TemplateDraftIn, responses={201: TemplateOut})
    def post(self, request: Request) -> Response:
        found = templates.draft(actor=actor_of(request), **read(TemplateDraftIn, request))
        return Response(whole(found), status=201)


class TemplatePublishView(APIView):
    """Put a draft into force."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_publish", request=None, responses=TemplateOut)
    def post(self, request: Request, template_id: uuid.UUID) -> Response:
        return Response(whole(templates.publish(actor=actor_of(request), template_id=template_id)))


class CatalogueView(APIView):
    """Bring the shipped catalogue into the county."""

    permission_classes = (OfficeOnly,)

    @extend_schema(operation_id="templates_publish_catalogue", request=None, responses=PublishedOut)
    def post(self, request: Request) -> Response:
        return Response({"items": [row(one) for one in templates.publish_catalogue(actor=actor_of(request))]})


def row(found: ChecklistTemplate) -> dict[str, Any]:
    return {
        "id": found.pk,
        "code": found.code,
        "version": found.version,
        "name": found.name,
        "status": found.status,
        "content_hash": found.content_hash,
        "published_at": found.published_at,
    }


def whole(found: ChecklistTemplate) -> dict[str, Any]:
    return row(found) | {"content": found.content}
