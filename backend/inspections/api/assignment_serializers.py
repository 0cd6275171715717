"""Bodies of the assignment endpoints."""

from typing import Any

from rest_framework import serializers

from backend.core.fields import InstantField
from backend.inspections.api.fields import NamedOut, VersionField, named
from backend.inspections.models import Assignment, AssignmentState, VisitKind, VisitMode
from backend.inspections.selectors.burden import Warning
from backend.inspections.services.assignments import NewAssignment
from backend.registry.models import RecusalKind, Track

PLAN_MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class AssignmentsQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH, required=False)
    team = serializers.UUIDField(required=False)
    target = serializers.UUIDField(required=False)
    track = serializers.ChoiceField(choices=Track.choices, required=False)
    state = serializers.ChoiceField(choices=AssignmentState.choices, required=False)


class AssignmentIn(serializers.Serializer[Any]):
    target = serializers.UUIDField()
    team = serializers.UUIDField()
    leader = serializers.IntegerField(help_text="User id; always of the crew.")
    crew = serializers.ListField(child=serializers.IntegerField(), max_length=9, help_text="User ids.")
    scheduled_on = serializers.DateField()
    templates = serializers.ListField(
        child=serializers.CharField(max_length=8),
        max_length=20,
        default=list,
        help_text="Checklist codes; empty: all that fit the target.",
    )
    kind = serializers.ChoiceField(choices=VisitKind.choices, default=VisitKind.ROUTINE)
    mode = serializers.ChoiceField(choices=VisitMode.choices, default=VisitMode.OPEN)
    plan = serializers.UUIDField(required=False, allow_null=True, help_text="An approved plan that it belongs to.")
    reveal_at = InstantField(
        required=False, allow_null=True, help_text="When the leader learns the target; default 06:30 of the day."
    )


class AssignmentsIn(serializers.Serializer[Any]):
    items = AssignmentIn(many=True, allow_empty=False)

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(items) > 500:
            raise serializers.ValidationError("一次最多安排500项。")
        return items


class AssignmentIdsIn(serializers.Serializer[Any]):
    ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=500)


class ReassignIn(serializers.Serializer[Any]):
    leader = serializers.IntegerField()
    crew = serializers.ListField(child=serializers.IntegerField(), max_length=9)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class RecusalIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=RecusalKind.choices)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class RecusalOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=RecusalKind.choices)
    declared_at = serializers.DateTimeField()


class CrewMemberOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    leader = serializers.BooleanField()


class AssignmentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    target = NamedOut()
    team = NamedOut(allow_null=True)
    track = serializers.ChoiceField(choices=Track.choices)
    kind = serializers.ChoiceField(choices=VisitKind.choices)
    mode = serializers.ChoiceField(choices=VisitMode.choices)
    plan_month = serializers.CharField()
    scheduled_on = serializers.DateField()
    templates = serializers.ListField(child=VersionField())
    state = serializers.ChoiceField(choices=AssignmentState.choices)
    reveal_at = serializers.DateTimeField()
    own = serializers.BooleanField(help_text="Begun by its author without being sent.")
    crew = CrewMemberOut(many=True)


class AssignmentsOut(serializers.Serializer[Any]):
    items = AssignmentOut(many=True)


class BurdenWarningOut(serializers.Serializer[Any]):
    assignment = serializers.UUIDField()
    counted = serializers.IntegerField(help_text="Visits of the month, besides tip checks and reviews.")
    limit = serializers.IntegerField()
    text = serializers.CharField()


class PlannedOut(AssignmentsOut):
    warnings = BurdenWarningOut(many=True, help_text="Schools that are visited more often than they should be.")


def new_assignment(given: dict[str, Any]) -> NewAssignment:
    return NewAssignment(**given)


def warning(found: Warning) -> dict[str, Any]:
    return {
        "assignment": found.assignment.pk,
        "counted": found.counted,
        "limit": found.limit,
        "text": found.text,
    }


def assignment(found: Assignment) -> dict[str, Any]:
    """Wants `target`, `team` and the crew with its people prefetched."""
    return {
        "id": found.pk,
        "target": named(found.target_id, found.target.name),
        "team": named(found.team_id, found.team.name if found.team else None),
        "track": found.track,
        "kind": found.kind,
        "mode": found.mode,
        "plan_month": found.plan_month,
        "scheduled_on": found.scheduled_on,
        "templates": found.templates,
        "state": found.state,
        "reveal_at": found.reveal_at,
        "own": found.own,
        "crew": crew(found),
    }


def crew(found: Assignment) -> list[dict[str, Any]]:
    rows = sorted(
        (row for row in found.crew.all() if row.ended_at is None), key=lambda row: (not row.is_leader, row.pk)
    )
    return [{"id": row.user_id, "name": row.user.name, "leader": row.is_leader} for row in rows]
