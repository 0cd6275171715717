"""Who visits what, when: the assignment, its crew, and recusals."""

from typing import Any

from django.conf import settings
from django.db import models

from backend.core import clock
from backend.inspections.models.lifecycle import AssignmentState
from backend.inspections.models.plan import InspectionPlan
from backend.journal.models import Journaled
from backend.registry.models import RecusalKind, Target, Team, Track


class VisitKind(models.TextChoices):
    """On what legal footing a visit stands (workflow.md section 0)."""

    ROUTINE = "routine", "经常性督导"
    SPECIAL = "special", "专项督导"
    COMPREHENSIVE = "comprehensive", "综合督导"
    ADMINISTRATIVE_CHECK = "administrative_check", "行政检查"
    JOINT_CHECK = "joint_check", "联合执法"
    TIP_CHECK = "tip_check", "举报核查"
    REVIEW_VISIT = "review_visit", "复查"
    TEACHING_GUIDANCE = "teaching_guidance", "视导"


class VisitMode(models.TextChoices):
    OPEN = "open", "明察"
    COVERT = "covert", "暗访"


class Assignment(Journaled):
    """One target for one crew on one day. Its scope holds the visit and everything in it.

    The leader may read it from `reveal_at`, the crew from departure (workflow.md section 2). `own` marks a visit that
    its author began without being sent: a suspected site, something met on the road.
    """

    journal_kind = "assignment"

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="assignments")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="assignments")
    track = models.CharField("轨道", max_length=16, choices=Track.choices)
    kind = models.CharField("类型", max_length=24, choices=VisitKind.choices, default=VisitKind.ROUTINE)
    mode = models.CharField("方式", max_length=8, choices=VisitMode.choices, default=VisitMode.OPEN)
    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, null=True, related_name="assignments")
    plan_month = models.CharField("计划月份", max_length=7)
    scheduled_on = models.DateField("安排日期")
    templates = models.JSONField("清单", default=list)
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_assignments")
    reveal_at = models.DateTimeField("向组长公布时间")
    state = models.CharField("状态", max_length=12, choices=AssignmentState.choices, default=AssignmentState.PLANNED)
    own = models.BooleanField("自行发起", default=False)
    reason = models.CharField("原因", max_length=500, blank=True)
    created_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    released_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    moved_visit = models.UUIDField(null=True, editable=False)
    """The visit that was begun here and belonged elsewhere. A phone that begins it late, citing a revision up to
    `moved_rev`, joins it there."""
    moved_rev = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "督查任务"
        indexes = [
            models.Index(fields=["county_id", "plan_month"], name="assignment_by_month"),
            models.Index(fields=["target", "plan_month"], name="assignment_by_target"),
            models.Index(fields=["state", "reveal_at"], name="assignment_to_reveal"),
            models.Index(fields=["county_id", "id"], name="assignment_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.scheduled_on}"

    @property
    def scope(self) -> str:
        return f"crew:{self.pk}"

    @property
    def journal_scope(self) -> str:
        return self.scope

    def journal_document(self) -> dict[str, Any]:
        """The task as the crew sees it."""
        return {
            "target": str(self.target_id),
            "target_name": self.target.name,
            "team": str(self.team_id) if self.team_id else None,
            "track": self.track,
            "kind": self.kind,
            "mode": self.mode,
            "plan_month": self.plan_month,
            "scheduled_on": self.scheduled_on.isoformat(),
            "templates": self.templates,
            "leader": self.leader_id,
            "crew": [{"id": row.user_id, "name": row.user.name} for row in self.present()],
            "reveal_at": self.reveal_at,
            "state": self.state,
            "own": self.own,
            **({"reopened": True} if self.moved_visit else {}),
        }

    def present(self) -> "models.QuerySet[CrewMember]":
        """Those who belong to the crew now, leader first."""
        rows = self.crew.filter(ended_at__isnull=True).select_related("user")
        return rows.order_by("-is_leader", "pk")


class CrewMember(models.Model):
    """`user` belongs to the crew until `ended_at`. Rows stay: late work is judged by whether one ever belonged.

    `from_rev` and `upto_rev` are the revisions of the assignment's document that stood in that time: a visit cites the
    one its phone saw (protocol, Push). None: up to what stands now; from 0 where nobody wrote it down.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="crew")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="crews")
    is_leader = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    from_rev = models.PositiveIntegerField(default=0)
    upto_rev = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "assignment"], name="crew_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.assignment_id}"


class Recusal(Journaled):
    """`user` stays away from an assignment: declared once, never taken back."""

    journal_kind = "recusal"

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="recusals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recusals")
    kind = models.CharField("情形", max_length=20, choices=RecusalKind.choices)
    reason = models.CharField("说明", max_length=500, blank=True)
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        constraints = [models.UniqueConstraint(fields=["assignment", "user"], name="recusal_once")]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.assignment_id}"
