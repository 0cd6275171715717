"""What was said about deadlines."""

from django.db import models

from backend.core import clock
from backend.notices.models.notice import RectificationNotice


class Reminder(models.Model):
    """A step of escalation (workflow.md section 9) that was taken on one `occasion`; each once.

    `occasion` is `due:<deadline>` for a step of the ladder, `returns`, `veto`, or `own:<id>` where the office proposed.
    """

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField("整改期限", null=True)
    occasion = models.CharField("缘由", max_length=48)
    step = models.CharField("督办步骤", max_length=8)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "督办记录"
        constraints = [models.UniqueConstraint(fields=["notice", "occasion", "step"], name="reminder_per_occasion")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.step}"
