"""Bodies of the circular endpoints."""

from typing import Any

from rest_framework import serializers

from backend.bulletins.api.serializers import GoodPracticeOut, paragraphs
from backend.bulletins.models import Circular
from backend.bulletins.rules.lifecycle import LABELS
from backend.bulletins.rules.naming import LONGEST_FACT
from backend.bulletins.selectors.month_facts import MOST_PROBLEMS


class CircularMonthIn(serializers.Serializer[Any]):
    month = serializers.CharField(max_length=7, help_text="YYYY-MM")


class CircularProblemIn(serializers.Serializer[Any]):
    finding = serializers.UUIDField(help_text="One of the month's serious findings that its unit knows of.")
    text = serializers.CharField(max_length=LONGEST_FACT)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        return {**value, "finding": str(value["finding"])}


class CircularPracticeIn(serializers.Serializer[Any]):
    place = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=LONGEST_FACT)


class CircularTextsIn(serializers.Serializer[Any]):
    """The parts to replace; those left out stay."""

    overview = paragraphs("基本情况")
    demands = paragraphs("整改要求")
    practices = serializers.ListField(child=CircularPracticeIn(), max_length=8, required=False, help_text="好的做法")
    problems = serializers.ListField(
        child=CircularProblemIn(), max_length=MOST_PROBLEMS, required=False, help_text="点名通报的问题"
    )


class CircularProblemTextOut(serializers.Serializer[Any]):
    finding = serializers.UUIDField()
    text = serializers.CharField()


class CircularTextsOut(serializers.Serializer[Any]):
    overview = serializers.ListField(child=serializers.CharField())
    practices = GoodPracticeOut(many=True)
    problems = CircularProblemTextOut(many=True)
    demands = serializers.ListField(child=serializers.CharField())


class CircularCandidateOut(serializers.Serializer[Any]):
    finding = serializers.UUIDField()
    unit = serializers.CharField()
    text = serializers.CharField()
    basis = serializers.CharField(allow_blank=True)
    severity = serializers.CharField()
    state = serializers.CharField()


class RankedOut(serializers.Serializer[Any]):
    rank = serializers.IntegerField(help_text="Equal scores share a rank.")
    unit = serializers.UUIDField()
    name = serializers.CharField()
    visits = serializers.IntegerField(help_text="n: valid visits of the month that its unit knows of.")
    score = serializers.FloatField()


class RankingOut(serializers.Serializer[Any]):
    group = serializers.CharField(help_text="Only comparable units are ranked with each other.")
    placed = RankedOut(many=True)
    others = serializers.IntegerField(help_text="Units that do not take part.")


class CircularRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    month = serializers.CharField()
    number = serializers.CharField(allow_blank=True, help_text="云督通〔2026〕3号; empty before signing.")
    state = serializers.ChoiceField(choices=list(LABELS.items()))
    signed_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    pdf_sha256 = serializers.CharField(allow_blank=True, help_text="Read it at blobs/{sha256}.")
    pdf_pages = serializers.IntegerField(allow_null=True)


class CircularOut(CircularRow):
    version = serializers.IntegerField()
    cut_off = serializers.DateTimeField()
    facts_hash = serializers.CharField()
    reviewed_by = serializers.CharField(allow_blank=True)
    signed_by = serializers.CharField(allow_blank=True)
    pdf_warnings = serializers.ListField(child=serializers.CharField())
    texts = CircularTextsOut()
    candidates = CircularCandidateOut(many=True)
    rankings = RankingOut(many=True)
    read_by = serializers.IntegerField()


def row(circular: Circular) -> dict[str, Any]:
    """What every reader sees of it."""
    return {
        "id": circular.pk,
        "title": circular.title,
        "month": circular.month,
        "number": circular.number_text,
        "state": circular.state,
        "signed_at": circular.signed_at,
        "published_at": circular.published_at,
        "pdf_sha256": circular.pdf_sha256,
        "pdf_pages": circular.pdf_pages,
    }


def detail(circular: Circular) -> dict[str, Any]:
    """What its makers see."""
    return row(circular) | {
        "version": circular.version,
        "cut_off": circular.cut_off,
        "facts_hash": circular.facts_hash,
        "reviewed_by": circular.reviewed_by,
        "signed_by": circular.signed_by,
        "pdf_warnings": circular.pdf_warnings,
        "texts": circular.texts,
        "candidates": circular.facts["problems"],
        "rankings": circular.facts["groups"],
        "read_by": circular.receipts.count(),
    }
