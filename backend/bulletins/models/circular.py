"""The monthly circular (通报): the one paper that decides which units are named in public."""

from typing import Any

from django.db import models
from django.db.models import Q

from backend.bulletins.models.bulletin import STATES, nothing
from backend.bulletins.models.paper import nobody
from backend.bulletins.rules.lifecycle import LABELS, State
from backend.core import clock
from backend.journal.models import Journaled


class Circular(Journaled):
    """关于X月“双减”督查情况的通报. `facts` are frozen under `facts_hash` when it is compiled, `texts` are the office's
    words; `texts["problems"]` names findings, and from its publication on these may be named elsewhere.
    """

    journal_kind = "circular"

    month = models.CharField("月份", max_length=7)
    state = models.CharField("状态", max_length=12, choices=STATES, default=State.DRAFT)
    version = models.PositiveIntegerField("汇编次数", default=0)
    cut_off = models.DateTimeField("数据截止")
    facts = models.JSONField(default=nobody)
    facts_hash = models.CharField(max_length=64)
    texts = models.JSONField("文字", default=nobody)
    created_at = models.DateTimeField(default=clock.now)
    reviewer_id = models.BigIntegerField(null=True, editable=False)
    reviewed_by = models.CharField("审核人", max_length=40, blank=True)
    number_mark = models.CharField("机关代字", max_length=16, blank=True, editable=False)
    number_year = models.PositiveSmallIntegerField(null=True, editable=False)
    number = models.PositiveIntegerField("序号", null=True, editable=False)
    signer_id = models.BigIntegerField(null=True, editable=False)
    signed_by = models.CharField("签发人", max_length=90, blank=True)
    signing_at = models.DateTimeField(null=True, editable=False)
    signed_at = models.DateTimeField("签发时间", null=True)
    code = models.CharField(max_length=16, blank=True, editable=False)
    qr_text = models.CharField(max_length=300, blank=True, editable=False)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_pages = models.PositiveSmallIntegerField("页数", null=True)
    pdf_warnings = models.JSONField(default=nothing)
    published_at = models.DateTimeField("印发时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "通报"
        constraints = [
            models.UniqueConstraint(
                fields=["county_id", "month"], condition=~Q(state="withdrawn"), name="circular_one_a_month"
            ),
            models.UniqueConstraint(fields=["county_id", "number_year", "number"], name="circular_number"),
        ]
        indexes = [models.Index(fields=["county_id", "pdf_sha256"], name="circular_by_paper")]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def title(self) -> str:
        year, month = self.month.split("-")
        return f"关于{year}年{int(month)}月“双减”督查情况的通报"

    @property
    def number_text(self) -> str:
        """云督通〔2026〕3号; empty before signing. No leading zeros (GB/T 9704)."""
        if self.number is None:
            return ""
        return f"{self.number_mark}〔{self.number_year}〕{self.number}号"

    @property
    def named(self) -> list[str]:
        """Ids of the findings that it names."""
        problems: list[dict[str, Any]] = self.texts.get("problems", [])
        return [one["finding"] for one in problems]


class CircularTransition(models.Model):
    """One step in the life of a circular. Rows are added and never changed."""

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, related_name="transitions")
    action = models.CharField(max_length=12)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.circular_id}: {self.action}"


class CircularReceipt(models.Model):
    """That one reader has opened a published circular, and when first."""

    circular = models.ForeignKey(Circular, on_delete=models.CASCADE, related_name="receipts")
    user_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    read_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["circular", "user_id"], name="circular_receipt_once")]

    def __str__(self) -> str:
        return f"{self.circular_id}: {self.user_id}"
