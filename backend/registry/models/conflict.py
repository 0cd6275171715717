"""Conflicts of interest: who stays away from which unit, from when until when, on what ground."""

import datetime as dt

from django.conf import settings
from django.db import models

from backend.core import clock
from backend.journal.models import Journaled
from backend.registry.models.target import Target
from backend.registry.rules.avoidance import last_day_after_leaving


class RecusalKind(models.TextChoices):
    """Grounds of avoidance (重庆市教育督导条例 art. 12)."""

    NEAR_RELATIVE = "near_relative", "负责人为近亲属"
    FAMILY_EMPLOYED = "family_employed", "配偶、父母或子女在该单位任职"
    OWN_EMPLOYER = "own_employer", "本人任职单位"
    LEFT_RECENTLY = "left_recently", "离职不满三年"
    OTHER = "other", "其他"


class ConflictState(models.TextChoices):
    """What became of a declaration. One that nobody has decided yet counts like one that was decided."""

    DECLARED = "declared", "已申报"
    DECIDED = "decided", "已决定回避"
    REJECTED = "rejected", "不予回避"


class Declarer(models.TextChoices):
    """Who asked for it: the inspector or the unit may apply, the body can decide by itself (art. 12)."""

    INSPECTOR = "inspector", "督查人员本人"
    UNIT = "unit", "被督导单位"
    OFFICE = "office", "督导办"


class ConflictOfInterest(Journaled):
    """`user` stays away from `target` from `starts_on` to `valid_until` (included; null: no end known).

    For those who left the unit, the end follows from `left_on`; as long as it is not known, there is none. Personal:
    read by the office and by the person, by nobody else.
    """

    journal_kind = "conflict"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField("情形", max_length=20, choices=RecusalKind.choices)
    state = models.CharField("状态", max_length=10, choices=ConflictState.choices, default=ConflictState.DECLARED)
    starts_on = models.DateField("开始日期")
    valid_until = models.DateField("截止日期", null=True)
    left_on = models.DateField("离职日期", null=True)
    reason = models.CharField("说明", max_length=500, blank=True)
    declared_by = models.CharField("申报方", max_length=10, choices=Declarer.choices)
    declared_by_id = models.BigIntegerField(null=True)
    declared_at = models.DateTimeField(default=clock.now)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField("决定理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "利害关系"
        indexes = [models.Index(fields=["county_id", "state"], name="conflict_by_state")]

    def __str__(self) -> str:
        return f"{self.user_id}-{self.target_id} {self.kind}"

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the person stays away; None: no end known."""
        if self.kind != RecusalKind.LEFT_RECENTLY or self.left_on is None:
            return self.valid_until
        return min(last_day_after_leaving(self.left_on), self.valid_until or dt.date.max)

    def excludes(self, day: dt.date) -> bool:
        """Whether the person may not be sent to the unit on `day`."""
        if self.state == ConflictState.REJECTED:
            return False
        return self.starts_on <= day and (self.last_day is None or day <= self.last_day)
