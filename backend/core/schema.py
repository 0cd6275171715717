"""OpenAPI: every endpoint names its errors and its room."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from backend.core.http import PROBLEM_JSON


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details; `code` is stable, `detail` one Chinese sentence for the user."""

    type = serializers.CharField(help_text="Always about:blank; the code says what it is.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable machine-readable code.")
    detail = serializers.CharField(help_text="One Chinese sentence for the person in front of the screen.")


class InvalidSerializer(ProblemSerializer):
    """A problem that says which fields are wrong."""

    def get_fields(self) -> dict[str, Any]:
        """`errors` cannot be a class attribute: serializers keep their own there."""
        return super().get_fields() | {"errors": serializers.JSONField(required=False, help_text="Reasons per field.")}


PAGING = [
    OpenApiParameter("limit", int, description="Rows of one page, 1–200, default 50."),
    OpenApiParameter("after", str, description="`next` of the page before."),
]


def paged(row: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The answer of a keyset-paged list of `row`."""
    return inline_serializer(
        f"{row.__name__}Page",
        {"items": row(many=True), "next": serializers.CharField(allow_null=True, help_text="None on the last page.")},
    )


class AutoSchema(SpectacularAutoSchema):
    """Adds the problem answers every endpoint can give, and groups operations by room."""

    def get_tags(self) -> list[str]:
        module = self.view.__class__.__module__.split(".")
        return [module[1]] if module[0] == "backend" else ["api"]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        out: dict[str, Any] = super()._get_response_bodies(direction)
        for status, answer in out.items():
            if status >= "400" and "application/json" in answer.get("content", {}):
                answer["content"] = {PROBLEM_JSON: answer["content"]["application/json"]}
        for status, serializer in self._problems().items():
            answer = self._get_response_for_code(serializer, status, [PROBLEM_JSON])  # type: ignore[no-untyped-call]
            out.setdefault(status, answer)
        return out

    def _problems(self) -> dict[str, type[serializers.Serializer[Any]]]:
        """404 also where the body names objects; 503 when the database cannot serve just now."""
        problems: dict[str, type[serializers.Serializer[Any]]] = {"400": InvalidSerializer}
        if self.view.permission_classes and self.get_auth():
            problems |= {"401": ProblemSerializer, "403": ProblemSerializer}
        changes = self.method in {"POST", "PUT", "PATCH", "DELETE"}
        if changes or "{" in self.path:
            problems["404"] = ProblemSerializer
        if changes:
            problems |= dict.fromkeys(("409", "413", "415", "429"), ProblemSerializer)
        return problems | {"503": ProblemSerializer}
