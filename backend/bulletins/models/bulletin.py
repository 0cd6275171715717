"""One issue of the half-monthly bulletin (双减督查半月报) and its history."""

from typing import Any

from django.db import models
from django.db.models import Q

from backend.bulletins.rules.lifecycle import LABELS, State
from backend.bulletins.rules.periods import Period
from backend.core import clock
from backend.journal.models import Journaled

STATES = [(str(state), label) for state, label in LABELS.items()]


def nothing() -> list[str]:
    return []


class Bulletin(Journaled):
    """One issue for one period. Its figures are those of snapshot number `version`, its words are `texts`.

    `issue_number` counts in `issue_year` (the year of the period), `total_issue_number` over all years; both, with
    `signing_at` and `signed_by`, are set when signing begins and printed; `signed_at` is set with the paper's hash.
    `corrects` names the withdrawn issue that this one stands for. `consulted_at`: since when heads of departments and
    stations may read the draft and remark on it.
    """

    journal_kind = "bulletin"

    period_start = models.DateField("时段起")
    period_end = models.DateField("时段止")
    state = models.CharField("状态", max_length=12, choices=STATES, default=State.DRAFT)
    version = models.PositiveIntegerField("汇编次数", default=0)
    cut_off = models.DateTimeField("数据截止")
    snapshot_hash = models.CharField(max_length=64)
    texts = models.JSONField("文字", default=dict)
    texts_version = models.PositiveIntegerField("文字版次", default=0)
    corrects = models.CharField("更正", max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    consulted_at = models.DateTimeField("征求意见时间", null=True)
    reviewer_id = models.BigIntegerField(null=True, editable=False)
    reviewed_by = models.CharField("审核人", max_length=40, blank=True)
    issue_year = models.PositiveSmallIntegerField(null=True, editable=False)
    issue_number = models.PositiveIntegerField("期号", null=True, editable=False)
    total_issue_number = models.PositiveIntegerField("总期号", null=True, editable=False)
    signer_id = models.BigIntegerField(null=True, editable=False)
    signed_by = models.CharField("签发人", max_length=90, blank=True)
    signing_at = models.DateTimeField(null=True, editable=False)
    signed_at = models.DateTimeField("签发时间", null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_pages = models.PositiveSmallIntegerField("页数", null=True)
    pdf_warnings = models.JSONField(default=nothing)
    published_at = models.DateTimeField("印发时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "半月报"
        constraints = [
            models.UniqueConstraint(
                fields=["county_id", "period_start"], condition=~Q(state="withdrawn"), name="bulletin_one_per_period"
            ),
            models.UniqueConstraint(fields=["county_id", "issue_year", "issue_number"], name="bulletin_number"),
            models.UniqueConstraint(fields=["county_id", "total_issue_number"], name="bulletin_total_number"),
        ]
        indexes = [models.Index(fields=["county_id", "pdf_sha256"], name="bulletin_by_paper")]

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> Period:
        return Period(self.period_start, self.period_end)

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def number_text(self) -> str:
        """2026年第5期（总第29期）; empty before signing."""
        if self.issue_number is None:
            return ""
        return f"{self.issue_year}年第{self.issue_number}期（总第{self.total_issue_number}期）"

    @property
    def title(self) -> str:
        return f"“双减”督查半月报{self.number_text}（{self.period.label}）"

    opened_before: bool | None = None
    """Whether the one who asked for it had opened it already; None where that was not asked (`bulletins.to_read`)."""

    _snapshot: "BulletinSnapshot | None" = None

    @property
    def snapshot(self) -> "BulletinSnapshot":
        """The frozen facts this issue prints; read once, because they never change."""
        if self._snapshot is None or self._snapshot.version != self.version:
            self._snapshot = self.snapshots.get(version=self.version)
        return self._snapshot

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.snapshot.facts
        return facts


class BulletinSnapshot(models.Model):
    """The facts of one compilation, frozen. Rows are added and never changed; an earlier one stays when figures are
    compiled again, with the texts that belonged to it.
    """

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="snapshots")
    version = models.PositiveIntegerField()
    cut_off = models.DateTimeField()
    facts = models.JSONField()
    facts_hash = models.CharField(max_length=64)
    replaced_texts = models.JSONField(default=dict)
    """The texts of the version before, as they were when this one replaced them."""
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "version"], name="bulletin_snapshot_version")]

    def __str__(self) -> str:
        return f"{self.bulletin_id} v{self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a snapshot is never changed")
        super().save(*args, **kwargs)


class BulletinTransition(models.Model):
    """One step in the life of a bulletin. Rows are added and never changed."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="transitions")
    action = models.CharField(max_length=12)
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["bulletin", "id"], name="bulletin_step")]

    def __str__(self) -> str:
        return f"{self.bulletin_id}: {self.action}"


class BulletinReceipt(models.Model):
    """That one reader has opened a published issue, and when first."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="receipts")
    user_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    read_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "user_id"], name="bulletin_receipt_once")]

    def __str__(self) -> str:
        return f"{self.bulletin_id}: {self.user_id}"
