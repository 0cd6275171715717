"""What was found wrong, from the record to the close-out."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.inspections.models.lifecycle import FindingState
from backend.inspections.models.visit import Visit
from backend.journal.models import Journaled
from backend.registry.models import Target


class SeverityLevel(models.TextChoices):
    MINOR = "minor", "一般"
    MODERATE = "moderate", "较重"
    SERIOUS = "serious", "严重"
    VETO = "veto", "一票否决"


class Responsibility(models.TextChoices):
    """Whose act it is (source text S001): the unit's as a whole, or one person's."""

    UNIT = "unit", "单位"
    PERSON = "person", "个人"


class Publication(models.TextChoices):
    """Where phones read it: in its crew's scope, or in its target's for everybody who is sent there."""

    CREW = "crew", "仅本组"
    WAITING = "waiting", "待本月结束"
    TARGET = "target", "已入对象历史"


class Finding(Journaled):
    """A failed item of one visit, with the fact, the grade and the legal basis.

    `chosen_severity` is what the inspector picked (empty: the proposal), `severity` what holds after the rules of
    workflow.md section 4. A veto is a candidate until leadership has confirmed it. `on_spot` is null or
    `{before: [evidence ids], after: [...], confirmed_by: user id or null}`. `number` counts within the visit and stays
    for good; `reopened` counts relapses.
    """

    journal_kind = "finding"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="findings", db_index=False)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="findings", db_index=False)
    number = models.PositiveSmallIntegerField("序号")
    template_code = models.CharField(max_length=8)
    item_code = models.CharField("条目", max_length=12)
    answer_key = models.CharField(max_length=16, blank=True)
    text = models.TextField("问题", max_length=2000)
    base_severity = models.CharField(max_length=10, choices=SeverityLevel.choices)
    chosen_severity = models.CharField(max_length=10, choices=SeverityLevel.choices, blank=True)
    severity = models.CharField("级别", max_length=10, choices=SeverityLevel.choices)
    severity_reason = models.CharField("调级理由", max_length=500, blank=True)
    veto_candidate = models.BooleanField("一票否决候选", default=False)
    repeated = models.BooleanField("一年内重犯", default=False)
    self_found_fixed = models.BooleanField("自查自改", default=False)
    responsibility = models.CharField(max_length=8, choices=Responsibility.choices, default=Responsibility.UNIT)
    legal_basis = models.JSONField("依据", default=list)
    standard_id = models.UUIDField("标准问题", null=True)
    """The standard finding it was written from; what it says was copied, so that the library may change."""
    due_days = models.PositiveSmallIntegerField("整改天数")
    state = models.CharField("状态", max_length=20, choices=FindingState.choices, default=FindingState.RECORDED)
    rectified_on_spot = models.BooleanField("即知即改", default=False)
    on_spot = models.JSONField(null=True)
    recorded_by = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(default=clock.now)
    device_at = models.DateTimeField(null=True)
    device_id = models.UUIDField(null=True)
    n = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField("反弹次数", default=0)
    relapse_found_at = models.DateTimeField("现场发现反弹", null=True)
    """A review found what was closed as bad as before; null again once the office has opened it anew."""
    addendum = models.PositiveSmallIntegerField("补录于轮次", null=True)
    """The submitted round beside which a reviewer put it; that round's content does not hold it, later ones do."""
    publication = models.CharField(max_length=8, choices=Publication.choices, default=Publication.CREW)

    class Meta:
        verbose_name = verbose_name_plural = "问题"
        constraints = [models.UniqueConstraint(fields=["visit", "number"], name="finding_number")]
        indexes = [
            models.Index(fields=["county_id", "state", "id"], name="finding_by_state"),
            models.Index(fields=["county_id", "id"], name="finding_in_order"),
            models.Index(fields=["target", "item_code", "recorded_at"], name="finding_by_item"),
            models.Index(fields=["publication"], name="finding_waiting", condition=models.Q(publication="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.item_code}: {self.text[:20]}"

    @property
    def journal_scope(self) -> str:
        if self.publication == Publication.TARGET:
            return f"target:{self.target_id}"
        return self.visit.journal_scope

    def journal_document(self) -> dict[str, Any]:
        return {
            "visit": str(self.visit_id),
            "target": str(self.target_id),
            "number": self.number,
            "template": self.template_code,
            "item": self.item_code,
            "answer_key": self.answer_key,
            "text": self.text,
            "chosen_severity": self.chosen_severity or None,
            "severity": self.severity,
            "severity_reason": self.severity_reason,
            "veto_candidate": self.veto_candidate,
            "repeated": self.repeated,
            "self_found_fixed": self.self_found_fixed,
            "responsibility": self.responsibility,
            "basis": self.legal_basis,
            "due_days": self.due_days,
            "state": self.state,
            "on_spot": self.on_spot,
            "by": self.recorded_by,
            "at": self.recorded_at,
            "closed_at": self.closed_at,
            "reopened": self.reopened,
            **({"standard": str(self.standard_id)} if self.standard_id else {}),
            **({"addendum": self.addendum} if self.addendum else {}),
            **({"relapse_found_at": self.relapse_found_at} if self.relapse_found_at else {}),
        }


class FindingTransition(models.Model):
    """One step in the life of a finding. Rows are added and never changed."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="transitions")
    before = models.CharField(max_length=20)
    after = models.CharField(max_length=20)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.after}"
