"""What was said about deadlines."""

from django.db import models

from backend.core import clock
from backend.notices.models.notice import RectificationNotice


class Reminder(models.Model):
    """A step of escalation (workflow.md section 9) that was announced for one deadline; each once."""

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField("整改期限")
    step = models.CharField("督办步骤", max_length=8)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "督办记录"
        constraints = [models.UniqueConstraint(fields=["notice", "due_on", "step"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.step}"
