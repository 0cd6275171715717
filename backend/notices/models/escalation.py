"""Papers of escalation (逾期督办) and their history."""

from django.db import models
from django.db.models import Q

from backend.core import clock
from backend.journal.models import Journaled
from backend.notices.models.notice import RectificationNotice, no_paragraphs
from backend.notices.models.reminder import Reminder
from backend.notices.rules.escalation_lifecycle import OPEN, PAPER_LABELS, TITLES, PaperState

PAPER_STATES = [(str(state), label) for state, label in PAPER_LABELS.items()]
PAPER_KINDS = [(str(kind), title) for kind, title in TITLES.items()]


class EscalationPaper(Journaled):
    """The paper of one step of the ladder: 催办单, 督办通知, 约谈记录, 通报建议 or 问责建议.

    `cause` says why the step was due, `demands` what the paper asks for. `deadline` is the new date of a 督办通知; the
    notice's own deadline stays. `held_at` to `promise` are the talk's. `signing_at` with number is set before the paper
    is printed, `issued_at` with its hash.
    """

    journal_kind = "escalation_paper"

    notice = models.ForeignKey(RectificationNotice, on_delete=models.CASCADE, related_name="escalations")
    reminder = models.OneToOneField(Reminder, on_delete=models.CASCADE, related_name="paper")
    kind = models.CharField("种类", max_length=20, choices=PAPER_KINDS)
    state = models.CharField("状态", max_length=12, choices=PAPER_STATES, default=PaperState.DRAFTED)
    cause = models.CharField("事由", max_length=500)
    demands = models.JSONField("要求", default=no_paragraphs)
    deadline = models.DateField("督办期限", null=True)
    held_at = models.DateTimeField("约谈时间", null=True)
    place = models.CharField("约谈地点", max_length=80, blank=True)
    host = models.CharField("约谈人", max_length=80, blank=True)
    present = models.JSONField("参加人", default=no_paragraphs)
    promise = models.TextField("整改承诺", max_length=2000, blank=True)
    drafted_by = models.BigIntegerField(null=True, editable=False)
    drafted_at = models.DateTimeField("拟稿时间", default=clock.now)
    number = models.CharField("发文字号", max_length=40, blank=True)
    number_year = models.PositiveSmallIntegerField(null=True, editable=False)
    number_serial = models.PositiveIntegerField(null=True, editable=False)
    signed_by = models.CharField("签发人", max_length=40, blank=True)
    signing_at = models.DateTimeField(null=True, editable=False)
    issued_at = models.DateTimeField("印发时间", null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_warnings = models.JSONField(default=no_paragraphs)
    decided_by = models.CharField("审定人", max_length=40, blank=True)
    decided_at = models.DateTimeField("审定时间", null=True)
    decision_reason = models.CharField("审定意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办文书"
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "kind"], condition=Q(state__in=sorted(map(str, OPEN))), name="escalation_one_open"
            ),
            models.UniqueConstraint(
                fields=["county_id", "kind", "number_year", "number_serial"], name="escalation_number"
            ),
        ]
        indexes = [
            models.Index(fields=["county_id", "id"], name="escalation_in_order"),
            models.Index(fields=["county_id", "pdf_sha256"], name="escalation_by_paper"),
            models.Index(fields=["id"], name="escalation_waiting", condition=Q(state="drafted")),
        ]

    def __str__(self) -> str:
        return self.number or f"{TITLES[self.kind]} {self.pk}"


class EscalationTransition(models.Model):
    """One step in the life of a paper of escalation. Rows are added and never changed."""

    paper = models.ForeignKey(EscalationPaper, on_delete=models.CASCADE, related_name="transitions")
    action = models.CharField(max_length=16)
    before = models.CharField(max_length=12, choices=PAPER_STATES)
    after = models.CharField(max_length=12, choices=PAPER_STATES)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.paper_id}: {self.action}"
