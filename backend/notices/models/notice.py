"""The rectification notice (整改通知书) and its history."""

import datetime as dt

from django.db import models
from django.db.models import Q

from backend.core import clock
from backend.inspections.models import Finding, SeverityLevel, Visit
from backend.journal.models import Journaled
from backend.notices.rules.lifecycle import LABELS, WITH_THE_UNIT, State
from backend.registry.models import Target

STATES = [(str(state), label) for state, label in LABELS.items()]


def no_paragraphs() -> list[str]:
    return []


class RectificationNotice(Journaled):
    """One notice per visit and unit. It exists for its unit from `issued_at` on, and not before.

    `number`, `signing_at` and `signed_by` are set when signing begins and printed on the paper; `issued_at` is set
    with the hash of the finished paper. `due_on` is the next deadline that runs, null when none does.
    """

    journal_kind = "notice"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="notices")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField("状态", max_length=20, choices=STATES, default=State.DRAFT)
    inspected_on = models.DateField("检查日期")
    team_name = models.CharField("检查组", max_length=80)
    mode = models.CharField("检查方式", max_length=40)
    source = models.CharField("来源", max_length=40)
    subject = models.CharField("检查内容", max_length=200)
    responsible = models.CharField("责任人职务", max_length=40)
    requirements = models.JSONField("整改要求", default=no_paragraphs)
    copy_to = models.JSONField("抄送", default=no_paragraphs)
    drafted_by = models.BigIntegerField(null=True, editable=False)
    drafted_at = models.DateTimeField("起草时间", default=clock.now)
    number = models.CharField("发文字号", max_length=40, blank=True)
    number_year = models.PositiveSmallIntegerField(null=True, editable=False)
    number_serial = models.PositiveIntegerField(null=True, editable=False)
    signer_id = models.BigIntegerField(null=True, editable=False)
    signed_by = models.CharField("签发人", max_length=40, blank=True)
    signing_at = models.DateTimeField(null=True, editable=False)
    issued_at = models.DateTimeField("签发时间", null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_warnings = models.JSONField(default=no_paragraphs)
    delivered_at = models.DateTimeField("送达时间", null=True)
    delivery_way = models.CharField("送达方式", max_length=20, blank=True)
    received_by = models.CharField("签收人", max_length=40, blank=True)
    acknowledged_at = models.DateTimeField("签收时间", null=True)
    due_on = models.DateField("下一整改期限", null=True)
    round = models.PositiveSmallIntegerField("报告轮次", default=0)
    closed_at = models.DateTimeField("销号时间", null=True)
    close_number = models.CharField("销号编号", max_length=40, blank=True)
    reopened = models.PositiveSmallIntegerField("反弹次数", default=0)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改通知书"
        permissions = (("sign_notice", "可以签发整改通知书"),)
        constraints = [
            models.UniqueConstraint(fields=["visit"], condition=~Q(state="withdrawn"), name="notice_one_per_visit"),
            models.UniqueConstraint(fields=["county_id", "number_year", "number_serial"], name="notice_number"),
        ]
        indexes = [
            models.Index(fields=["county_id", "state", "due_on"], name="notice_by_state"),
            models.Index(fields=["target", "issued_at"], name="notice_by_target"),
            models.Index(fields=["county_id", "pdf_sha256"], name="notice_by_paper"),
            models.Index(fields=["county_id", "id"], name="notice_in_order"),
        ]

    def __str__(self) -> str:
        return self.number or f"{LABELS[self.state]} {self.pk}"

    @property
    def label(self) -> str:
        return LABELS[self.state]

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the unit should have acted before `today` (a derived fact, not a state)."""
        return self.state in WITH_THE_UNIT and self.due_on is not None and self.due_on < today


class NoticeTransition(models.Model):
    """One step in the life of a notice. Rows are added and never changed."""

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="transitions")
    action = models.CharField(max_length=16)
    before = models.CharField(max_length=20, choices=STATES)
    after = models.CharField(max_length=20, choices=STATES)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["action", "at"], name="notice_step_by_time")]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.action}"


class NoticeFinding(Journaled):
    """One row of the notice's table, as it was worded when it was drafted. The state is the finding's own.

    `due_days` is the first term in natural days; `due_on` the deadline that holds now; `photos` those of the annex.
    """

    journal_kind = "notice_finding"

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="findings")
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="noticed")
    number = models.PositiveSmallIntegerField("序号")
    template_code = models.CharField("类别", max_length=8)
    item_code = models.CharField("条目", max_length=12)
    text = models.TextField("问题", max_length=2000)
    severity = models.CharField("级别", max_length=10, choices=SeverityLevel.choices)
    legal_basis = models.JSONField("依据", default=no_paragraphs)
    due_days = models.PositiveSmallIntegerField("整改天数")
    due_on = models.DateField("整改期限", null=True)
    close_number = models.CharField("销号编号", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知书所列问题"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="notice_finding_number")]
        indexes = [models.Index(fields=["county_id", "id"], name="notice_finding_in_order")]

    def __str__(self) -> str:
        return f"{self.notice_id} #{self.number}"
