"""A scan of the stamped paper: what the unit holds in its hands."""

from django.db import models

from backend.core import clock
from backend.journal.models import Journaled
from backend.notices.models.answers import ProofState
from backend.notices.models.notice import RectificationNotice


class IssuedCopy(Journaled):
    """One scan of a notice as it was stamped and sent. The newest verified one is shown; none is ever changed."""

    journal_kind = "issued_copy"

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="copies")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    filetype = models.CharField(max_length=80)
    state = models.CharField("状态", max_length=10, choices=ProofState.choices, default=ProofState.AWAITED)
    added_by = models.BigIntegerField()
    added_by_name = models.CharField("上传人", max_length=40)
    added_at = models.DateTimeField("上传时间", default=clock.now)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "盖章件"
        indexes = [models.Index(fields=["county_id", "sha256"], name="issued_copy_by_hash")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.sha256[:8]}"
