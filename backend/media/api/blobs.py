"""GET /api/v1/blobs/{sha256}."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.core.errors import Invalid
from backend.core.permissions import SignedIn, actor_of
from backend.core.schema import ProblemSerializer
from backend.media.api.delivery import serve
from backend.media.rules.derivatives import LONG_SIDE

BYTES = {
    (200, "image/jpeg"): OpenApiTypes.BINARY,
    (200, "application/octet-stream"): OpenApiTypes.BINARY,
    (206, "application/octet-stream"): OpenApiTypes.BINARY,
    304: OpenApiResponse(description="The caller's copy is the present one."),
    (410, "application/problem+json"): ProblemSerializer,
    (416, "application/problem+json"): ProblemSerializer,
}


class BlobQuery(serializers.Serializer[Any]):
    """Which representation is wanted."""

    size = serializers.ChoiceField(
        choices=sorted(LONG_SIDE), required=False, help_text="An upright JPEG without metadata; else the original."
    )
    download = serializers.BooleanField(default=False, help_text="To be saved as a file; noted as an export.")


class BlobView(APIView):
    """A file by the hash of its content, for those who may see something that names it."""

    permission_classes = (SignedIn,)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A browser asks an image with `Accept: image/*`; our renderers only write the problems."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="blobs_read",
        parameters=[BlobQuery, OpenApiParameter("Range", str, OpenApiParameter.HEADER)],
        responses=BYTES,
    )
    def get(self, request: Request, sha256: str) -> HttpResponseBase:
        query = BlobQuery(data=request.query_params)
        if not query.is_valid():
            raise Invalid("invalid", "参数 size 只能是 preview 或 list，download 只能是 true 或 false。", path="size")
        kind, export = query.validated_data.get("size"), query.validated_data["download"]
        return serve(request._request, actor=actor_of(request), sha256=sha256, kind=kind, export=export)
