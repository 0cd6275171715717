"""One resumable upload (tus) of the bytes of one expectation."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models

from backend.core import clock
from backend.core.ids import uuid7
from backend.media.models.expectation import Expectation


class UploadState(models.TextChoices):
    OPEN = "open", "上传中"
    DONE = "done", "已完成"
    CORRUPT = "corrupt", "内容不符"
    ENDED = "ended", "已终止"
    EXPIRED = "expired", "已过期"


def part_path(key: uuid.UUID) -> Path:
    """The part file of an upload: named by our own id, never by anything a client sent."""
    return Path(settings.UPLOAD_DIR) / f"{key}.part"


class Upload(models.Model):
    """Bytes on their way. While it is open, the length of the part file is the truth; `offset` follows it.

    What arrived before a crash is in the file, whether or not the row was written. The lock against two
    writers is held on the part file too (`backend.media.parts`), so that it ends with the process that holds it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    expectation = models.ForeignKey(Expectation, on_delete=models.CASCADE, related_name="uploads")
    owner_id = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    size = models.BigIntegerField()
    metadata = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.OPEN)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["state", "expires_at"], name="media_upload_by_state"),
            models.Index(fields=["owner_id", "created_at"], name="media_upload_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.offset}/{self.size}"

    @property
    def path(self) -> Path:
        return part_path(self.pk)

    @property
    def corrupt_path(self) -> Path:
        """Where bytes that differ from what was declared wait for a person to look at them."""
        return Path(settings.UPLOAD_DIR) / f"{self.pk}.corrupt"
