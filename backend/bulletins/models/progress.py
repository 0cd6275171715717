"""What is being compiled or printed right now."""

from django.db import models

from backend.core import clock


class BulletinWork(models.Model):
    """The newest compiling or signing of a county's period: how far it is. One row a period; it only informs."""

    county_id = models.BigIntegerField(editable=False)
    period_start = models.DateField()
    what = models.CharField(max_length=12)
    """`compile` or `sign`."""
    step = models.CharField(max_length=40)
    done = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField()
    started_by = models.CharField(max_length=80)
    started_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county_id", "period_start"], name="bulletin_work_period")]

    def __str__(self) -> str:
        return f"{self.period_start} {self.step}"
