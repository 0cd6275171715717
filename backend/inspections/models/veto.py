"""How a candidate for a veto becomes one: the unit is heard, and two people confirm (workflow.md section 4)."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.inspections.models.finding import Finding


class HearingWay(models.TextChoices):
    """How the unit was heard."""

    ON_SITE = "on_site", "现场陈述"
    WRITTEN = "written", "书面申辩"
    MEETING = "meeting", "约谈听取"
    WAIVED = "waived", "放弃陈述"


class VetoHearing(models.Model):
    """What the unit said to a finding that might become a veto; said once, never changed."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="hearing")
    way = models.CharField("方式", max_length=8, choices=HearingWay.choices)
    statement = models.TextField("陈述意见", max_length=2000)
    recorded_by = models.BigIntegerField()
    recorded_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "一票否决听取意见"

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.way}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("what the unit said is never changed")
        super().save(*args, **kwargs)


class VetoView(models.TextChoices):
    CONFIRM = "confirm", "确认"
    LIFT = "lift", "不予认定"


class VetoOpinion(models.Model):
    """One person's word on a candidate as it was submitted in `round`; a person has one on it, and it stays."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="veto_opinions")
    round = models.PositiveSmallIntegerField("轮次")
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=80)
    leads = models.BooleanField("领导")
    view = models.CharField("意见", max_length=8, choices=VetoView.choices)
    reason = models.CharField("理由", max_length=500)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "一票否决意见"
        constraints = [models.UniqueConstraint(fields=["finding", "round", "user_id"], name="veto_opinion_once")]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.view}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an opinion is never changed")
        super().save(*args, **kwargs)
