"""Which team is in charge of a target, on which track, from which day to which."""

import datetime as dt

from django.db import models
from django.db.models import Q

from backend.registry.models.target import Target
from backend.registry.models.team import Team, Track

BEGINNING = dt.date(2000, 1, 1)
"""Where the first team of a target begins: nobody wrote down another one before it."""


class TeamInCharge(models.Model):
    """`team` is in charge of `target` from `starts_on` (included) until `ends_on` (excluded; None: open).

    `track` is the team's. Terms of one target and track never overlap: writers hold the target's row
    (`services/responsibility.py`), and the database refuses what would (`registry/guards.py`).
    """

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="terms_in_charge", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="terms_in_charge")
    track = models.CharField("轨道", max_length=16, choices=Track.choices)
    starts_on = models.DateField("开始日期", default=BEGINNING)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "包片任期"
        constraints = [
            models.UniqueConstraint(fields=["target", "track", "starts_on"], name="in_charge_begins_once"),
            models.UniqueConstraint(fields=["target", "track"], condition=Q(ends_on=None), name="in_charge_open_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("starts_on")), name="in_charge_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team_id}@{self.target_id} {self.starts_on}"
