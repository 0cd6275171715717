"""Papers of escalation as the notice shows them: to the unit what was issued to it, to the office all."""

from typing import Any

from rest_framework import serializers

from backend.notices.models import EscalationPaper
from backend.notices.models.escalation import PAPER_KINDS, PAPER_STATES
from backend.notices.rules.escalation_lifecycle import PAPER_LABELS, TITLES

Json = dict[str, Any]


class UnitEscalationOut(serializers.Serializer[Any]):
    """A paper that was issued to the unit."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PAPER_KINDS)
    title = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    cause = serializers.CharField()
    deadline = serializers.DateField(allow_null=True, help_text="New date of a 督办通知; the notice's own stays.")
    held_at = serializers.DateTimeField(allow_null=True)
    place = serializers.CharField(allow_blank=True)
    issued_at = serializers.DateTimeField(allow_null=True)
    pdf = serializers.CharField(allow_blank=True, help_text="SHA-256 of the paper; GET /blobs/{sha256}.")


class EscalationRowOut(UnitEscalationOut):
    notice = serializers.UUIDField()
    document_number = serializers.CharField(help_text="Of the notice.")
    unit = serializers.CharField()
    state = serializers.ChoiceField(choices=PAPER_STATES)
    state_label = serializers.CharField()
    drafted_at = serializers.DateTimeField()


def for_unit(paper: EscalationPaper) -> Json:
    return {
        "id": paper.pk,
        "kind": paper.kind,
        "title": TITLES[paper.kind],
        "number": paper.number,
        "cause": paper.cause,
        "deadline": paper.deadline,
        "held_at": paper.held_at,
        "place": paper.place,
        "issued_at": paper.issued_at,
        "pdf": paper.pdf_sha256,
    }


def row(paper: EscalationPaper) -> Json:
    return {
        **for_unit(paper),
        "notice": paper.notice_id,
        "document_number": paper.notice.number,
        "unit": paper.notice.target.name,
        "state": paper.state,
        "state_label": PAPER_LABELS[paper.state],
        "drafted_at": paper.drafted_at,
    }
