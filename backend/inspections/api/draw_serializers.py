"""Bodies of the draw endpoints. None of them has a field for the seed but the record's, once it is told."""

from typing import Any

from rest_framework import serializers

from backend.core.fields import DayField, FiniteField
from backend.inspections.api.assignment_serializers import PLAN_MONTH
from backend.inspections.api.fields import DocumentField, NamedOut, named
from backend.inspections.models import Draw, DrawnTarget, DrawState, VisitKind
from backend.inspections.rules.revealing import MOST_HOURS
from backend.inspections.selectors.draws import Shown
from backend.inspections.services.draw_requests import MOST_DAYS
from backend.registry.models import TargetKind, Track

DRAWN_KINDS = [(kind.value, kind.label) for kind in (TargetKind.SCHOOL, TargetKind.INSTITUTION)]


class DrawsQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH, required=False)
    track = serializers.ChoiceField(choices=Track.choices, required=False)
    state = serializers.ChoiceField(choices=DrawState.choices, required=False)


class TargetDrawIn(serializers.Serializer[Any]):
    """What to draw for: an approved plan, or a month."""

    track = serializers.ChoiceField(choices=Track.choices)
    plan = serializers.UUIDField(required=False, allow_null=True)
    month = serializers.RegexField(PLAN_MONTH, required=False, allow_null=True)
    days = serializers.ListField(
        child=DayField(), max_length=MOST_DAYS, default=list, help_text="Default: the working days that are left."
    )
    kind = serializers.ChoiceField(choices=VisitKind.choices, default=VisitKind.ROUTINE)
    target_kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=DRAWN_KINDS),
        min_length=1,
        max_length=2,
        default=[kind for kind, _ in DRAWN_KINDS],
    )
    count = serializers.IntegerField(min_value=1, max_value=100_000, required=False, allow_null=True)
    crew_min = serializers.IntegerField(min_value=1, max_value=9, default=2)
    crew_max = serializers.IntegerField(min_value=1, max_value=9, default=3)
    per_day = serializers.IntegerField(min_value=1, max_value=20, default=2, help_text="Visits of one person a day.")
    teams = serializers.ListField(child=serializers.UUIDField(), max_length=500, default=list)
    in_charge = serializers.BooleanField(default=False, help_text="Only the team in charge visits a target.")
    mixed = serializers.BooleanField(default=False, help_text="Crews may come from several teams (joint checks).")


class DrawRunIn(serializers.Serializer[Any]):
    witness = serializers.IntegerField(min_value=0, max_value=2**62, help_text="User id; somebody else.")
    contribution = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="Words of the witness; they take part in the draw."
    )


class RedrawIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class DrawConfirmIn(serializers.Serializer[Any]):
    reveal_hours = FiniteField(
        min_value=0,
        max_value=MOST_HOURS,
        required=False,
        allow_null=True,
        help_text="Hours before 08:30 of the day; default and most: what the plan says, without a plan 2.",
    )


class PublicityQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH)


class DrawRecordQuery(serializers.Serializer[Any]):
    names = serializers.BooleanField(default=False, help_text="With the names behind the pseudonyms.")


class DrawOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    plan = serializers.UUIDField(allow_null=True)
    month = serializers.CharField()
    track = serializers.ChoiceField(choices=Track.choices)
    kind = serializers.ChoiceField(choices=VisitKind.choices)
    state = serializers.ChoiceField(choices=DrawState.choices)
    algorithm = serializers.CharField()
    parameters = DocumentField()
    target_count = serializers.IntegerField()
    inspector_count = serializers.IntegerField()
    hashes = DocumentField()
    commitment = serializers.CharField(help_text="Told before the draw; docs/drawing.md says what it binds.")
    sealed_at = serializers.DateTimeField()
    drawn_at = serializers.DateTimeField(allow_null=True)
    operator = serializers.CharField(allow_blank=True)
    witness = serializers.CharField(allow_blank=True)
    result_hash = serializers.CharField(allow_blank=True)
    revealed_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    replaces = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class DrawnTargetOut(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    target = NamedOut()
    team = NamedOut()
    scheduled_on = serializers.DateField()
    leader = NamedOut()
    crew = NamedOut(many=True)
    assignment = serializers.UUIDField(allow_null=True)


class ShownOut(serializers.Serializer[Any]):
    """The result of a drawn check of an institution."""

    target = NamedOut()
    team = NamedOut()
    draw = serializers.UUIDField()
    checked_on = serializers.DateField()
    findings = serializers.IntegerField()
    until = serializers.DateField(help_text="Last of 20 working days on display.")
    on_display = serializers.BooleanField()


class PublicityOut(serializers.Serializer[Any]):
    items = ShownOut(many=True)


def draw(row: Draw) -> dict[str, Any]:
    return {
        "id": row.pk,
        "plan": row.plan_id,
        "month": row.month,
        "track": row.track,
        "kind": row.kind,
        "state": row.state,
        "algorithm": row.algorithm,
        "parameters": row.parameters,
        "target_count": row.target_count,
        "inspector_count": row.inspector_count,
        "hashes": row.hashes,
        "commitment": row.commitment,
        "sealed_at": row.sealed_at,
        "drawn_at": row.drawn_at,
        "operator": row.operator_name,
        "witness": row.witness_name,
        "result_hash": row.result_hash,
        "revealed_at": row.revealed_at,
        "confirmed_at": row.confirmed_at,
        "replaces": row.replaces_id,
        "reason": row.reason,
    }


def drawn(row: DrawnTarget, names: dict[int, str]) -> dict[str, Any]:
    return {
        "position": row.position,
        "target": named(row.target_id, row.target.name),
        "team": named(row.team_id, row.team.name),
        "scheduled_on": row.scheduled_on,
        "leader": named(row.leader_id, row.leader.name),
        "crew": [named(user_id, names.get(user_id)) for user_id in row.crew],
        "assignment": row.assignment_id,
    }


def shown(one: Shown) -> dict[str, Any]:
    return {
        "target": named(one.row.target_id, one.row.target.name),
        "team": named(one.row.team_id, one.row.team.name),
        "draw": one.row.draw_id,
        "checked_on": one.checked_on,
        "findings": one.findings,
        "until": one.until,
        "on_display": one.on_display,
    }
