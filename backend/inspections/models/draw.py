"""The random draw (双随机): sealed before, kept for good, to be replayed by anybody (workflow.md section 2).

Nothing here is a document of a phone. What is secret before its time lies in rows of its own, so that no list and no
join brings it along: the seed in `DrawSeal`, who is behind a pseudonym in `DrawLibrary`.
"""

from typing import Any

from django.conf import settings
from django.db import models

from backend.core import clock
from backend.inspections.models.assignment import Assignment, VisitKind
from backend.inspections.models.draw_lifecycle import DrawState
from backend.inspections.models.plan import InspectionPlan
from backend.journal.models import Journaled
from backend.registry.models import Target, Team, Track


class Draw(Journaled):
    """One draw of targets and of crews for them.

    `parameters` and the frozen libraries are those of `rules.drawing`; `hashes` are theirs, and with the sealed seed
    they make the `commitment`, which is told before the draw. `contribution` are words of the witness, said after the
    sealing and before the draw. `result_hash` is also in the audit trail.
    """

    journal_kind = "draw"

    plan = models.ForeignKey(InspectionPlan, on_delete=models.PROTECT, null=True, related_name="draws")
    month = models.CharField("月份", max_length=7)
    track = models.CharField("轨道", max_length=16, choices=Track.choices)
    kind = models.CharField("类型", max_length=24, choices=VisitKind.choices, default=VisitKind.ROUTINE)
    state = models.CharField("状态", max_length=10, choices=DrawState.choices, default=DrawState.SEALED)
    algorithm = models.CharField("算法", max_length=32)
    request = models.JSONField("要求")
    """What the office asked for, so that it can be drawn anew: see `services.draw_requests`."""
    parameters = models.JSONField("参数")
    target_count = models.PositiveIntegerField("对象库数量")
    inspector_count = models.PositiveIntegerField("人员库数量")
    hashes = models.JSONField("名录摘要")
    commitment = models.CharField("封存摘要", max_length=64)
    sealed_at = models.DateTimeField(default=clock.now)
    sealed_by = models.BigIntegerField(null=True)
    drawn_at = models.DateTimeField(null=True)
    operator_id = models.BigIntegerField(null=True)
    operator_name = models.CharField("操作人", max_length=80, blank=True)
    witness = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    witness_name = models.CharField("见证人", max_length=80, blank=True)
    contribution = models.CharField("见证词", max_length=200, blank=True)
    result_hash = models.CharField("结果摘要", max_length=64, blank=True)
    obstacles = models.JSONField("无法抽取的原因", default=list)
    revealed_at = models.DateTimeField(null=True)
    revealed_by = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField("重抽理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "随机抽取"
        indexes = [models.Index(fields=["county_id", "month"], name="draw_by_month")]

    def __str__(self) -> str:
        return f"{self.month} {self.track}"


class Once(models.Model):
    """A row that is written once: what was sealed or drawn is never changed and never removed."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("what was sealed or drawn is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("what was sealed or drawn is never removed")


class DrawSeal(Once):
    """The seed (32 bytes) and the salt (16 bytes), in lower-case hex. Told by `draws.reveal` and by nothing else."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, primary_key=True, related_name="seal")
    seed = models.CharField(max_length=64)
    salt = models.CharField(max_length=32)

    def __str__(self) -> str:
        return str(self.draw_id)


class DrawLibrary(Once):
    """Both libraries as they were when sealed, under pseudonyms, and who is behind them.

    `identities`: `{"targets": {pseudonym: id}, "people": {pseudonym: user id}, "teams": {pseudonym: id}}`.
    """

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, primary_key=True, related_name="library")
    targets = models.JSONField()
    inspectors = models.JSONField()
    identities = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = "抽取名录"

    def __str__(self) -> str:
        return str(self.draw_id)


class DrawOutcome(Once):
    """What came out, under pseudonyms, exactly as `rules.drawing` gave it."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, primary_key=True, related_name="outcome")
    result = models.JSONField()

    def __str__(self) -> str:
        return str(self.draw_id)


class DrawnTarget(models.Model):
    """One line of the outcome with the things themselves; `assignment` once the draw is confirmed."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="drawn", db_index=False)
    position = models.PositiveIntegerField("次序")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    scheduled_on = models.DateField("安排日期")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    crew = models.JSONField("组员")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True, related_name="drawn_as")

    class Meta:
        verbose_name = verbose_name_plural = "抽中对象"
        constraints = [models.UniqueConstraint(fields=["draw", "position"], name="drawn_position")]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.position}"
