"""Who may sign for somebody else, and in which days."""

from django.db import models

from backend.core import clock
from backend.journal.models import Journaled


class SigningDeputy(Journaled):
    """`deputy` signs for `principal` from `starts_on` to `ends_on`, both days included, unless ended before."""

    journal_kind = "signing_deputy"

    principal_id = models.BigIntegerField()
    principal_name = models.CharField("被代签人", max_length=40)
    deputy_id = models.BigIntegerField()
    deputy_name = models.CharField("代签人", max_length=40)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    reason = models.CharField("事由", max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "代签授权"
        indexes = [models.Index(fields=["county_id", "deputy_id"], name="signing_deputy_who")]

    def __str__(self) -> str:
        return f"{self.principal_name}（{self.deputy_name}代）"
