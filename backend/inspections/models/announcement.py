"""What the office tells everybody in the field."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.journal.models import Journaled


class Announcement(Journaled):
    """通知: read on every phone of the county until it is taken back. Never about a visit to come."""

    journal_kind = "announcement"

    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文", max_length=4000)
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=80)
    published_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"

    def __str__(self) -> str:
        return self.title

    @property
    def journal_scope(self) -> str:
        return f"county:{self.county_id}"

    def journal_document(self) -> dict[str, Any]:
        return {"title": self.title, "body": self.body, "by": self.author_name, "at": self.published_at}
