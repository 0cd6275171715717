"""Bodies of the endpoints of visits, findings and evidence."""

from typing import Any

from rest_framework import serializers

from backend.inspections.api.assignment_serializers import PLAN_MONTH, CrewMemberOut, crew
from backend.inspections.api.fields import AnswerValueField, DocumentField, NamedOut, VersionField, named
from backend.inspections.models import (
    Evidence,
    EvidenceKindName,
    EvidenceState,
    Finding,
    FindingState,
    Responsibility,
    SeverityLevel,
    Visit,
    VisitKind,
    VisitMode,
    VisitState,
)
from backend.inspections.selectors.visits import checks_this_year
from backend.registry.models import Track


class VisitsQuery(serializers.Serializer[Any]):
    month = serializers.RegexField(PLAN_MONTH, required=False)
    team = serializers.UUIDField(required=False)
    target = serializers.UUIDField(required=False)
    track = serializers.ChoiceField(choices=Track.choices, required=False)
    state = serializers.ChoiceField(choices=VisitState.choices, required=False)


class VisitRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    assignment = serializers.UUIDField()
    target = NamedOut()
    team = NamedOut(allow_null=True)
    track = serializers.ChoiceField(choices=Track.choices)
    kind = serializers.ChoiceField(choices=VisitKind.choices)
    mode = serializers.ChoiceField(choices=VisitMode.choices)
    plan_month = serializers.CharField()
    state = serializers.ChoiceField(choices=VisitState.choices)
    round = serializers.IntegerField()
    score = serializers.IntegerField(allow_null=True)
    counts_for_coverage = serializers.BooleanField()
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)


class AnswerOut(serializers.Serializer[Any]):
    value = AnswerValueField()
    note = serializers.CharField(allow_blank=True)
    rev = serializers.IntegerField()
    by = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()


class RivalOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    value = AnswerValueField()
    note = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField(allow_null=True)
    device = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()


class TransitionOut(serializers.Serializer[Any]):
    verb = serializers.CharField()
    before = serializers.ChoiceField(choices=VisitState.choices)
    after = serializers.ChoiceField(choices=VisitState.choices)
    round = serializers.IntegerField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    device_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class RoundOut(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    content_hash = serializers.CharField()
    score = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()


class DeductionOut(serializers.Serializer[Any]):
    item = serializers.CharField()
    severity = serializers.ChoiceField(choices=SeverityLevel.choices)
    points = serializers.IntegerField()
    text = serializers.CharField()


class BasisOut(serializers.Serializer[Any]):
    document = serializers.CharField()
    name = serializers.CharField()
    article = serializers.CharField(allow_blank=True)


class FindingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    visit = serializers.UUIDField()
    target = serializers.UUIDField()
    number = serializers.IntegerField()
    item = serializers.CharField()
    answer_key = serializers.CharField(allow_blank=True)
    text = serializers.CharField()
    severity = serializers.ChoiceField(choices=SeverityLevel.choices)
    severity_reason = serializers.CharField(allow_blank=True)
    veto_candidate = serializers.BooleanField()
    repeated = serializers.BooleanField()
    responsibility = serializers.ChoiceField(choices=Responsibility.choices)
    basis = BasisOut(many=True)
    due_days = serializers.IntegerField()
    state = serializers.ChoiceField(choices=FindingState.choices)
    rectified_on_spot = serializers.BooleanField()
    recorded_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    reopened = serializers.IntegerField()
    standard = serializers.UUIDField(allow_null=True, help_text="The standard finding it was written from.")
    addendum = serializers.IntegerField(allow_null=True, help_text="The submitted round beside which it was put.")


class VisitEvidenceOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    visit = serializers.UUIDField()
    finding = serializers.UUIDField(allow_null=True)
    answer_key = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=EvidenceKindName.choices)
    sha256 = serializers.CharField(help_text="The bytes are at /api/v1/blobs/{sha256}.")
    size = serializers.IntegerField()
    filetype = serializers.CharField()
    state = serializers.ChoiceField(choices=EvidenceState.choices)
    taken_at = serializers.DateTimeField(allow_null=True)
    added_at = serializers.DateTimeField()
    addendum = serializers.IntegerField(allow_null=True, help_text="The submitted round beside which it was put.")
    expired_at = serializers.DateTimeField(allow_null=True, help_text="When its bytes were deleted at their time.")


class AddendumOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    op = serializers.UUIDField(help_text="The operation it came in.")
    round = serializers.IntegerField(help_text="The round beside which it stands.")
    kind = serializers.CharField()
    verb = serializers.CharField()
    by = serializers.IntegerField(help_text="Whose work it is.")
    device_at = serializers.CharField(allow_blank=True, help_text="The device's own words for its time.")
    received_at = serializers.DateTimeField()
    accepted_by = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, Any]:
        """`data` cannot be a class attribute: serializers keep their own there."""
        sent = serializers.JSONField(help_text="As it was sent; as text where it is not JSON.")
        return super().get_fields() | {"data": sent}


class VisitOut(VisitRow):
    templates = serializers.ListField(child=VersionField())
    crew = CrewMemberOut(many=True)
    authors = NamedOut(many=True, help_text="Everybody who ever belonged to the crew: `by` of answers names them.")
    check_in = DocumentField(allow_null=True)
    entry = DocumentField(allow_null=True)
    draws = serializers.ListField(child=DocumentField())
    refiled = serializers.ListField(child=DocumentField(), help_text="Where it was filed before.")
    checks_this_year = serializers.IntegerField(
        allow_null=True, help_text="Administrative checks of the target in this calendar year; null for other kinds."
    )
    sample = serializers.ListField(child=DocumentField())
    details = DocumentField()
    feedback = DocumentField(allow_null=True)
    signatures = DocumentField(allow_null=True)
    return_reason = serializers.CharField(allow_blank=True)
    content_hash = serializers.CharField(allow_blank=True)
    deductions = DeductionOut(many=True)
    answers = serializers.DictField(child=AnswerOut())
    conflicts = serializers.DictField(child=serializers.ListField(child=RivalOut()))
    findings = FindingOut(many=True)
    evidence = VisitEvidenceOut(many=True)
    transitions = TransitionOut(many=True)
    rounds = RoundOut(many=True)
    addenda = AddendumOut(many=True)


def visit_row(found: Visit) -> dict[str, Any]:
    """Wants `target` and `assignment__team`."""
    team = found.assignment.team
    return {
        "id": found.pk,
        "assignment": found.assignment_id,
        "target": named(found.target_id, found.target.name),
        "team": named(team.pk, team.name) if team else None,
        "track": found.track,
        "kind": found.kind,
        "mode": found.mode,
        "plan_month": found.plan_month,
        "state": found.state,
        "round": found.round,
        "score": found.score,
        "counts_for_coverage": found.counts_for_coverage,
        "started_at": found.started_at,
        "submitted_at": found.submitted_at,
        "approved_at": found.approved_at,
    }


def visit(found: Visit) -> dict[str, Any]:
    """The whole visit; wants what `selectors.visits.whole` brings."""
    answers = list(found.answers.all())
    names = (
        "templates",
        "check_in",
        "entry",
        "draws",
        "refiled",
        "sample",
        "details",
        "feedback",
        "signatures",
        "return_reason",
        "content_hash",
    )
    return {
        **visit_row(found),
        **{name: getattr(found, name) for name in names},
        "crew": crew(found.assignment),
        "authors": [
            named(*one) for one in sorted({(row.user_id, row.user.name) for row in found.assignment.crew.all()})
        ],
        "checks_this_year": checks_this_year(found) if found.kind == VisitKind.ADMINISTRATIVE_CHECK else None,
        "deductions": found.score_lines,
        "answers": {row.key: row.register().as_json() for row in answers},
        "conflicts": {row.key: row.rivals for row in answers if row.rivals},
        "findings": [finding(row) for row in found.findings.all()],
        "evidence": [evidence(row) for row in found.evidence.all()],
        "transitions": [_transition(row) for row in found.transitions.all()],
        "rounds": [_round(row) for row in found.rounds.all()],
        "addenda": [row.as_json() for row in found.addenda.order_by("pk")] if found.addenda_kept else [],
    }


def _transition(row: Any) -> dict[str, Any]:
    names = ("verb", "before", "after", "round", "at", "device_at", "reason")
    return {name: getattr(row, name) for name in names} | {"by": row.actor_name}


def _round(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("round", "content_hash", "score", "submitted_at")}


def finding(row: Finding) -> dict[str, Any]:
    names = ("number", "answer_key", "text", "severity", "severity_reason", "veto_candidate", "repeated")
    more = ("responsibility", "due_days", "state", "rectified_on_spot", "recorded_at", "closed_at", "reopened")
    ids = {"id": row.pk, "visit": row.visit_id, "target": row.target_id, "item": row.item_code}
    ids |= {"addendum": row.addendum, "standard": row.standard_id}
    return ids | {name: getattr(row, name) for name in names + more} | {"basis": row.legal_basis}


def evidence(row: Evidence) -> dict[str, Any]:
    names = ("answer_key", "kind", "sha256", "size", "filetype", "state", "taken_at", "added_at", "addendum")
    ids = {"id": row.pk, "visit": row.visit_id, "finding": row.finding_id, "expired_at": row.expired_at}
    return ids | {name: getattr(row, name) for name in names}
