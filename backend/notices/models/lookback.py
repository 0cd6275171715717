"""Samples of closed problems that are looked at again (回头看)."""

from django.db import models

from backend.core import clock
from backend.inspections.models import Visit
from backend.journal.models import Journaled
from backend.notices.models.notice import NoticeFinding, no_paragraphs
from backend.notices.rules.lookbacks import LABELS, USUAL_PERCENT, Look

LOOKS = [(str(key), label) for key, label in LABELS.items()]


class LookBack(Journaled):
    """One month's sample: what it was drawn from, the seed, and up to which close-out the pool reached.

    Never changed. `pool` holds the ids of the rows of notices in the order drawn from, `pool_hash` its digest, which is
    in the audit trail too.
    """

    journal_kind = "look_back"

    month = models.CharField("月份", max_length=7)
    percent = models.PositiveSmallIntegerField("抽取比例", default=USUAL_PERCENT)
    closed_before = models.DateTimeField()
    pool = models.JSONField(default=no_paragraphs)
    pool_hash = models.CharField(max_length=64)
    seed = models.CharField("随机种子", max_length=64)
    drawn_by = models.BigIntegerField(null=True, editable=False)
    drawn_by_name = models.CharField("抽取人", max_length=80)
    drawn_at = models.DateTimeField("抽取时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "回头看抽取"
        constraints = [models.UniqueConstraint(fields=["county_id", "month"], name="look_back_once_a_month")]
        indexes = [models.Index(fields=["county_id", "id"], name="look_back_in_order")]

    def __str__(self) -> str:
        return f"{self.month} {self.percent}%"


class LookBackItem(Journaled):
    """One problem that was drawn, and what the look found. `visit`: the review on the spot it rests on, if any."""

    journal_kind = "look_back_item"

    look_back = models.ForeignKey(LookBack, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(NoticeFinding, on_delete=models.CASCADE, related_name="look_backs")
    position = models.PositiveSmallIntegerField("抽取顺序")
    result = models.CharField("回头看结果", max_length=10, choices=LOOKS, default=Look.WAITING)
    reason = models.CharField("回头看意见", max_length=500, blank=True)
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="+")
    looked_by = models.BigIntegerField(null=True, editable=False)
    looked_by_name = models.CharField("回头看人员", max_length=80, blank=True)
    looked_at = models.DateTimeField("回头看时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "回头看事项"
        constraints = [models.UniqueConstraint(fields=["look_back", "item"], name="look_back_item_once")]
        indexes = [
            models.Index(fields=["county_id", "id"], name="look_back_item_in_order"),
            models.Index(fields=["item"], name="look_back_waiting", condition=models.Q(result="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.look_back_id} #{self.position} {LABELS[self.result]}"
