"""Bytes that somebody promised to send."""

from django.db import models

from backend.core import clock
from backend.core.ids import uuid7


class ExpectationState(models.TextChoices):
    AWAITED = "awaited", "等待上传"
    VERIFIED = "verified", "已核验"
    CORRUPT = "corrupt", "内容不符"


class Expectation(models.Model):
    """An evidence fact in custody, and the hash and size its bytes were declared to have.

    Two people may name the same evidence id (one of them in error); each has an expectation of their own,
    so that neither can spoil the other's upload.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    county_id = models.BigIntegerField()
    owner_id = models.BigIntegerField()
    evidence_id = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    filetype = models.CharField(max_length=100)
    purpose = models.CharField(max_length=10, blank=True, default="")
    state = models.CharField(max_length=10, choices=ExpectationState.choices, default=ExpectationState.AWAITED)
    created_at = models.DateTimeField(default=clock.now)
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence_id", "owner_id", "sha256"], name="media_expected_once"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} ({self.state})"
