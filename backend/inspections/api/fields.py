"""Fields that several bodies of this room share."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.core.fields import FiniteField
from backend.inspections.services.visits import LEAST_ACCURATE, Place


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "array", "items": {"type": "string"}}]}
)
class AnswerValueField(serializers.JSONField):
    """An answer: an option or text, a number, or a list of options or evidence ids."""


@extend_schema_field({"type": "object", "additionalProperties": True})
class DocumentField(serializers.JSONField):
    """A JSON object whose shape the checklist rules define."""


@extend_schema_field({"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}})
class VersionField(serializers.ListField):
    """`[code, version]` of a template."""


class LocationIn(serializers.Serializer[Any]):
    lng = FiniteField(min_value=-180, max_value=180)
    lat = FiniteField(min_value=-90, max_value=90)
    accuracy = FiniteField(min_value=0, max_value=LEAST_ACCURATE, required=False, allow_null=True, help_text="Metres.")
    datum = serializers.ChoiceField(choices=["wgs84", "gcj02"], default="wgs84")


class NamedOut(serializers.Serializer[Any]):
    """Something by id and name."""

    id = serializers.CharField()
    name = serializers.CharField()


class VisitReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


def place(given: dict[str, Any] | None) -> Place | None:
    return Place(given["lng"], given["lat"], given.get("accuracy"), given["datum"]) if given else None


def named(id: object, name: str | None) -> dict[str, str] | None:
    return None if id is None else {"id": str(id), "name": name or ""}
