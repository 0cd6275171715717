"""The printed editions of an issue."""

from typing import Any

from django.db import models

from backend.bulletins.models.bulletin import Bulletin, nothing
from backend.bulletins.rules.editions import VALUES


def nobody() -> dict[str, Any]:
    return {}


class BulletinPaper(models.Model):
    """One edition of one issue. What it shows beyond the snapshot is fixed here when signing begins: the code and
    address of its QR mark, and which findings were then named by circulars (finding id to circular number). `sha256`
    is empty until the issue is signed.
    """

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="papers")
    county_id = models.BigIntegerField(editable=False)
    edition = models.CharField(max_length=12, choices=VALUES)
    code = models.CharField(max_length=16, blank=True)
    qr_text = models.CharField(max_length=300, blank=True)
    named = models.JSONField(default=nobody)
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(null=True)
    warnings = models.JSONField(default=nothing)
    sheet_sha256 = models.CharField(max_length=64, blank=True)
    """Annex 1 as a workbook, with the leadership edition."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "edition"], name="bulletin_paper_edition")]
        indexes = [
            models.Index(fields=["county_id", "sha256"], name="bulletin_paper_by_hash"),
            models.Index(fields=["county_id", "sheet_sha256"], name="bulletin_sheet_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.edition}"
