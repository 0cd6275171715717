"""Answers: a register per key, and every value that was ever sent."""

import datetime as dt
import uuid
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import models

from backend.core import clock
from backend.inspections.models.visit import Visit


@dataclass(slots=True)
class Register:
    """The present value of one answer key while somebody works on it; the fields are those of `Answer`."""

    key: str
    value: Any = None
    note: str = ""
    rev: int = 0
    author_id: int | None = None
    device_id: uuid.UUID | None = None
    at: dt.datetime = field(default_factory=clock.now)
    rivals: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As in the visit document."""
        return {"value": self.value, "note": self.note, "rev": self.rev, "by": self.author_id, "at": self.at}


class Answer(models.Model):
    """The present value of one answer key of one visit.

    `rivals` are values of other devices that contradict it, as `{id, value, note, by, device, n, at}` (`id` of the
    revision); the visit cannot be submitted until somebody picks.
    """

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="answers", db_index=False)
    key = models.CharField(max_length=16)
    value = models.JSONField(null=True)
    note = models.CharField(max_length=2000, blank=True)
    rev = models.PositiveIntegerField()
    author_id = models.BigIntegerField(null=True)
    device_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    rivals = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "key"], name="answer_once_per_key")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.key}"

    def register(self) -> Register:
        """What it holds, apart from the table."""
        return Register(**{name: getattr(self, name) for name in REGISTER})


REGISTER = tuple(each.name for each in fields(Register))


class RevisionFate(models.TextChoices):
    """What became of a value when it arrived."""

    APPLIED = "applied", "已采用"
    MERGED = "merged", "相同"
    OUTDATED = "outdated", "已有更新"
    CONFLICT = "conflict", "有冲突"


TOLD = ("applied", "merged", "conflict")
"""What the sender of an answer may be told of it (protocol, Push)."""


class AnswerRevision(models.Model):
    """One value as it was sent, kept for good. `rev` is null where it did not become the present value."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="answer_revisions", db_index=False)
    key = models.CharField(max_length=16)
    value = models.JSONField(null=True)
    note = models.CharField(max_length=2000, blank=True)
    rev = models.PositiveIntegerField(null=True)
    base = models.PositiveIntegerField(default=0)
    fate = models.CharField(max_length=8, choices=RevisionFate.choices)
    author_id = models.BigIntegerField(null=True)
    device_id = models.UUIDField(null=True)
    n = models.BigIntegerField(null=True)
    device_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "key", "rev"], name="answer_revision_once")]
        indexes = [models.Index(fields=["visit", "device_id", "key", "n"], name="revision_by_device")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.key} r{self.rev}"
