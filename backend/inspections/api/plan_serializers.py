"""Bodies of the plan endpoints."""

from typing import Any

from rest_framework import serializers

from backend.core.fields import DayField
from backend.inspections.api.assignment_serializers import PLAN_MONTH
from backend.inspections.api.fields import NamedOut, named
from backend.inspections.models import (
    ExceptionCause,
    InspectionPlan,
    PlanKind,
    PlanState,
    PlanTransition,
    ScopeException,
)
from backend.inspections.rules.revealing import MOST_HOURS
from backend.inspections.selectors.plan_lines import Line
from backend.inspections.services.plan_steps import Held
from backend.registry.models import InstitutionClass, Stage, TargetKind, Track

TYPES = [*Stage.choices, *InstitutionClass.choices]
MOST = 400
"""Entries of one list in a plan; a year has fewer days, a county fewer teams."""


class PlansQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH, required=False)
    kind = serializers.ChoiceField(choices=PlanKind.choices, required=False)
    state = serializers.ChoiceField(choices=PlanState.choices, required=False)


class TemplateChoice(serializers.Serializer[Any]):
    """Which checklists to use; "" for any track or type of target."""

    track = serializers.ChoiceField(choices=Track.choices, allow_blank=True, default="")
    type = serializers.ChoiceField(choices=TYPES, allow_blank=True, default="")
    codes = serializers.ListField(child=serializers.CharField(max_length=8), allow_empty=False, max_length=20)


class ScopeRule(serializers.Serializer[Any]):
    """An empty list narrows nothing."""

    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=[TargetKind.SCHOOL, TargetKind.INSTITUTION]), default=list, max_length=2
    )
    types = serializers.ListField(child=serializers.ChoiceField(choices=TYPES), default=list, max_length=len(TYPES))
    districts = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=MOST)
    teams = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=MOST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {name: [str(value) for value in values] for name, values in attrs.items()}


class PlanPatch(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120, required=False)
    themes = serializers.ListField(child=serializers.CharField(max_length=60), max_length=20, required=False)
    templates = TemplateChoice(many=True, required=False)
    tracks = serializers.ListField(
        child=serializers.ChoiceField(choices=Track.choices), allow_empty=False, max_length=2, required=False
    )
    starts_on = DayField(required=False)
    ends_on = DayField(required=False)
    holidays = serializers.ListField(child=DayField(), max_length=MOST, required=False)
    working_weekends = serializers.ListField(child=DayField(), max_length=MOST, required=False)
    scope_rule = ScopeRule(required=False)
    makes_up = serializers.UUIDField(required=False, allow_null=True, help_text="The plan that a make-up completes.")
    approval_number = serializers.CharField(max_length=60, allow_blank=True, required=False)
    visit_limit = serializers.IntegerField(min_value=0, max_value=31, required=False)
    reveal_hours = serializers.IntegerField(
        min_value=0,
        max_value=MOST_HOURS,
        required=False,
        help_text="No leader learns a target earlier than so many hours before 08:30 of its day.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("holidays", "working_weekends"):
            if name in attrs:
                attrs[name] = sorted({day.isoformat() for day in attrs[name]})
        if "makes_up" in attrs:
            attrs["makes_up_id"] = attrs.pop("makes_up")
        return attrs


class PlanIn(PlanPatch):
    month = serializers.RegexField(PLAN_MONTH)
    kind = serializers.ChoiceField(choices=PlanKind.choices, default=PlanKind.MONTHLY)


class ExceptionIn(serializers.Serializer[Any]):
    target = serializers.UUIDField()
    included = serializers.BooleanField(help_text="Take it in, or leave it out.")
    cause = serializers.ChoiceField(choices=ExceptionCause.choices)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    since = DayField(required=False, allow_null=True, help_text="From when it is out; default: from the beginning.")


class StepReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class PlanRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PlanKind.choices)
    month = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=PlanState.choices)
    themes = serializers.ListField(child=serializers.CharField())
    tracks = serializers.ListField(child=serializers.ChoiceField(choices=Track.choices))
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    approval_number = serializers.CharField()
    scope_version = serializers.IntegerField(help_text="0 before the first approval.")


class ExceptionOut(serializers.Serializer[Any]):
    target = NamedOut()
    included = serializers.BooleanField()
    cause = serializers.ChoiceField(choices=ExceptionCause.choices)
    reason = serializers.CharField()
    since = serializers.DateField(allow_null=True)


class ObstacleOut(serializers.Serializer[Any]):
    track = serializers.ChoiceField(choices=Track.choices)
    rule = serializers.CharField(help_text="As of a draw: `members`, `officers`, `capacity`, …")
    text = serializers.CharField()
    count = serializers.IntegerField(help_text="Targets that it concerns.")
    targets = NamedOut(many=True, help_text="The first 200 of them.")


class PlanStepOut(serializers.Serializer[Any]):
    verb = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    by = serializers.CharField()
    reason = serializers.CharField()
    obstacles = ObstacleOut(many=True, help_text="With `submit` and `approve`: what there were not people enough for.")
    at = serializers.DateTimeField()


class PlanOut(PlanRow):
    templates = TemplateChoice(many=True)
    holidays = serializers.ListField(child=serializers.DateField())
    working_weekends = serializers.ListField(child=serializers.DateField())
    scope_rule = ScopeRule()
    makes_up = serializers.UUIDField(allow_null=True)
    visit_limit = serializers.IntegerField()
    reveal_hours = serializers.IntegerField()
    scope_hash = serializers.CharField(help_text="SHA-256 over the sorted lines `target track team` of the scope.")
    exceptions = ExceptionOut(many=True)
    steps = PlanStepOut(many=True)


class HeldOut(serializers.Serializer[Any]):
    assignment = serializers.UUIDField()
    target = NamedOut()
    code = serializers.CharField(help_text="`left_scope`, or the rule that its crew does not meet.")
    text = serializers.CharField()


class ReleasedOut(serializers.Serializer[Any]):
    plan = PlanOut()
    released = serializers.IntegerField(help_text="Assignments that went out.")
    held_back = HeldOut(many=True, help_text="Assignments that stayed with the office, and why.")


class LineOut(serializers.Serializer[Any]):
    target = NamedOut()
    code = serializers.CharField()
    track = serializers.ChoiceField(choices=Track.choices)
    team = serializers.UUIDField(allow_null=True, help_text="In charge today; null: nobody is.")


ROW = ("id", "kind", "month", "title", "state", "themes", "tracks", "starts_on", "ends_on", "approval_number")


def row(plan: InspectionPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in (*ROW, "scope_version")}


def plan(found: InspectionPlan) -> dict[str, Any]:
    """Reads the exceptions and steps of the plan."""
    names = ("templates", "holidays", "working_weekends", "scope_rule", "visit_limit", "reveal_hours", "scope_hash")
    exceptions = found.exceptions.select_related("target").order_by("target__code")
    return {
        **row(found),
        **{name: getattr(found, name) for name in names},
        "makes_up": found.makes_up_id,
        "exceptions": [exception(one) for one in exceptions],
        "steps": [step(one) for one in found.transitions.order_by("pk")],
    }


def exception(found: ScopeException) -> dict[str, Any]:
    return {
        "target": named(found.target_id, found.target.name),
        "included": found.included,
        "cause": found.cause,
        "reason": found.reason,
        "since": found.since,
    }


def step(found: PlanTransition) -> dict[str, Any]:
    names = ("verb", "before", "after", "reason", "obstacles", "at")
    return {name: getattr(found, name) for name in names} | {"by": found.actor_name}


def held(found: Held) -> dict[str, Any]:
    row = found.assignment
    return {
        "assignment": row.pk,
        "target": named(row.target_id, row.target.name),
        "code": found.code,
        "text": found.text,
    }


def line(found: Line) -> dict[str, Any]:
    target = found.target
    return {
        "target": named(target.pk, target.name),
        "code": target.code,
        "track": found.track,
        "team": found.team,
    }
