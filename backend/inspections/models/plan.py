"""The monthly plan and the campaigns beside it: period, themes, checklists, scope (workflow.md section 1).

No row of these tables is a document of a phone: crews learn from their assignments, nobody from a plan.
"""

from typing import Any

from django.db import models

from backend.core import clock
from backend.inspections.models.plan_lifecycle import IN_FORCE, PlanState
from backend.inspections.rules.revealing import USUAL_HOURS
from backend.journal.models import Journaled
from backend.registry.models import Target, Team, Track


class PlanKind(models.TextChoices):
    MONTHLY = "monthly", "月度全覆盖"
    MAKE_UP = "make_up", "补查"
    SPECIAL_CAMPAIGN = "special_campaign", "专项行动"


class ExceptionCause(models.TextChoices):
    """Why a target is in or out of a plan against its rule."""

    CLOSED = "closed", "已停办"
    MERGED = "merged", "已合并"
    ON_HOLIDAY = "on_holiday", "放假"
    ADDED = "added", "增列"
    OTHER = "other", "其他"


def whole_county() -> dict[str, list[str]]:
    """The rule that takes every school and institution: no list narrows it."""
    return {"kinds": [], "types": [], "districts": [], "teams": []}


def both_tracks() -> list[str]:
    return [str(track.value) for track in Track]


class InspectionPlan(Journaled):
    """What is to be visited in a month, by whom and with what.

    `templates` are choices `{track, type, codes}` with "" for any track or type of target; none that fits: all
    checklists for the target. `scope_rule` narrows by kind, type, district and team (ids as text; an empty list narrows
    nothing). `holidays` and `working_weekends` are dates `YYYY-MM-DD`: what is not worked on, and what is.
    """

    journal_kind = "inspection_plan"

    kind = models.CharField("类别", max_length=16, choices=PlanKind.choices, default=PlanKind.MONTHLY)
    month = models.CharField("计划月份", max_length=7)
    title = models.CharField("标题", max_length=120)
    themes = models.JSONField("主题", default=list, blank=True)
    templates = models.JSONField("清单", default=list, blank=True)
    tracks = models.JSONField("轨道", default=both_tracks)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    holidays = models.JSONField("放假日期", default=list, blank=True)
    working_weekends = models.JSONField("调休上班日期", default=list, blank=True)
    scope_rule = models.JSONField("范围", default=whole_county)
    makes_up = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="make_ups")
    """For a make-up campaign: the plan whose uncovered targets it visits."""
    approval_number = models.CharField("入校检查批准文号", max_length=60, blank=True)
    visit_limit = models.PositiveSmallIntegerField("每校每月到访上限", default=2)
    reveal_hours = models.PositiveSmallIntegerField("最多提前几小时告知组长", default=USUAL_HOURS)
    """No leader learns a target of this plan earlier than so many hours before 08:30 of its day."""
    state = models.CharField("状态", max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    scope_version = models.PositiveSmallIntegerField("范围版本", default=0)
    scope_hash = models.CharField("范围摘要", max_length=64, blank=True)
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    submitted_by = models.BigIntegerField(null=True)
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "督查计划"
        constraints = [
            models.UniqueConstraint(
                fields=["county_id", "month"], condition=models.Q(kind=PlanKind.MONTHLY), name="plan_of_month"
            )
        ]
        indexes = [models.Index(fields=["county_id", "month", "state"], name="plan_by_month")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_frozen(self) -> bool:
        """Whether its scope is what was approved, and no longer what its rule says."""
        return self.state in IN_FORCE


class ScopeException(models.Model):
    """`target` is in the plan although its rule leaves it out, or out of it from `since` on (None: from the start)."""

    plan = models.ForeignKey(InspectionPlan, on_delete=models.CASCADE, related_name="exceptions")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")
    included = models.BooleanField("增列")
    cause = models.CharField("原因类别", max_length=12, choices=ExceptionCause.choices)
    reason = models.CharField("原因", max_length=500, blank=True)
    since = models.DateField("自何日起", null=True)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "计划范围例外"
        constraints = [models.UniqueConstraint(fields=["plan", "target"], name="plan_exception_once")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.target_id}"


class PlanTarget(models.Model):
    """One line of a plan's scope as it was approved: `target` on `track`, with the `team` in charge then.

    Lines are added and never changed; a plan approved again has lines of a new `version`.
    """

    plan = models.ForeignKey(InspectionPlan, on_delete=models.CASCADE, related_name="targets", db_index=False)
    version = models.PositiveSmallIntegerField()
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")
    track = models.CharField(max_length=16, choices=Track.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "version", "target", "track"], name="plan_target_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.version}: {self.target_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an approved scope is never changed")
        super().save(*args, **kwargs)


class PlanTransition(models.Model):
    """One step in the life of a plan: who, when, why. Rows are added and never changed.

    `obstacles`: with a submission or an approval the rules that people were too few for as things stood then,
    `[{track, rule, text, count, targets [{id, name}]}]`, the first targets of each.
    """

    plan = models.ForeignKey(InspectionPlan, on_delete=models.CASCADE, related_name="transitions", db_index=False)
    verb = models.CharField(max_length=16)
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    reason = models.CharField(max_length=500, blank=True)
    obstacles = models.JSONField("派不出组的对象", default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["plan", "id"], name="plan_steps")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.verb}"
