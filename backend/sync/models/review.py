"""What people decided about operations that the engine could not apply (protocol, Review)."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.sync.models.custody import Operation


class ReviewOutcome(models.TextChoices):
    ACCEPTED = "accepted"
    REFILED = "refiled"
    DISMISSED = "dismissed"


class Review(models.Model):
    """The decision on one operation: made once, never changed. The verdict it is about stays as it was answered.

    `detail` says what accepting or refiling came to: `{status, kind, id, rev}` and what the handler answered, and `to`
    where it was refiled.
    """

    operation = models.OneToOneField(Operation, on_delete=models.PROTECT, primary_key=True, related_name="review")
    outcome = models.CharField(max_length=10, choices=ReviewOutcome.choices)
    reason = models.CharField(max_length=500, blank=True)
    by = models.BigIntegerField()
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.operation_id}: {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a decision is never changed")
        super().save(*args, **kwargs)

    def as_json(self) -> dict[str, Any]:
        """`fate`, as the author's phone and the reviewers see it."""
        return {name: getattr(self, name) for name in ("outcome", "reason", "by", "by_name", "at", "detail")}


class ReviewCall(models.Model):
    """That people were told of an operation which waits for them: those it is shown to first, then the office."""

    operation = models.OneToOneField(Operation, on_delete=models.PROTECT, primary_key=True, related_name="review_call")
    first_at = models.DateTimeField()
    office_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["first_at"], name="review_call_waiting", condition=models.Q(office_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.operation_id)
