"""The written notice that a special or comprehensive supervision gives its unit beforehand."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.inspections.models.assignment import Assignment


class AdvanceNotice(models.Model):
    """That the unit was told, by which document, on which day (《教育督导条例》第十六、十七条). Recorded once.

    The product does not send it: nothing in it may reach an account of the unit before its time.
    """

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="advance_notice")
    number = models.CharField("文号", max_length=60)
    given_on = models.DateField("送达日期")
    recorded_by = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "督导通知"

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a notice that was given is never changed")
        super().save(*args, **kwargs)
