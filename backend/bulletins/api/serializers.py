"""Bodies of the bulletin endpoints."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from backend.bulletins.models import Bulletin
from backend.bulletins.rules import figures as rules
from backend.bulletins.rules.editions import VALUES, Edition
from backend.bulletins.rules.figure_names import Name, names
from backend.bulletins.rules.lifecycle import LABELS
from backend.bulletins.rules.naming import LONGEST_FACT
from backend.bulletins.rules.wording import PARTS
from backend.bulletins.services.editing import MOST_PRACTICES

LONGEST_PARAGRAPH = 5000
MOST_PARAGRAPHS = 12
MOST_PHOTOS = 4


def paragraphs(help_text: str) -> serializers.ListField:
    """A text part of a request."""
    one = serializers.CharField(max_length=LONGEST_PARAGRAPH)
    return serializers.ListField(child=one, max_length=MOST_PARAGRAPHS, required=False, help_text=help_text)


def photo_hashes(help_text: str) -> serializers.ListField:
    """Hashes of photos to print."""
    one = serializers.RegexField(r"^[0-9a-f]{64}$")
    return serializers.ListField(child=one, max_length=MOST_PHOTOS, required=False, help_text=help_text)


class BulletinPeriodIn(serializers.Serializer[Any]):
    period_start = serializers.DateField(help_text="The 1st or the 16th of a month.")


class ProofQuery(serializers.Serializer[Any]):
    edition = serializers.ChoiceField(choices=VALUES, default=Edition.LEADERSHIP.value)


class BulletinReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class BulletinCaseIn(serializers.Serializer[Any]):
    finding = serializers.UUIDField(help_text="One of the snapshot's candidates.")
    text = serializers.CharField(max_length=LONGEST_FACT)
    photos = photo_hashes("Of the candidate's photos those to print; without it all of them.")

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        return {**value, "finding": str(value["finding"])}


class GoodPracticeIn(serializers.Serializer[Any]):
    place = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=LONGEST_FACT)
    photos = photo_hashes("SHA-256 of redacted or approved copies.")


class BasedOn(serializers.Serializer[Any]):
    """A change of words says which version of them was read."""

    based_on = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, required=False,
        help_text="`texts_version` that was read: 409 `edited_elsewhere` where somebody changed the same part since.",
    )  # fmt: skip


class BulletinRestoreIn(BasedOn):
    part = serializers.ChoiceField(choices=list(PARTS))


class BulletinAdoptIn(BasedOn):
    target = serializers.UUIDField(help_text="`target` of one of `practices`.")


class BulletinTextsIn(BasedOn):
    """The parts to replace; those left out stay."""

    inspection = paragraphs("督查开展情况")
    findings = paragraphs("发现问题")
    homework = paragraphs("作业管理")
    after_school = paragraphs("课后服务")
    managements = paragraphs("五项管理")
    institutions = paragraphs("校外治理情况")
    rectification = paragraphs("整改台账")
    tips = paragraphs("举报办理情况")
    next_steps = paragraphs("下步安排（领导版）")
    school_inspection = paragraphs("督查开展情况（学校版）")
    school_next_steps = paragraphs("工作要求（学校版）")
    cases = serializers.ListField(child=BulletinCaseIn(), max_length=8, required=False, help_text="典型问题")
    good_practices = serializers.ListField(
        child=GoodPracticeIn(), max_length=MOST_PRACTICES, required=False, help_text="好的做法"
    )


class BulletinCaseTextOut(serializers.Serializer[Any]):
    finding = serializers.UUIDField()
    text = serializers.CharField()
    photos = serializers.ListField(child=serializers.CharField(), required=False)


class GoodPracticeOut(serializers.Serializer[Any]):
    place = serializers.CharField()
    text = serializers.CharField()
    photos = serializers.ListField(child=serializers.CharField(), required=False)


class BulletinTextsOut(serializers.Serializer[Any]):
    inspection = serializers.ListField(child=serializers.CharField())
    findings = serializers.ListField(child=serializers.CharField())
    homework = serializers.ListField(child=serializers.CharField())
    after_school = serializers.ListField(child=serializers.CharField())
    managements = serializers.ListField(child=serializers.CharField())
    institutions = serializers.ListField(child=serializers.CharField())
    rectification = serializers.ListField(child=serializers.CharField())
    tips = serializers.ListField(child=serializers.CharField())
    next_steps = serializers.ListField(child=serializers.CharField())
    school_inspection = serializers.ListField(child=serializers.CharField(), required=False)
    school_next_steps = serializers.ListField(child=serializers.CharField(), required=False)
    cases = BulletinCaseTextOut(many=True)
    good_practices = GoodPracticeOut(many=True)


class FigureOut(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="Name by which `records` is asked for.")
    name = serializers.CharField(help_text="What people call it, in Chinese.")
    unit = serializers.CharField(allow_blank=True, help_text="What it is counted in: 次, 个, % …")
    value = serializers.FloatField(allow_null=True, help_text="Null: no data in this period.")
    previous = serializers.FloatField(allow_null=True, help_text="Null: no data in the period before.")
    change = serializers.FloatField(allow_null=True)
    note = serializers.CharField(allow_blank=True, help_text="What is missing, in Chinese.")
    kind = serializers.CharField(
        help_text="What the records are: visit, finding, target, evidence, notice, tip, questionnaire."
    )
    records = serializers.IntegerField(help_text="How many records are behind it.")


class BulletinCaseOut(serializers.Serializer[Any]):
    finding = serializers.UUIDField()
    place = serializers.CharField(help_text="As it is printed.")
    text = serializers.CharField()
    basis = serializers.CharField(allow_blank=True)
    severity = serializers.CharField()
    state = serializers.CharField()


class BulletinCandidateOut(BulletinCaseOut):
    photos = serializers.ListField(
        child=serializers.CharField(), help_text="SHA-256 of redacted or approved copies; GET /blobs/{sha256}."
    )


class PracticeCandidateOut(serializers.Serializer[Any]):
    target = serializers.UUIDField()
    place = serializers.CharField()
    text = serializers.CharField(help_text="What the figures say; what is done there is for the office to write.")
    kind = serializers.ChoiceField(choices=["visit", "finding"])
    records = serializers.ListField(child=serializers.UUIDField(), help_text="The records that the text counts.")
    photos = serializers.ListField(child=serializers.CharField(), help_text="SHA-256 of redacted or approved copies.")


class LateFindingOut(serializers.Serializer[Any]):
    finding = serializers.UUIDField()
    unit = serializers.CharField()
    document_number = serializers.CharField()
    text = serializers.CharField()
    severity = serializers.CharField()
    due_on = serializers.DateField()
    days_late = serializers.IntegerField()
    step = serializers.CharField(allow_blank=True)


class CoverageDayOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    actual = serializers.FloatField(allow_null=True, help_text="Percent covered by the end of the day.")
    target = serializers.FloatField(help_text="Percent.")


class BulletinRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    period_start = serializers.DateField()
    period_end = serializers.DateField()
    state = serializers.ChoiceField(choices=list(LABELS.items()))
    issue_year = serializers.IntegerField(allow_null=True)
    issue_number = serializers.IntegerField(allow_null=True, help_text="Null before signing.")
    total_issue_number = serializers.IntegerField(allow_null=True)
    corrects = serializers.CharField(allow_blank=True, help_text="The withdrawn issue that this one corrects.")
    cut_off = serializers.DateTimeField(help_text="What was received before this instant is counted.")
    version = serializers.IntegerField(help_text="How many times the figures were compiled.")
    snapshot_hash = serializers.CharField(help_text="SHA-256 of the canonical JSON of the figures.")
    signed_by = serializers.CharField(allow_blank=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    consulted_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when heads of departments and stations may read the draft and remark on it."
    )
    published_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    pdf_sha256 = serializers.CharField(allow_blank=True, help_text="Read it at blobs/{sha256}.")
    pdf_pages = serializers.IntegerField(allow_null=True)
    pdf_warnings = serializers.ListField(child=serializers.CharField())


class BulletinOut(BulletinRow):
    texts = BulletinTextsOut()
    texts_version = serializers.IntegerField(help_text="Send it back as `based_on`.")
    figures = FigureOut(many=True)
    coverage_by_day = CoverageDayOut(many=True)
    cases = BulletinCandidateOut(many=True, help_text="Candidates for typical cases.")
    practices = PracticeCandidateOut(many=True, help_text="Candidates for good practice.")
    serious = BulletinCaseOut(many=True)
    late = LateFindingOut(many=True)
    read_by = serializers.IntegerField(help_text="How many readers have opened it.")


class FigureRecordOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField(allow_blank=True, help_text="What the record is called now.")


class FigureRecordsOut(serializers.Serializer[Any]):
    figure = FigureOut()
    items = FigureRecordOut(many=True)
    next = serializers.CharField(allow_null=True, help_text="None on the last page.")


class FigureRecordsQuery(serializers.Serializer[Any]):
    figure = serializers.CharField(max_length=120, default="visits", help_text="Key of a figure.")
    limit = serializers.IntegerField(min_value=1, max_value=200, default=50)
    after = serializers.UUIDField(required=False, help_text="`next` of the page before.")


PRACTICE = ("target", "place", "text", "kind", "records", "photos")


def row(bulletin: Bulletin) -> dict[str, Any]:
    return {
        "id": bulletin.pk,
        "title": bulletin.title,
        "period_start": bulletin.period_start,
        "period_end": bulletin.period_end,
        "state": bulletin.state,
        "issue_year": bulletin.issue_year,
        "issue_number": bulletin.issue_number,
        "total_issue_number": bulletin.total_issue_number,
        "corrects": bulletin.corrects,
        "cut_off": bulletin.cut_off,
        "version": bulletin.version,
        "snapshot_hash": bulletin.snapshot_hash,
        "signed_by": bulletin.signed_by,
        "signed_at": bulletin.signed_at,
        "consulted_at": bulletin.consulted_at,
        "published_at": bulletin.published_at,
        "withdrawn_at": bulletin.withdrawn_at,
        "pdf_sha256": bulletin.pdf_sha256,
        "pdf_pages": bulletin.pdf_pages,
        "pdf_warnings": bulletin.pdf_warnings,
    }


def figure(key: str, found: rules.Figure, name: Name) -> dict[str, Any]:
    return {
        "key": key,
        "name": name.text,
        "unit": name.unit,
        "value": found["value"],
        "previous": found["previous"],
        "change": rules.change(found),
        "note": rules.note(found),
        "kind": found["kind"],
        "records": len(found["records"]),
    }


def _case(one: Mapping[str, Any]) -> dict[str, Any]:
    """As it is printed: the snapshot also knows the unit of a case that is printed as 某小学."""
    return {name: one[name] for name in ("finding", "place", "text", "basis", "severity", "state")}


def detail(bulletin: Bulletin) -> dict[str, Any]:
    facts: Mapping[str, Any] = bulletin.facts
    named = names(facts)
    return row(bulletin) | {
        "texts": {part: [] for part in PARTS} | bulletin.texts,
        "texts_version": bulletin.texts_version,
        "figures": [figure(key, facts["figures"][key], named[key]) for key in sorted(facts["figures"])],
        "coverage_by_day": facts["coverage_by_day"],
        "cases": [_case(one) | {"photos": one.get("photos", [])} for one in facts["cases"]],
        "practices": [{name: one[name] for name in PRACTICE} for one in facts.get("practices", ())],
        "serious": [_case(one) for one in facts["serious"]],
        "late": facts["late"],
        "read_by": bulletin.receipts.count(),
    }
