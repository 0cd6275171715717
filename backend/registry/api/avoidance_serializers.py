"""Bodies of conflicts of interest and certificates."""

from typing import Any

from rest_framework import serializers

from backend.core.fields import DayField
from backend.registry.api.serializers import RefOut
from backend.registry.models import (
    Certificate,
    CertificateKind,
    ConflictOfInterest,
    ConflictState,
    Declarer,
    RecusalKind,
)

DECISIONS = [(state.value, state.label) for state in (ConflictState.DECIDED, ConflictState.REJECTED)]


class TiedPersonOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ConflictsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=ConflictState.choices, required=False)
    target = serializers.UUIDField(required=False)
    user = serializers.IntegerField(required=False, min_value=0, max_value=2**62)


class OwnConflictIn(serializers.Serializer[Any]):
    target_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=RecusalKind.choices)
    starts_on = DayField(required=False, allow_null=True, help_text="Default: today; for those who left, that day.")
    valid_until = DayField(required=False, allow_null=True, help_text="Last day; null: no end known.")
    left_on = DayField(required=False, allow_null=True, help_text="With `left_recently` and only then; holds 3 years.")
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class ConflictIn(OwnConflictIn):
    user_id = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**62,
        help_text="Office only; people of the field declare for themselves.",
    )
    declared_by = serializers.ChoiceField(
        choices=Declarer.choices, default=Declarer.OFFICE, help_text="Office only: who applied."
    )


class ConflictDecisionIn(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=500)
    valid_until = DayField(required=False, allow_null=True)


class ConflictOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = TiedPersonOut()
    target = RefOut()
    kind = serializers.ChoiceField(choices=RecusalKind.choices)
    state = serializers.ChoiceField(choices=ConflictState.choices)
    starts_on = serializers.DateField()
    last_day = serializers.DateField(allow_null=True, help_text="Last day the person stays away; null: no end known.")
    left_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    declared_by = serializers.ChoiceField(choices=Declarer.choices)
    declared_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField()


class CertificatesQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=CertificateKind.choices, required=False)
    user = serializers.IntegerField(required=False, min_value=0, max_value=2**62)


class CertificateIn(serializers.Serializer[Any]):
    user_id = serializers.IntegerField(min_value=0, max_value=2**62)
    kind = serializers.ChoiceField(choices=CertificateKind.choices)
    number = serializers.CharField(max_length=40)
    valid_from = DayField()
    valid_until = DayField(required=False, allow_null=True)


class CertificateTermIn(serializers.Serializer[Any]):
    valid_until = DayField(help_text="The last day on which the card is good.")
    reason = serializers.CharField(max_length=500)


class CertificateOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = TiedPersonOut()
    kind = serializers.ChoiceField(choices=CertificateKind.choices)
    number = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)


def conflict(row: ConflictOfInterest) -> dict[str, Any]:
    return {
        "id": row.pk,
        "user": {"id": row.user_id, "name": row.user.name},
        "target": {"id": row.target_id, "name": row.target.name},
        "kind": row.kind,
        "state": row.state,
        "starts_on": row.starts_on,
        "last_day": row.last_day,
        "left_on": row.left_on,
        "reason": row.reason,
        "declared_by": row.declared_by,
        "declared_at": row.declared_at,
        "decided_by": row.decided_by_name,
        "decided_at": row.decided_at,
        "decision_reason": row.decision_reason,
    }


def certificate(row: Certificate) -> dict[str, Any]:
    return {
        "id": row.pk,
        "user": {"id": row.user_id, "name": row.user.name},
        "kind": row.kind,
        "number": row.number,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }
