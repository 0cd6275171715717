"""What people are to be told, written in the transaction that makes it true, delivered after it."""

from django.db import models


class Outbox(models.Model):
    """One message to one person; `notices` delivers it exactly once and stamps `delivered_at`."""

    county_id = models.BigIntegerField()
    recipient_id = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_waiting", condition=models.Q(delivered_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} -> {self.recipient_id}"
