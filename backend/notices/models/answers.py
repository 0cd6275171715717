"""What the unit says to a notice: reports, evidence, a defence, a wish for more time; and that it has read it."""

from django.db import models
from django.db.models import Q

from backend.core import clock
from backend.journal.models import Journaled
from backend.notices.models.notice import NoticeFinding, RectificationNotice

TEXT_LIMIT = 2000


class ProofKind(models.TextChoices):
    BEFORE = "before", "整改前照片"
    AFTER = "after", "整改后照片"
    DOCUMENT = "document", "材料"


class ProofState(models.TextChoices):
    AWAITED = "awaited", "待上传"
    VERIFIED = "verified", "已核验"
    CORRUPT = "corrupt", "内容不符"


class NoticeEvidence(Journaled):
    """A photo or paper that proves a rectification. The fact is immutable; `state` moves with its bytes."""

    journal_kind = "notice_evidence"

    Kind = ProofKind
    State = ProofState

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="evidence")
    item = models.ForeignKey(NoticeFinding, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField("种类", max_length=10, choices=ProofKind.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    filetype = models.CharField(max_length=80)
    state = models.CharField("状态", max_length=10, choices=ProofState.choices, default=ProofState.AWAITED)
    facts = models.JSONField(default=dict)
    author_id = models.BigIntegerField()
    added_at = models.DateTimeField(default=clock.now)
    verified_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)
    """When its bytes were deleted because their time was over (`media retain`)."""

    class Meta:
        verbose_name = verbose_name_plural = "整改佐证"
        indexes = [models.Index(fields=["county_id", "sha256"], name="notice_evidence_by_hash")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:8]}"


class RectificationReport(Journaled):
    """One report of the unit: what it did about some or all findings. A round may have several parts."""

    journal_kind = "rectification_report"

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="reports")
    round = models.PositiveSmallIntegerField("轮次")
    summary = models.TextField("总述", max_length=TEXT_LIMIT, blank=True)
    self_check = models.TextField("举一反三", max_length=TEXT_LIMIT, blank=True)
    author_id = models.BigIntegerField()
    author_name = models.CharField("提交人", max_length=40)
    received_at = models.DateTimeField("收到时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "整改报告"

    def __str__(self) -> str:
        return f"{self.notice_id} #{self.round}"


class FindingReport(models.Model):
    """The report's part about one finding, and what the reviewer made of it.

    `due_on` is the deadline that held when it was received.
    """

    class Decision(models.TextChoices):
        CLOSED = "closed", "已整改"
        RETURNED = "returned", "未整改到位"

    report = models.ForeignKey(RectificationReport, on_delete=models.CASCADE, related_name="parts")
    item = models.ForeignKey(NoticeFinding, on_delete=models.CASCADE, related_name="reports")
    cause = models.TextField("原因", max_length=TEXT_LIMIT)
    measure = models.TextField("整改措施", max_length=TEXT_LIMIT)
    responsible_role = models.CharField("责任人职务", max_length=40)
    finished_on = models.DateField("完成日期")
    result = models.TextField("整改结果", max_length=TEXT_LIMIT)
    text = models.TextField("长效机制", max_length=TEXT_LIMIT, blank=True)
    evidence = models.ManyToManyField(NoticeEvidence, related_name="used_in")
    due_on = models.DateField(null=True)
    decision = models.CharField("复查结果", max_length=10, choices=Decision.choices, blank=True)
    decision_reason = models.CharField("复查意见", max_length=500, blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_by_name = models.CharField("复查人", max_length=40, blank=True)
    decided_at = models.DateTimeField("复查时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "问题整改情况"
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(decision=""), name="finding_report_one_undecided")
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.item_id}"


class Defence(models.Model):
    """The unit disagrees, and what the office answered."""

    notice = models.OneToOneField(RectificationNotice, on_delete=models.CASCADE, related_name="defence")
    text = models.TextField("申辩意见", max_length=TEXT_LIMIT)
    author_id = models.BigIntegerField()
    author_name = models.CharField("申辩人", max_length=40)
    received_at = models.DateTimeField(default=clock.now)
    accepted = models.BooleanField("采纳", null=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "申辩"

    def __str__(self) -> str:
        return f"{self.notice_id}"


class Extension(models.Model):
    """The unit asks for more time, once; `days` on top of each finding's term."""

    notice = models.OneToOneField(RectificationNotice, on_delete=models.CASCADE, related_name="extension")
    days = models.PositiveSmallIntegerField("延长天数")
    reason = models.CharField("理由", max_length=500)
    author_id = models.BigIntegerField()
    author_name = models.CharField("申请人", max_length=40)
    requested_at = models.DateTimeField(default=clock.now)
    granted = models.BooleanField("同意", null=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"

    def __str__(self) -> str:
        return f"{self.notice_id} +{self.days}"


class DeliveryReceipt(models.Model):
    """That one person of the unit was sent the notice, and when that person first opened it."""

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="receipts")
    user_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "送达记录"
        constraints = [models.UniqueConstraint(fields=["notice", "user_id"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} -> {self.user_id}"
