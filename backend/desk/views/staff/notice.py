"""One notice, from its draft to the close-out: what it says, what its unit answered, and the office's steps."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.desk.deeds import Deed, ReasonForm, RemarkForm
from backend.desk.fields import KeysField, LinesField, area
from backend.desk.staff import StaffPage, stamp_of
from backend.desk.views import uploading
from backend.desk.views.staff import notice_offers
from backend.desk.views.staff.notices import READERS
from backend.inspections.models import FindingState
from backend.notices.models import FindingReport, NoticeFinding, RectificationNotice
from backend.notices.rules.deadlines import escalation
from backend.notices.rules.escalation_lifecycle import PAPER_LABELS, TITLES
from backend.notices.rules.lifecycle import LABELS, TRANSITIONS, WITH_THE_UNIT
from backend.notices.selectors import notices
from backend.notices.services import drafts, escalations, issuing, reviewing
from backend.notices.services.reviewing import Verdict

WAYS = ("直接送达", "留置送达", "邮寄送达", "委托送达")


class AmendForm(forms.Form):
    subject = forms.CharField(label="检查内容", max_length=200)
    requirements = LinesField(label="整改要求", rows=7)
    responsible = forms.CharField(label="责任人职务", max_length=40)
    copy_to = LinesField(label="抄送（可不填）", required=False, rows=3)


class DeliverForm(forms.Form):
    way = forms.ChoiceField(label="送达方式", choices=[(way, way) for way in WAYS])
    received_by = forms.CharField(label="签收人", max_length=40)


class DecideForm(forms.Form):
    decision = forms.ChoiceField(label="复查结果", choices=FindingReport.Decision.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="复查意见（退回时必填）", max_length=500, required=False, widget=area(3))


class ReopenForm(forms.Form):
    item_ids = KeysField(label="出现反弹的问题", error_messages={"required": "请选择出现反弹的问题。"})
    reason = forms.CharField(label="理由", max_length=500, widget=area(3))


class DefenceAnswerForm(forms.Form):
    accept = forms.TypedChoiceField(
        label="答复",
        coerce=lambda value: value == "yes",
        choices=[("no", "不采纳，维持通知书"), ("yes", "采纳，撤回通知书")],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label="答复内容（告知单位）", max_length=500, widget=area(4))


class ExtensionAnswerForm(forms.Form):
    grant = forms.TypedChoiceField(
        label="答复",
        coerce=lambda value: value == "yes",
        choices=[("yes", "同意延期"), ("no", "不同意")],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label="说明（可不填，告知单位）", max_length=500, required=False, widget=area(3))


class ScanForm(forms.Form):
    file = forms.FileField(
        label="盖章件（PDF 或照片，不超过 20 MB）",
        allow_empty_file=True,
        widget=forms.ClearableFileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )


class ProposeForm(forms.Form):
    kind = forms.ChoiceField(label="文书", choices=[(str(kind), TITLES[kind]) for kind in escalations.BY_HAND])
    reason = forms.CharField(label="事由", max_length=500, widget=area(3))


def _decide(actor: Actor, notice: RectificationNotice, values: dict[str, Any]) -> RectificationNotice:
    verdict = Verdict(_item(notice, values["row"]).pk, values["decision"], values["reason"])
    return reviewing.decide(actor=actor, notice_id=notice.pk, verdicts=[verdict])


def _item(notice: RectificationNotice, key: str) -> NoticeFinding:
    """The row of the page that a form is about. Raises `NotFound`."""
    found = next((row for row in notice.findings.all() if str(row.pk) == key), None)
    if found is None:
        raise NotFound("notice_finding", key)
    return found


def _judged(notice: RectificationNotice) -> str:
    return "已退回单位重新整改。" if notice.state == "returned" else "复查结果已记录。"


DEEDS = (
    Deed(
        "amend",
        "修改草稿",
        lambda actor, notice, values: drafts.amend(actor=actor, notice_id=notice.pk, **values),
        "草稿已修改。",
        AmendForm,
    ),
    Deed(
        "review",
        "审核通过",
        lambda actor, notice, values: drafts.review(actor=actor, notice_id=notice.pk, **values),
        "已审核，等待签发。",
        RemarkForm,
        tone="main",
        explains="审核通过后送领导签发；签发前单位看不到任何内容。",
    ),
    Deed(
        "revise",
        "退回修改",
        lambda actor, notice, values: drafts.revise(actor=actor, notice_id=notice.pk, **values),
        "已退回起草。",
        ReasonForm,
    ),
    Deed(
        "issue",
        "签发",
        lambda actor, notice, values: issuing.issue(actor=actor, notice_id=notice.pk),
        lambda notice: f"已签发，文号 {notice.number}。",
        tone="main",
        explains="签发即编号、生成正式文书并送达单位，整改期限从今天起算，此后不能再改。",
    ),
    Deed(
        "deliver",
        "登记送达",
        lambda actor, notice, values: issuing.deliver(actor=actor, notice_id=notice.pk, **values),
        "送达已登记，整改期限从今天起算。",
        DeliverForm,
        tone="main",
        explains="单位没有系统账号，请当面或邮寄送达后在此登记；整改期限从登记之日起算。",
    ),
    Deed(
        "answer_defence",
        "答复申辩",
        lambda actor, notice, values: reviewing.answer_defence(actor=actor, notice_id=notice.pk, **values),
        "申辩已答复，单位已收到通知。",
        DefenceAnswerForm,
        tone="main",
        explains="采纳即撤回通知书；不采纳则继续整改，申辩期间的天数补入期限。",
    ),
    Deed(
        "answer_extension",
        "答复延期申请",
        lambda actor, notice, values: reviewing.answer_extension(actor=actor, notice_id=notice.pk, **values),
        "延期申请已答复，单位已收到通知。",
        ExtensionAnswerForm,
        tone="main",
        explains="延期最多为首次期限的一半，一票否决问题不延期；等待答复的天数都会补入期限。",
    ),
    Deed("decide", "复查此问题", _decide, _judged, DecideForm, tone="main", row=True),
    Deed(
        "conclude",
        "转入复查结论",
        lambda actor, notice, values: reviewing.decide(actor=actor, notice_id=notice.pk, verdicts=[]),
        "现场复查的结果已并入。",
        tone="main",
        explains="把现场复查和移送的结果并入本通知书。",
    ),
    Deed(
        "close",
        "销号",
        lambda actor, notice, values: reviewing.close(actor=actor, notice_id=notice.pk, **values),
        lambda notice: f"已销号，编号 {notice.close_number}。",
        RemarkForm,
        tone="main",
    ),
    Deed(
        "reopen",
        "登记反弹",
        lambda actor, notice, values: reviewing.reopen(actor=actor, notice_id=notice.pk, **values),
        "已重新打开，期限从今天重新起算。",
        ReopenForm,
        explains="问题保留原编号，反弹次数加一，整改期限从今天重新起算。",
    ),
    Deed(
        "scan",
        "附盖章件",
        lambda actor, notice, values: uploading.receive_scan(actor=actor, notice_id=notice.pk, file=values["file"]),
        "盖章件已收到并核验。",
        ScanForm,
    ),
    Deed(
        "propose",
        "提出约谈、通报或问责建议",
        lambda actor, notice, values: escalations.propose(actor=actor, notice_id=notice.pk, **values),
        "已拟稿，请在督办文书中办理。",
        ProposeForm,
        explains="催办和督办按期限自动进行。通报、问责只是内部建议，由领导审定，单位看不到。",
    ),
    Deed(
        "withdraw",
        "撤回通知书",
        lambda actor, notice, values: drafts.withdraw(actor=actor, notice_id=notice.pk, **values),
        "通知书已撤回。",
        ReasonForm,
        tone="grave",
        explains="撤回后通知书作废，文号不再使用；未整改的问题可以另行列入新的通知书。",
    ),
)


class NoticePage(StaffPage[RectificationNotice]):
    """One notice. Which deeds it offers says the table of its life (`notice_offers`)."""

    template = "staff/notice.html"
    roles = READERS
    deeds: ClassVar[tuple[Deed, ...]] = DEEDS

    def find(self, actor: Actor, **key: Any) -> RectificationNotice:
        return notices.get(actor, uuid.UUID(str(key["notice_id"])))

    def stamp(self, found: RectificationNotice) -> str:
        """The steps count, the words of a draft, and what was said about each finding."""
        rows = [(row.finding.state, len(row.reports.all())) for row in found.findings.all()]
        draft = (found.subject, found.responsible, found.requirements, found.copy_to)
        asked = getattr(found, "extension", None)
        return stamp_of(found.state, len(found.transitions.all()), rows, draft, asked and asked.granted)

    def offered(self, actor: Actor, found: RectificationNotice) -> frozenset[str]:
        return notice_offers.offered(actor, found)

    def initial(self, actor: Actor, found: RectificationNotice, deed: Deed, row: str) -> dict[str, Any]:
        if deed.name == "amend":
            return {name: getattr(found, name) for name in AmendForm.base_fields}
        return {}

    def form(self, actor: Actor, found: RectificationNotice, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "reopen":
            form.fields["item_ids"].choices = [  # type: ignore[attr-defined]
                (str(row.pk), f"问题{row.number}：{row.text}")
                for row in found.findings.all()
                if row.finding.state == FindingState.CLOSED
            ]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: RectificationNotice) -> dict[str, Any]:
        today = clock.today()
        return {
            "notice": found,
            "late": found.is_overdue(today),
            "step_due": escalation(found.due_on, today) if found.state in WITH_THE_UNIT else "",
            "items": [_card(row) for row in found.findings.all()],
            "defence": getattr(found, "defence", None),
            "extension": getattr(found, "extension", None),
            "scans": list(found.copies.all()),
            "receipts": list(found.receipts.all()),
            "papers": [(TITLES[each.kind], PAPER_LABELS[each.state], each) for each in found.escalations.all()],
            "steps": [(TRANSITIONS[each.action].name, LABELS[each.after], each) for each in found.transitions.all()],
        }


def _card(row: NoticeFinding) -> dict[str, Any]:
    """One finding as the page shows it: what was found, what the unit said of it, and whether it is to be judged."""
    return {
        "row": row,
        "photos": list(row.photos.all()),
        "reports": [(each, list(each.evidence.all())) for each in row.reports.all()],
        "to_judge": notice_offers.to_judge(row),
    }
