"""What proves a finding or an answer: the fact; its bytes are the business of `media`."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.inspections.models.finding import Finding
from backend.inspections.models.visit import Visit
from backend.journal.models import Journaled


class EvidenceKindName(models.TextChoices):
    PHOTO = "photo", "照片"
    DOCUMENT = "document", "文件"
    SIGNATURE = "signature", "签名"


class EvidenceState(models.TextChoices):
    AWAITED = "awaited", "待上传"
    VERIFIED = "verified", "已核验"
    CORRUPT = "corrupt", "内容不符"


UNASSESSED = models.Q(state=EvidenceState.VERIFIED, assessed_at__isnull=True)


class Evidence(Journaled):
    """The immutable fact that a photo, document or signature exists. Only `state` moves, when its bytes arrive.

    `size` in bytes; `lng`, `lat` in degrees of `datum`, `accuracy` in metres; `taken_at` by the device's clock.
    """

    journal_kind = "evidence"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="evidence")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="evidence")
    answer_key = models.CharField(max_length=16, blank=True)
    kind = models.CharField("种类", max_length=10, choices=EvidenceKindName.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    filetype = models.CharField(max_length=80)
    taken_at = models.DateTimeField("拍摄时间", null=True)
    lng = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)
    datum = models.CharField(max_length=8, blank=True)
    state = models.CharField("状态", max_length=10, choices=EvidenceState.choices, default=EvidenceState.AWAITED)
    facts = models.JSONField(default=dict)
    author_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(default=clock.now)
    verified_at = models.DateTimeField(null=True)
    addendum = models.PositiveSmallIntegerField("补录于轮次", null=True)
    """The submitted round beside which a reviewer put it; that round's content does not hold it, later ones do."""
    declared = models.JSONField(default=dict)
    """What else the phone said of it, and how the word came: see `services.evidence.Told`. For reviewers only."""
    expired_at = models.DateTimeField(null=True)
    """When its bytes were deleted because their time was over (`media retain`). By then it has left every phone, so its
    document does not say it; `state` goes on saying what was found when the bytes came."""
    assessed_at = models.DateTimeField(null=True)
    """When the verified bytes were compared with what was declared; flags are rows of their own."""

    class Meta:
        verbose_name = verbose_name_plural = "佐证"
        indexes = [
            models.Index(fields=["county_id", "sha256", "state"], name="evidence_by_hash"),
            models.Index(fields=["county_id", "added_at"], name="evidence_by_day"),
            models.Index(fields=["county_id", "id"], name="evidence_in_order"),
            models.Index(fields=["county_id", "state", "id"], name="evidence_by_state"),
            models.Index(fields=["id"], name="evidence_unassessed", condition=UNASSESSED),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"

    @property
    def journal_scope(self) -> str:
        return self.visit.journal_scope

    def journal_document(self) -> dict[str, Any]:
        return {
            "visit": str(self.visit_id),
            "finding": str(self.finding_id) if self.finding_id else None,
            "answer_key": self.answer_key,
            "kind": self.kind,
            "sha256": self.sha256,
            "size": self.size,
            "filetype": self.filetype,
            "taken_at": self.taken_at,
            "location": self.location(),
            "state": self.state,
            "by": self.author_id,
            "at": self.added_at,
            **({"addendum": self.addendum} if self.addendum else {}),
        }

    def location(self) -> dict[str, Any] | None:
        """Where it was taken, or None where the device did not know."""
        if self.lng is None or self.lat is None:
            return None
        return {"lng": self.lng, "lat": self.lat, "accuracy": self.accuracy, "datum": self.datum}
