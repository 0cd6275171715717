"""The library of standard findings: how a failing of an item is worded, graded, based and dated in this county."""

from typing import Any

from django.db import models

from backend.core import clock
from backend.inspections.models.finding import SeverityLevel
from backend.journal.models import Journaled


class StandardFinding(Journaled):
    """One ready finding on an item. County knowledge: every phone pulls it, and nothing in it comes from visits.

    Never deleted: findings cite it. Out of use it leaves the phones; one that was offline may still cite it.
    """

    journal_kind = "standard_finding"

    item_code = models.CharField("条目", max_length=12)
    text = models.CharField("问题表述", max_length=500)
    severity = models.CharField("级别", max_length=10, choices=SeverityLevel.choices)
    due_days = models.PositiveSmallIntegerField("整改天数")
    legal_basis = models.JSONField("依据", default=list)
    measure = models.CharField("整改要求", max_length=500, blank=True)
    is_active = models.BooleanField("使用中", default=True)
    made_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "标准问题"
        constraints = [
            models.UniqueConstraint(
                fields=["county_id", "item_code", "text"],
                condition=models.Q(is_active=True),
                name="standard_finding_once",
            )
        ]
        indexes = [models.Index(fields=["county_id", "item_code"], name="standard_finding_by_item")]

    def __str__(self) -> str:
        return f"{self.item_code}: {self.text[:20]}"

    @property
    def journal_scope(self) -> str:
        return f"county:{self.county_id}"

    def journal_document(self) -> dict[str, Any]:
        return {
            "item": self.item_code,
            "text": self.text,
            "severity": self.severity,
            "days": self.due_days,
            "basis": self.legal_basis,
            "measure": self.measure,
        }
