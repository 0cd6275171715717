"""What a unit fills in. The rules are the services'; forms read, say what is missing, and keep what was typed."""

from django import forms

from backend.core import clock
from backend.media.problems import UnsupportedType
from backend.media.rules.filetypes import ACCEPTED
from backend.media.services.uploads import MAX_SIZE
from backend.notices.models import TEXT_LIMIT, NoticeEvidence


def _area(rows: int, hint: str = "") -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "placeholder": hint})


class SignInForm(forms.Form):
    """Bounds what reaches the database: no name is longer, and no database takes every character."""

    username = forms.CharField(max_length=40)
    password = forms.CharField(max_length=128, strip=False)


class PasswordForm(forms.Form):
    old = forms.CharField(max_length=128, strip=False)
    new = forms.CharField(max_length=128, strip=False)
    again = forms.CharField(max_length=128, strip=False)


class DefenceForm(forms.Form):
    text = forms.CharField(label="申辩意见", max_length=TEXT_LIMIT, widget=_area(6, "请写明事实和理由"))


class ExtensionForm(forms.Form):
    days = forms.IntegerField(label="申请延长（天）", min_value=1, max_value=60)
    reason = forms.CharField(label="理由", max_length=500, widget=_area(4))


class ReportForm(forms.Form):
    """The rectification of one finding (workflow.md section 7)."""

    cause = forms.CharField(label="原因分析", max_length=TEXT_LIMIT, widget=_area(3))
    measure = forms.CharField(label="整改措施", max_length=TEXT_LIMIT, widget=_area(3))
    responsible_role = forms.CharField(label="责任人（职务）", max_length=40)
    finished_on = forms.DateField(label="完成日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    result = forms.CharField(label="整改结果", max_length=TEXT_LIMIT, widget=_area(3))
    text = forms.CharField(label="长效机制（可不填）", max_length=TEXT_LIMIT, required=False, widget=_area(2))

    def clean_finished_on(self) -> object:
        day = self.cleaned_data["finished_on"]
        if day > clock.today():
            raise forms.ValidationError("完成日期不能晚于今天。")
        return day


class ClosingReportForm(ReportForm):
    """The report on the last open finding also speaks for the whole."""

    summary = forms.CharField(label="总述（可不填）", max_length=TEXT_LIMIT, required=False, widget=_area(3))
    self_check = forms.CharField(
        label="举一反三（可不填）",
        max_length=TEXT_LIMIT,
        required=False,
        widget=_area(3, "对照自查发现的同类问题"),
    )


class EvidenceForm(forms.Form):
    """A photo or paper sent with the page itself, for browsers that cannot upload in pieces."""

    kind = forms.ChoiceField(label="种类", choices=NoticeEvidence.Kind.choices)
    file = forms.FileField(label="文件")


class FactForm(forms.Form):
    """What a page declares before it uploads in pieces."""

    id = forms.UUIDField()
    kind = forms.ChoiceField(choices=NoticeEvidence.Kind.choices)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$")
    size = forms.IntegerField(label="文件大小", min_value=1, max_value=MAX_SIZE)
    filetype = forms.ChoiceField(
        choices=[(name, name) for name in sorted(ACCEPTED)],
        error_messages={"invalid_choice": UnsupportedType.detail},
    )
