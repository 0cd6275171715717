"""Bodies of the addresses about checklist templates."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.core.schema import ProblemSerializer
from backend.inspections.api.fields import DocumentField
from backend.inspections.catalogue import Fault
from backend.inspections.catalogue.reading import Located
from backend.inspections.models import ChecklistTemplate, TemplateStatus
from backend.inspections.rules.checklist import Confidence, PolicyDocument, TargetType
from backend.inspections.rules.differences import Difference
from backend.inspections.rules.preview import PreviewLine
from backend.inspections.rules.visibility import HiddenBy
from backend.inspections.services.template_files import Report


@extend_schema_field({"oneOf": [{"type": t} for t in ("string", "number", "boolean", "array", "object")]})
class JsonField(serializers.JSONField):
    """Any value of the JSON form."""


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
    code = serializers.CharField(max_length=8, required=False, help_text="Begin the next version of this one.")
    content = DocumentField(required=False, help_text="Or begin a checklist with a code of its own.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("code" in attrs) == ("content" in attrs):
            raise serializers.ValidationError("请填写清单编码，或新清单的内容。")
        return attrs


class PublishedOut(serializers.Serializer[Any]):
    items = TemplateRow(many=True)


class TemplateFaultOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(allow_null=True, help_text="Item from 1; null: the head of the checklist.")
    item = serializers.CharField(allow_blank=True, help_text="Code of the item as given.")
    field = serializers.CharField(allow_blank=True, help_text="Field as in the JSON form.")
    code = serializers.CharField(help_text="Stable.")
    message = serializers.CharField(help_text="In Chinese.")


class FileFaultOut(TemplateFaultOut):
    place = serializers.CharField(allow_blank=True, help_text="Line of the YAML file, or sheet and cell.")


class BadTemplateOut(ProblemSerializer):
    """`bad_template`: everything that has to be put right."""

    faults = TemplateFaultOut(many=True, required=False)


class ChangeOut(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="added, removed, changed or moved.")
    item = serializers.CharField(allow_blank=True, help_text="Empty: the head of the checklist.")
    field = serializers.CharField(allow_blank=True, help_text="Empty: the whole item.")
    before = JsonField(allow_null=True)
    after = JsonField(allow_null=True)
    sentence = serializers.CharField(help_text="In Chinese.")


class ChangesQuery(serializers.Serializer[Any]):
    against = serializers.UUIDField(required=False, help_text="Default: the version before.")


class ChangesOut(serializers.Serializer[Any]):
    of = TemplateRow()
    against = TemplateRow(allow_null=True, help_text="Null: there is no version before, and nothing to compare.")
    changes = ChangeOut(many=True)


class PreviewIn(serializers.Serializer[Any]):
    target = serializers.UUIDField(required=False)
    type = serializers.CharField(max_length=20, required=False, help_text="Stage or class, as on the target card.")
    grades = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=9), required=False, max_length=9, help_text="With `type`."
    )
    answers = DocumentField(required=False, help_text="Assumed answers by key, `{value}` each, for conditions.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("target" in attrs) == ("type" in attrs):
            raise serializers.ValidationError("请选择检查对象，或对象的类型。")
        if "type" in attrs and attrs["type"] not in list(TargetType):
            raise serializers.ValidationError({"type": "没有这种类型的检查对象。"})
        answers = attrs.get("answers", {})
        if not isinstance(answers, dict) or not all(isinstance(one, dict) for one in answers.values()):
            raise serializers.ValidationError({"answers": "应答应为按编号列出的“值”。"})
        return attrs


class PreviewLineOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    section = serializers.CharField()
    text = serializers.CharField()
    type = serializers.CharField(help_text="What an inspector enters.")
    shown = serializers.BooleanField()
    hidden_by = serializers.ChoiceField(choices=[str(one.value) for one in HiddenBy], allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="The rule that hides it, in Chinese.")
    mandatory = serializers.BooleanField()
    numbers = serializers.ListField(child=serializers.IntegerField(), help_text="Behind `#`, where they are known.")
    passes = serializers.ListField(child=serializers.CharField(), help_text="What passes here, in Chinese.")
    options = serializers.ListField(child=serializers.CharField())
    citations = serializers.ListField(child=serializers.CharField(), help_text="What a notice may cite.")


class PreviewOut(serializers.Serializer[Any]):
    template = TemplateRow()
    type = serializers.CharField()
    shown = serializers.IntegerField()
    hidden = serializers.IntegerField()
    items = PreviewLineOut(many=True)


class PoliciesQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=100, required=False, help_text="Words in code, name or number.")


class PolicyOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    issued = serializers.CharField(allow_blank=True)
    remark = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    confidence = serializers.ChoiceField(choices=[str(one.value) for one in Confidence])
    needs_review = serializers.BooleanField()
    citable = serializers.BooleanField(help_text="Whether a notice may name it.")


class PoliciesOut(serializers.Serializer[Any]):
    items = PolicyOut(many=True)


class TemplateFileIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="YAML or XLSX, at most 1 MB.")


class TemplateImportQuery(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(default=False, help_text="Only check the file.")


class TemplateImportOut(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=["created", "updated", "unchanged", "refused"])
    template = TemplateRow(allow_null=True, help_text="Null where nothing is stored.")
    checklist = serializers.CharField(allow_blank=True, help_text="Code of the checklist.")
    version = serializers.IntegerField(allow_null=True)
    changes = ChangeOut(many=True)
    faults = FileFaultOut(many=True)


class TemplateImportRefused(ProblemSerializer):
    """The problem, with everything that is wrong with the file."""

    faults = FileFaultOut(many=True)


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


def change(one: Difference) -> dict[str, Any]:
    return one._asdict()


def fault(one: Located | Fault) -> dict[str, Any]:
    return one.as_json()


def report(found: Report) -> dict[str, Any]:
    stored = found.row if found.row is not None and not found.row._state.adding else None
    return {
        "outcome": found.outcome,
        "template": row(stored) if stored else None,
        "checklist": found.template.code if found.template else "",
        "version": found.template.version if found.template else None,
        "changes": [change(one) for one in found.changes],
        "faults": [fault(one) for one in found.faults],
    }


def line(one: PreviewLine) -> dict[str, Any]:
    item = one.item
    return {
        "code": item.code,
        "section": item.section,
        "text": item.text,
        "type": item.type.value,
        "shown": one.hidden is None,
        "hidden_by": one.hidden.value if one.hidden else None,
        "reason": one.reason,
        "mandatory": one.mandatory,
        "numbers": list(one.numbers),
        "passes": list(one.passes),
        "options": list(item.options),
        "citations": list(one.citations),
    }


def policy(one: PolicyDocument) -> dict[str, Any]:
    names = ("code", "name", "number", "issued", "remark", "note", "needs_review", "citable")
    return {name: getattr(one, name) for name in names} | {"confidence": one.confidence.value}
