"""Bodies and answers of the papers of escalation, of deputies and of scans."""

from typing import Any

from rest_framework import serializers

from backend.core.schema import paged
from backend.notices.api.paper_answers import EscalationRowOut, Json, row
from backend.notices.api.serializers import MAX_BYTES, Paragraphs, StepOut
from backend.notices.models import EscalationPaper, IssuedCopy
from backend.notices.models.escalation import PAPER_KINDS, PAPER_STATES
from backend.notices.services.escalations import BY_HAND
from backend.notices.services.scans import ACCEPTED


class EscalationsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=PAPER_STATES, required=False)
    kind = serializers.ChoiceField(choices=PAPER_KINDS, required=False)
    notice = serializers.UUIDField(required=False)


class ProposeIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=[str(kind) for kind in BY_HAND])
    reason = serializers.CharField(max_length=500)


class EscalationAmendIn(serializers.Serializer[Any]):
    demands = Paragraphs(max_length=20, required=False)
    deadline = serializers.DateField(required=False, help_text="Of a 督办通知.")
    host = serializers.CharField(max_length=80, required=False, help_text="Of a talk, as all below.")
    place = serializers.CharField(max_length=80, required=False)
    present = serializers.ListField(child=serializers.CharField(max_length=80), max_length=20, required=False)
    promise = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class SummonIn(serializers.Serializer[Any]):
    held_at = serializers.DateTimeField(help_text="When the talk is to be held.")
    place = serializers.CharField(max_length=80)


class RecordIn(serializers.Serializer[Any]):
    host = serializers.CharField(max_length=80, help_text="Who led the talk, with post.")
    present = serializers.ListField(child=serializers.CharField(max_length=80), max_length=20, allow_empty=False)
    points = Paragraphs(max_length=20, allow_empty=False)
    promise = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ProposalDecisionIn(serializers.Serializer[Any]):
    adopt = serializers.BooleanField(help_text="Decides nothing about the unit: only that the proposal goes its way.")
    reason = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="Needed when declined.")


class EscalationOut(EscalationRowOut):
    demands = serializers.ListField(child=serializers.CharField())
    host = serializers.CharField(allow_blank=True)
    present = serializers.ListField(child=serializers.CharField())
    promise = serializers.CharField(allow_blank=True)
    signed_by = serializers.CharField(allow_blank=True)
    decided_by = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField(allow_blank=True)
    pdf_warnings = serializers.ListField(child=serializers.CharField())
    steps = StepOut(many=True)


ESCALATION_PAGE = paged(EscalationRowOut)


class ScanIn(serializers.Serializer[Any]):
    id = serializers.UUIDField(required=False, help_text="The caller's own UUID makes the call repeatable.")
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$")
    size = serializers.IntegerField(min_value=1, max_value=MAX_BYTES, help_text="Bytes.")
    filetype = serializers.ChoiceField(choices=list(ACCEPTED))


class ScanOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The `evidence` of the upload's metadata.")
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    filetype = serializers.CharField()
    state = serializers.CharField()
    added_by = serializers.CharField()
    added_at = serializers.DateTimeField()


def whole(paper: EscalationPaper) -> Json:
    names = ("demands", "host", "present", "promise", "signed_by", "decided_by", "decided_at", "decision_reason")
    return {
        **row(paper),
        **{name: getattr(paper, name) for name in (*names, "pdf_warnings")},
        "steps": [
            {"action": each.action, "before": each.before, "after": each.after, "at": each.at, "reason": each.reason,
             "actor": each.actor_name}
            for each in paper.transitions.all()
        ],
    }  # fmt: skip


def scan(copy: IssuedCopy) -> Json:
    return {
        "id": copy.pk,
        "sha256": copy.sha256,
        "size": copy.size,
        "filetype": copy.filetype,
        "state": copy.state,
        "added_by": copy.added_by_name,
        "added_at": copy.added_at,
    }
