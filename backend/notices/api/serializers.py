"""Bodies and queries of the notice endpoints."""

from typing import Any

from rest_framework import serializers

from backend.core.schema import paged
from backend.inspections.models import FindingState, SeverityLevel
from backend.media.rules.filetypes import ACCEPTED
from backend.notices.api.paper_answers import EscalationRowOut, UnitEscalationOut
from backend.notices.models import TEXT_LIMIT, FindingReport, NoticeEvidence
from backend.notices.models.notice import STATES

MAX_BYTES = 64 * 1024 * 1024
"""Largest upload (protocol, Uploads)."""


class Paragraphs(serializers.ListField):
    child = serializers.CharField(max_length=500)


class NoticesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, required=False)
    target = serializers.UUIDField(required=False)
    overdue = serializers.BooleanField(allow_null=True, default=None, help_text="Derived from the running deadline.")
    unopened_hours = serializers.IntegerField(
        min_value=0,
        max_value=24 * 366,
        allow_null=True,
        default=None,
        help_text="Issued so many hours ago or longer, opened by nobody of the unit and not acknowledged.",
    )


class UnitNoticesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=STATES, required=False)
    overdue = serializers.BooleanField(allow_null=True, default=None, help_text="Derived from the running deadline.")


class DraftIn(serializers.Serializer[Any]):
    visit = serializers.UUIDField(help_text="An approved visit.")
    findings = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=200,
        default=list,
        help_text="Some of its confirmed findings; default all.",
    )


class AmendIn(serializers.Serializer[Any]):
    requirements = Paragraphs(max_length=20, required=False)
    copy_to = Paragraphs(max_length=20, required=False)
    responsible = serializers.CharField(max_length=40, required=False)
    subject = serializers.CharField(max_length=200, required=False)


class NoteIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class DeliverIn(serializers.Serializer[Any]):
    way = serializers.CharField(max_length=20, help_text="直接送达、邮寄送达 …")
    received_by = serializers.CharField(max_length=40)


class VerdictIn(serializers.Serializer[Any]):
    item = serializers.UUIDField(help_text="Row of the notice.")
    decision = serializers.ChoiceField(choices=FindingReport.Decision.choices)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="Needed for a return.")


class DecideIn(serializers.Serializer[Any]):
    verdicts = VerdictIn(many=True, help_text="May be empty: then what a review visit decided is taken over.")


class NoticeReopenIn(serializers.Serializer[Any]):
    items = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=200)
    reason = serializers.CharField(max_length=500)


class DefenceAnswerIn(serializers.Serializer[Any]):
    accept = serializers.BooleanField(help_text="True withdraws the notice.")
    answer = serializers.CharField(max_length=500)


class ExtensionAnswerIn(serializers.Serializer[Any]):
    grant = serializers.BooleanField()
    answer = serializers.CharField(max_length=500, allow_blank=True, default="")


class SignerIn(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()


class SignerOut(serializers.Serializer[Any]):
    user = serializers.IntegerField()
    allowed = serializers.BooleanField()


class DefenceIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT_LIMIT)


class ExtensionIn(serializers.Serializer[Any]):
    days = serializers.IntegerField(min_value=1, max_value=60)
    reason = serializers.CharField(max_length=500)


class PartIn(serializers.Serializer[Any]):
    item = serializers.UUIDField(help_text="Row of the notice.")
    cause = serializers.CharField(max_length=TEXT_LIMIT)
    measure = serializers.CharField(max_length=TEXT_LIMIT)
    responsible_role = serializers.CharField(max_length=40)
    finished_on = serializers.DateField()
    result = serializers.CharField(max_length=TEXT_LIMIT)
    text = serializers.CharField(max_length=TEXT_LIMIT, allow_blank=True, default="")
    evidence = serializers.ListField(child=serializers.UUIDField(), max_length=30, default=list)


class ReportIn(serializers.Serializer[Any]):
    parts = PartIn(many=True, allow_empty=False)
    summary = serializers.CharField(max_length=TEXT_LIMIT, allow_blank=True, default="")
    self_check = serializers.CharField(max_length=TEXT_LIMIT, allow_blank=True, default="")


class EvidenceIn(serializers.Serializer[Any]):
    id = serializers.UUIDField(required=False, help_text="The caller's own UUID makes the call repeatable.")
    item = serializers.UUIDField(help_text="Row of the notice.")
    kind = serializers.ChoiceField(choices=NoticeEvidence.Kind.choices)
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$")
    size = serializers.IntegerField(min_value=1, max_value=MAX_BYTES, help_text="Bytes.")
    filetype = serializers.ChoiceField(choices=sorted(ACCEPTED))


class EvidenceOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The `evidence` of the upload's metadata.")
    kind = serializers.ChoiceField(choices=NoticeEvidence.Kind.choices)
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    filetype = serializers.CharField()
    state = serializers.ChoiceField(choices=NoticeEvidence.State.choices)
    expired_at = serializers.DateTimeField(allow_null=True, help_text="When its bytes were deleted at their time.")


class PartOut(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    author = serializers.CharField()
    received_at = serializers.DateTimeField()
    cause = serializers.CharField()
    measure = serializers.CharField()
    responsible_role = serializers.CharField()
    finished_on = serializers.DateField()
    result = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    evidence = serializers.ListField(child=serializers.UUIDField())
    decision = serializers.CharField(allow_blank=True, help_text="closed, returned, or empty while undecided.")
    decision_reason = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class PhotoOut(serializers.Serializer[Any]):
    """A redacted or approved copy of a photo of the visit, as it is in the annex of the paper."""

    number = serializers.IntegerField(help_text="证据 number in the paper.")
    sha256 = serializers.CharField(help_text="The JPEG is at /api/v1/blobs/{sha256}.")


class ItemOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    item_code = serializers.CharField()
    text = serializers.CharField()
    severity = serializers.ChoiceField(choices=SeverityLevel.choices)
    legal_basis = serializers.ListField(child=serializers.CharField())
    due_days = serializers.IntegerField(help_text="Natural days from service.")
    due_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=FindingState.choices)
    close_number = serializers.CharField(allow_blank=True, help_text="销号 number of this finding.")
    reopened = serializers.IntegerField(help_text="Relapses so far.")
    photos = PhotoOut(many=True)
    evidence = EvidenceOut(many=True)
    reports = PartOut(many=True)


class DefenceOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    author = serializers.CharField()
    received_at = serializers.DateTimeField()
    accepted = serializers.BooleanField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)


class ExtensionOut(serializers.Serializer[Any]):
    days = serializers.IntegerField()
    reason = serializers.CharField()
    author = serializers.CharField()
    requested_at = serializers.DateTimeField()
    granted = serializers.BooleanField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)


class UnitStepOut(serializers.Serializer[Any]):
    action = serializers.CharField()
    after = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True)


class StepOut(UnitStepOut):
    before = serializers.CharField()
    actor = serializers.CharField()


class ReceiptOut(serializers.Serializer[Any]):
    user = serializers.IntegerField()
    name = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)
    read_at = serializers.DateTimeField(allow_null=True)


class NoticeRowOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField(allow_blank=True, help_text="Document number, empty before signing.")
    target = serializers.UUIDField()
    unit = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    state_label = serializers.CharField()
    inspected_on = serializers.DateField()
    issued_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text="The next deadline that runs.")
    overdue = serializers.BooleanField()
    escalation = serializers.CharField(allow_blank=True, help_text="提醒, 催办, 督办, 约谈, 通报, or nothing.")
    closed_at = serializers.DateTimeField(allow_null=True)


NOTICE_PAGE = paged(NoticeRowOut)


class UnitNoticeOut(NoticeRowOut):
    team = serializers.CharField()
    mode = serializers.CharField()
    subject = serializers.CharField()
    responsible = serializers.CharField()
    requirements = serializers.ListField(child=serializers.CharField())
    pdf = serializers.CharField(allow_blank=True, help_text="SHA-256 of the paper; GET /blobs/{sha256}.")
    delivered_at = serializers.DateTimeField(allow_null=True)
    delivery_way = serializers.CharField(allow_blank=True)
    received_by = serializers.CharField(allow_blank=True)
    round = serializers.IntegerField()
    close_number = serializers.CharField(allow_blank=True)
    items = ItemOut(many=True)
    defence = DefenceOut(allow_null=True)
    extension = ExtensionOut(allow_null=True)
    issued_copy = serializers.CharField(allow_blank=True, help_text="SHA-256 of the newest scan of the stamped paper.")
    escalations = UnitEscalationOut(many=True)
    steps = UnitStepOut(many=True)


class NoticeOut(UnitNoticeOut):
    visit = serializers.UUIDField()
    origin = serializers.CharField(help_text="On what legal footing the visit stood; never told to the unit.")
    copy_to = serializers.ListField(child=serializers.CharField())
    drafted_at = serializers.DateTimeField()
    signed_by = serializers.CharField(allow_blank=True)
    pdf_warnings = serializers.ListField(child=serializers.CharField())
    reopened = serializers.IntegerField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    escalations = EscalationRowOut(many=True)
    steps = StepOut(many=True)
    receipts = ReceiptOut(many=True)


class LedgerLineOut(serializers.Serializer[Any]):
    """台账 (columns of the ledger in use)."""

    id = serializers.UUIDField()
    notice = serializers.UUIDField()
    number = serializers.IntegerField(help_text="序号 in the notice.")
    document_number = serializers.CharField(help_text="通知书文号")
    unit = serializers.CharField(help_text="单位")
    unit_kind = serializers.CharField(help_text="类型")
    district = serializers.CharField(allow_blank=True, help_text="学区")
    team = serializers.CharField(help_text="督查组")
    found_on = serializers.DateField(help_text="发现日期")
    origin = serializers.CharField(help_text="来源")
    problem = serializers.CharField(help_text="问题")
    category = serializers.CharField(help_text="类别")
    severity = serializers.CharField(help_text="级别")
    legal_basis = serializers.ListField(child=serializers.CharField(), help_text="依据")
    due_on = serializers.DateField(allow_null=True, help_text="整改时限")
    responsible = serializers.CharField(help_text="责任人（职务）")
    measure = serializers.CharField(allow_blank=True, help_text="整改措施")
    finished_on = serializers.DateField(allow_null=True, help_text="完成日期")
    reviewer = serializers.CharField(allow_blank=True, help_text="复查人")
    reviewed_on = serializers.DateField(allow_null=True, help_text="复查日期")
    result = serializers.CharField(allow_blank=True, help_text="结果")
    closed_on = serializers.DateField(allow_null=True, help_text="销号日期")
    state = serializers.CharField(help_text="状态")
    days_late = serializers.IntegerField(help_text="逾期天数")
    escalation = serializers.CharField(allow_blank=True, help_text="Step of escalation that is due today.")
    reminders = serializers.ListField(child=serializers.CharField(), help_text="督办记录: date and step announced.")
    remarks = serializers.CharField(allow_blank=True, help_text="备注")
