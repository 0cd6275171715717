"""The usual way to answer a phone: the domain models through Django REST framework's ModelSerializers.

Written as one writes it who cares about speed: related rows prefetched, no statement per row, orjson at the end. It
brings what the documents bring: visits with their answers inside, findings, evidence.
"""

from typing import Any

import orjson
from rest_framework import serializers

from backend.inspections.models import Answer, Evidence, Finding, Visit


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    class Meta:
        model = Answer
        fields = ("key", "value", "note", "rev", "author_id", "at", "rivals")


class VisitSerializer(serializers.ModelSerializer[Visit]):
    answers = AnswerSerializer(many=True)

    class Meta:
        model = Visit
        fields = (
            "id",
            "assignment_id",
            "target_id",
            "kind",
            "mode",
            "track",
            "templates",
            "state",
            "round",
            "started_by",
            "started_at",
            "check_in",
            "sample",
            "details",
            "feedback",
            "signatures",
            "answers",
            "score",
            "content_hash",
            "submitted_at",
            "approved_at",
            "return_reason",
        )


class FindingSerializer(serializers.ModelSerializer[Finding]):
    class Meta:
        model = Finding
        fields = (
            "id",
            "visit_id",
            "target_id",
            "number",
            "template_code",
            "item_code",
            "answer_key",
            "text",
            "chosen_severity",
            "severity",
            "severity_reason",
            "veto_candidate",
            "repeated",
            "self_found_fixed",
            "responsibility",
            "legal_basis",
            "due_days",
            "state",
            "on_spot",
            "recorded_by",
            "recorded_at",
            "closed_at",
            "reopened",
        )


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    class Meta:
        model = Evidence
        fields = (
            "id",
            "visit_id",
            "finding_id",
            "answer_key",
            "kind",
            "sha256",
            "size",
            "filetype",
            "taken_at",
            "lng",
            "lat",
            "accuracy",
            "datum",
            "state",
            "author_id",
            "added_at",
        )


def serialized() -> bytes:
    """Everything there is, as JSON."""
    parts: dict[str, Any] = {
        "visits": VisitSerializer(Visit.objects.prefetch_related("answers"), many=True).data,
        "findings": FindingSerializer(Finding.objects.all(), many=True).data,
        "evidence": EvidenceSerializer(Evidence.objects.all(), many=True).data,
    }
    return orjson.dumps(parts)
