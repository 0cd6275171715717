"""Who signs for leadership while it is away."""

from django.db import models

from backend.core import clock
from backend.journal.models import Journaled


class SigningDeputy(Journaled):
    """A person of the office signs papers of every kind for the leader who appointed them, from `starts_on` to
    `ends_on`, both included. Ended early by `ended_at`.
    """

    journal_kind = "signing_deputy"

    user_id = models.BigIntegerField()
    name = models.CharField("代签人", max_length=40)
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    reason = models.CharField("事由", max_length=200, blank=True)
    appointed_by = models.BigIntegerField()
    appointed_by_name = models.CharField("授权人", max_length=40)
    appointed_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField("提前终止时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "代签授权"
        indexes = [models.Index(fields=["county_id", "user_id", "ends_on"], name="deputy_by_user")]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on} – {self.ends_on}"

    @property
    def printed(self) -> str:
        """What a paper says that names its signer: 甲（乙代）."""
        return f"{self.appointed_by_name}（{self.name}代）"
