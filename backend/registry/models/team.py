"""Inspection teams of both tracks and who belongs to them, when."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.core import clock
from backend.journal.models import Journaled
from backend.registry.models.organisation import AreaStation, Department


class Track(models.TextChoices):
    DEPARTMENT = "department", "科室"
    STATION = "station", "督导站"


class Team(Journaled):
    """A crew that visits: one of the 17 (department track) or of an area station (station track)."""

    journal_kind = "team"

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=80)
    track = models.CharField("轨道", max_length=16, choices=Track.choices)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True)
    station = models.ForeignKey(AreaStation, on_delete=models.PROTECT, null=True, blank=True)
    closed_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "督查组"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="team_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        return f"team:{self.pk}"


class Membership(models.Model):
    """`user` belongs to `team` from `starts_at` until `ends_at`; a team has at most one leader at a time.

    Terms of one person never overlap: an exclusion constraint on PostgreSQL, triggers on SQLite
    (`registry/guards.py`).
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    is_leader = models.BooleanField("组长", default=False)
    card_number = models.CharField("督学证号", max_length=40, blank=True)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "组员任期"
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(is_leader=True, ends_at=None), name="membership_one_open_leader"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=models.F("starts_at")), name="membership_not_backwards"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.team_id}"
