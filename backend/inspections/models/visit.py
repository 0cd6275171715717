"""One on-site check and its history."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models

from backend.core import clock, codec
from backend.inspections.models.addendum import ROOM, with_addenda
from backend.inspections.models.assignment import Assignment, VisitKind, VisitMode
from backend.inspections.models.lifecycle import VisitState
from backend.journal.models import Journaled
from backend.registry.models import Target, Track

if TYPE_CHECKING:
    from backend.inspections.models.answer import Register


class Visit(Journaled):
    """One stop of one crew. Its document holds everything in it, so that a phone never sees half a visit."""

    journal_kind = "visit"

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="visit")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="visits")
    track = models.CharField("轨道", max_length=16, choices=Track.choices)
    kind = models.CharField("类型", max_length=24, choices=VisitKind.choices)
    mode = models.CharField("方式", max_length=8, choices=VisitMode.choices)
    plan_month = models.CharField("计划月份", max_length=7)
    templates = models.JSONField("清单", default=list)
    assignment_rev = models.PositiveIntegerField(default=0)
    state = models.CharField("状态", max_length=16, choices=VisitState.choices, default=VisitState.RELEASED)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    started_by = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(default=clock.now)
    check_in = models.JSONField("到达", null=True)
    entry = models.JSONField("进入", null=True)
    sample = models.JSONField("抽样", default=list)
    draws = models.JSONField("现场抽取", default=list)
    """Every draw of classes and pupil numbers, in order and never changed (see `rules.class_draw`)."""
    refiled = models.JSONField("改挂记录", default=list)
    """Where it was filed before: `{assignment, target, reason, by, at}` each."""
    details = models.JSONField("补充信息", default=dict)
    feedback = models.JSONField("现场反馈", null=True)
    signatures = models.JSONField("签字", null=True)
    heard = models.JSONField(default=dict, editable=False)
    """Per part of the visit and device the counter of its newest word: an older one never overrides it."""
    score = models.PositiveSmallIntegerField("得分", null=True)
    score_lines = models.JSONField("扣分明细", default=list)
    content_hash = models.CharField(max_length=64, blank=True)
    counts_for_coverage = models.BooleanField("有效到访", default=False)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.BigIntegerField(null=True)
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    addenda_kept = models.PositiveIntegerField("补录件数", default=0)
    """So that the document of a visit without addenda, which is nearly every one, need not ask for them."""

    class Meta:
        verbose_name = verbose_name_plural = "到访"
        indexes = [
            models.Index(fields=["county_id", "plan_month", "state"], name="visit_by_month"),
            models.Index(fields=["target", "submitted_at"], name="visit_by_target"),
            models.Index(fields=["county_id", "submitted_at"], name="visit_by_submission"),
            models.Index(fields=["county_id", "id"], name="visit_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.plan_month}"

    @property
    def journal_scope(self) -> str:
        return f"crew:{self.assignment_id}"

    def journal_document(self) -> dict[str, Any]:
        """See `visit_document`."""
        return visit_document(self, (answer.register() for answer in self.answers.all()))


def visit_document(visit: Visit, answers: Iterable["Register"]) -> dict[str, Any]:
    """The visit with its answers, each with its own revision, author and time (protocol, Documents)."""
    registers = list(answers)
    document = {
        "assignment": str(visit.assignment_id),
        "target": str(visit.target_id),
        "kind": visit.kind,
        "mode": visit.mode,
        "track": visit.track,
        "templates": visit.templates,
        "state": visit.state,
        "round": visit.round,
        "started_by": visit.started_by,
        "started_at": visit.started_at,
        "check_in": visit.check_in,
        "sample": visit.sample,
        **_where_there_are_any(visit),
        "details": visit.details,
        "feedback": visit.feedback,
        "signatures": visit.signatures,
        "answers": {answer.key: answer.as_json() for answer in registers},
        "conflicts": {answer.key: answer.rivals for answer in registers if answer.rivals},
        "score": visit.score,
        "content_hash": visit.content_hash,
        "submitted_at": visit.submitted_at,
        "approved_at": visit.approved_at,
        "return_reason": visit.return_reason,
    }
    document |= _deductions(visit, document)
    return with_addenda(document, visit.addenda.order_by("pk")) if visit.addenda_kept else document


def _deductions(visit: Visit, document: dict[str, Any]) -> dict[str, Any]:
    """What the score follows from, `[{item, severity, points}]`, unless there is no room for it in one document."""
    lines = [{name: line[name] for name in ("item", "severity", "points")} for line in visit.score_lines]
    if not lines or visit.score is None:
        return {}
    return {} if len(codec.dumps([document, lines])) > ROOM else {"deductions": lines}


def _where_there_are_any(visit: Visit) -> dict[str, Any]:
    """Members that most visits do not have."""
    parts = {"entry": visit.entry, "draws": visit.draws, "refiled": visit.refiled}
    return {name: value for name, value in parts.items() if value}


class VisitAlias(models.Model):
    """Another id under which a phone began the same visit.

    Two phones of a crew that are both offline each begin "the" visit of their assignment. The first to arrive is the
    visit; what the second one did under its own id belongs to the same visit and is neither lost nor refused.
    """

    journal_kind = "visit"

    id = models.UUIDField(primary_key=True)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="aliases")

    def __str__(self) -> str:
        return f"{self.pk} = {self.visit_id}"

    @property
    def journal_id(self) -> str:
        return str(self.pk)

    @property
    def journal_scope(self) -> str:
        return self.visit.journal_scope

    def journal_document(self) -> dict[str, Any]:
        """Tells the second phone which visit its own became; what waited for its id is judged (invariant I9)."""
        return {
            "assignment": str(self.visit.assignment_id),
            "target": str(self.visit.target_id),
            "state": VisitState.CANCELLED,
            "same_as": str(self.visit_id),
        }


class VisitTransition(models.Model):
    """One step in the life of a visit. Rows are added and never changed."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="transitions", db_index=False)
    verb = models.CharField(max_length=16)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    device_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["visit", "id"], name="transition_by_visit")]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.verb}"


class VisitRound(models.Model):
    """What was submitted in one round: its content and the hash of it never change (invariant I10)."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="rounds", db_index=False)
    round = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    score = models.PositiveSmallIntegerField()
    score_lines = models.JSONField(default=list)
    counts_for_coverage = models.BooleanField(default=False)
    submitted_by = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "round"], name="visit_round_once")]
        indexes = [  # coverage counts rounds without reading what they hold
            models.Index(fields=["submitted_at", "counts_for_coverage", "visit", "round"], name="visit_round_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} #{self.round}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a submitted round is never changed")
        super().save(*args, **kwargs)
