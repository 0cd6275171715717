"""Certificates: under which card somebody inspects."""

import datetime as dt

from django.conf import settings
from django.db import models

from backend.journal.models import Journaled


class CertificateKind(models.TextChoices):
    INSPECTOR_CARD = "inspector_card", "督学证"
    ENFORCEMENT_CARD = "enforcement_card", "行政执法证"


class Certificate(Journaled):
    """A card of `user`, good from `valid_from` to `valid_until` (included; null: no end printed on it).

    A check of an institution is law enforcement and needs two holders of enforcement cards (行政处罚法 art. 42;
    workflow.md section 0).
    """

    journal_kind = "certificate"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField("种类", max_length=20, choices=CertificateKind.choices)
    number = models.CharField("证号", max_length=40)
    valid_from = models.DateField("有效期起")
    valid_until = models.DateField("有效期止", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "证件"
        constraints = [models.UniqueConstraint(fields=["county_id", "kind", "number"], name="certificate_number")]

    def __str__(self) -> str:
        return self.number

    def holds(self, day: dt.date) -> bool:
        """Whether the card is good on `day`."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
