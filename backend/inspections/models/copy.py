"""What may leave the house of a photo: a redacted or approved copy, never the original."""

from django.db import models

from backend.core import clock
from backend.inspections.models.evidence import Evidence
from backend.journal.models import Journaled


class CopyProcess(models.TextChoices):
    REDACTED = "redacted", "已脱敏"
    APPROVED = "approved", "已审定"


class EvidenceCopy(Journaled):
    """Derived evidence: a smaller JPEG without metadata, with a hash of its own. It is made and never changed.

    `areas` are what was made unrecognisable, in parts of the upright picture. The one that is not `superseded_at`
    is the one that may be shown.
    """

    journal_kind = "evidence_copy"

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="copies")
    process = models.CharField("处理方式", max_length=10, choices=CopyProcess.choices)
    source_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    areas = models.JSONField(default=list)
    reason = models.CharField("理由", max_length=500, blank=True)
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=clock.now)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "佐证副本"
        ordering = ("made_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence"], condition=models.Q(superseded_at__isnull=True), name="evidence_copy_current"
            ),
        ]
        indexes = [models.Index(fields=["county_id", "sha256"], name="evidence_copy_by_hash")]

    def __str__(self) -> str:
        return f"{self.process} {self.sha256[:8]}"
