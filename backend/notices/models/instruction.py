"""What leadership writes on the margin of the county's work (批示), and what came of it. Nothing here is rewritten."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.journal.models import Journaled

WORDS = 1000
"""Characters of an instruction, and of an account of what was done about it."""


class LeaderInstruction(Journaled):
    """One instruction about one thing: a notice, visit, finding, plan, bulletin, circular or paper of escalation.

    The thing is named by its kind and id in the journal, so that rooms above can be written about too; `subject_name`
    is what it was called then.
    """

    journal_kind = "leader_instruction"

    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    subject_name = models.CharField("所批事项", max_length=200)
    text = models.TextField("批示", max_length=WORDS)
    by = models.BigIntegerField()
    by_name = models.CharField("批示人", max_length=80)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "领导批示"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="instruction_by_subject"),
            models.Index(fields=["county_id", "id"], name="instruction_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.subject_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an instruction is never changed")
        super().save(*args, **kwargs)


class InstructionAnswer(models.Model):
    """What the office did about an instruction, or how far it came; there may be several."""

    instruction = models.ForeignKey(LeaderInstruction, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField("办理情况", max_length=WORDS)
    by = models.BigIntegerField()
    by_name = models.CharField("办理人", max_length=80)
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "批示办理情况"

    def __str__(self) -> str:
        return f"{self.instruction_id}: {self.by_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an account of what was done is never changed")
        super().save(*args, **kwargs)
