"""What a person was told."""

from typing import Any

from django.db import models

from backend.journal.models import Journaled


class InboxCounter(models.Model):
    """The last number in a person's inbox; its row is locked while numbers are given out, so that none is missing."""

    user_id = models.BigIntegerField(primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.last}"


class InboxEntry(Journaled):
    """One message in one person's inbox, numbered from 1 without gaps.

    `message_id` is the outbox row it came from; that it is unique makes a second delivery impossible.
    """

    journal_kind = "inbox"

    user_id = models.BigIntegerField(editable=False)
    seq = models.PositiveBigIntegerField(editable=False)
    message_id = models.BigIntegerField(unique=True, editable=False)
    kind = models.CharField("类别", max_length=64)
    title = models.CharField("标题", max_length=80)
    body = models.CharField("内容", max_length=400, blank=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True)
    needs_ack = models.BooleanField("须确认", default=False)
    acknowledged_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "收件箱消息"
        constraints = [models.UniqueConstraint(fields=["user_id", "seq"], name="inbox_number")]
        indexes = [
            models.Index(fields=["user_id"], name="inbox_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(
                fields=["county_id", "id"],
                name="inbox_unconfirmed",
                condition=models.Q(needs_ack=True, acknowledged_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.seq} {self.title}"

    @property
    def journal_scope(self) -> str:
        return f"user:{self.user_id}"

    def journal_document(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "kind": self.kind,
            "title": self.title,
            "body": self.body,
            "subject": {"kind": self.subject_kind, "id": self.subject_id},
            "at": self.at,
            "read": self.read_at is not None,
            "needs_ack": self.needs_ack,
            "acknowledged": self.acknowledged_at is not None,
        }
