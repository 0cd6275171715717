"""What a checklist template is: frozen, typed, and equal to its JSON.

The JSON form (field names below, ``pass`` for ``pass_rule``) is the one of the catalogue files, of published templates
in the database and of the ``template`` document on the phone. Unknown fields are refused everywhere, so a typing slip
in a template is an error and not a silently ignored rule.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

Number = int | float
Text = Annotated[str, msgspec.Meta(min_length=1)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
ItemCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9]{1,7}-[0-9]{2,3}$")]
TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Grade = Annotated[int, msgspec.Meta(ge=1, le=9)]
GradeRange = tuple[Grade, Grade]


class TargetType(StrEnum):
    """Stage of a school, class of an institution, or a suspected site."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    NINE_YEAR = "nine_year"
    COMPLETE_JUNIOR = "complete_junior"
    SPECIAL = "special"
    SUBJECT = "subject"
    NON_SUBJECT = "non_subject"
    SUSPECTED = "suspected"


class AnswerType(StrEnum):
    """What an inspector enters for an item."""

    YES_NO = "yes_no"
    YES_NO_NA = "yes_no_na"
    NUMBER = "number"
    SINGLE = "single"
    MULTI = "multi"
    TEXT = "text"
    PHOTO = "photo"
    SIGNATURE = "signature"


class TextFormat(StrEnum):
    """Kinds of ``text`` items: free writing, or a time of day ``HH:MM``."""

    LONG = "long"
    TIME = "time"


class Repeat(StrEnum):
    """What the ``n`` of an answer key ``CODE#n`` counts."""

    CLASS = "class"
    GRADE = "grade"
    RESPONDENT = "respondent"


class ProofKind(StrEnum):
    """What kind of evidence an item may insist on."""

    PHOTO = "photo"
    DOCUMENT = "document"


class ProofWhen(StrEnum):
    """Whether evidence is required with every answer, or only with one that does not pass."""

    ALWAYS = "always"
    FAIL = "fail"


class Severity(StrEnum):
    """Level of a finding (一般, 较重, 严重, 一票否决)."""

    MINOR = "minor"
    MODERATE = "moderate"
    SERIOUS = "serious"
    VETO = "veto"


class Result(StrEnum):
    """Whether failed items become findings, or answers are only counted (questionnaires)."""

    FINDINGS = "findings"
    AGGREGATE = "aggregate"


class EvidenceKind(StrEnum):
    """How an item is usually proved."""

    PHOTO = "photo"
    DOCUMENT = "document"
    STUDENT_INTERVIEW = "student_interview"
    STAFF_INTERVIEW = "staff_interview"
    PARENT_INTERVIEW = "parent_interview"
    OBSERVATION = "observation"
    MEASUREMENT = "measurement"
    QUESTIONNAIRE = "questionnaire"


class Confidence(StrEnum):
    """How sure the catalogue is of a policy's number and articles (see ``catalogue/README.md``)."""

    HIGH = "high"
    MEDIUM_HIGH = "medium_high"
    MEDIUM = "medium"
    UNCERTAIN = "uncertain"
    LOCAL_PRACTICE = "local_practice"
    PRODUCT_DEFAULT = "product_default"


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Base of all template types: immutable, hashable, refuses unknown JSON fields."""


class Equals(Frozen, frozen=True, kw_only=True, tag_field="op", tag="="):
    """Passes when the answer is ``value`` (``yes`` or ``no``)."""

    value: str


class AtMost(Frozen, frozen=True, kw_only=True, tag_field="op", tag="<="):
    """Passes when the number is at most ``value``, in the unit of the item."""

    value: Number


class AtLeast(Frozen, frozen=True, kw_only=True, tag_field="op", tag=">="):
    """Passes when the number is at least ``value``, in the unit of the item."""

    value: Number


class TimeAtMost(Frozen, frozen=True, kw_only=True, tag_field="op", tag="time<="):
    """Passes when the time of day is ``value`` or earlier."""

    value: TimeOfDay


class TimeAtLeast(Frozen, frozen=True, kw_only=True, tag_field="op", tag="time>="):
    """Passes when the time of day is ``value`` or later."""

    value: TimeOfDay


class OneOf(Frozen, frozen=True, kw_only=True, tag_field="op", tag="in"):
    """Passes when every chosen option is one of ``options``."""

    options: tuple[Text, ...]


class ByStage(Frozen, frozen=True, kw_only=True, tag_field="op", tag="by_stage"):
    """Passes when the chosen option stands no later in the item's list than the limit of the stage."""

    primary: Text
    junior: Text


class AnyOf(Frozen, frozen=True, kw_only=True, tag_field="op", tag="any"):
    """Holds when at least one of ``options`` was chosen; for conditions only."""

    options: tuple[Text, ...]


PassRule = Equals | AtMost | AtLeast | TimeAtMost | TimeAtLeast | OneOf | ByStage
Test = Equals | AtMost | AtLeast | TimeAtMost | TimeAtLeast | AnyOf


class Variant(Frozen, frozen=True, kw_only=True):
    """A pass rule for some targets or grades only; the first one that fits takes the place of the item's own."""

    targets: tuple[TargetType, ...] = ()
    grades: GradeRange | None = None
    pass_rule: PassRule = msgspec.field(name="pass")


class Condition(Frozen, frozen=True, kw_only=True):
    """Show an item only if the answer to an earlier item is such; unanswered means that it does not hold."""

    item: ItemCode
    test: Test = msgspec.field(name="is")


class Proof(Frozen, frozen=True, kw_only=True):
    """At least ``minimum`` pieces of evidence of this kind have to be at the answer, or at a finding on the item."""

    kind: ProofKind
    minimum: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    when: ProofWhen = ProofWhen.FAIL


class LegalBasis(Frozen, frozen=True, kw_only=True):
    """One reference: code of the policy document and the article in it (empty = the document as a whole)."""

    document: str
    article: str = ""


class PolicyDocument(Frozen, frozen=True, kw_only=True):
    """A law, regulation or policy that items refer to.

    ``issued`` is as exact as known (``2021``, ``2021-07``, ``2021-07-24``); ``note`` says in Chinese what the
    confidence rests on.
    """

    code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]
    name: Text
    number: str = ""
    issued: str = ""
    remark: str = ""
    confidence: Confidence
    note: str = ""
    needs_review: bool = False

    @property
    def citable(self) -> bool:
        """Whether a rectification notice may name it as its basis; local drafts and product defaults it may not."""
        return self.confidence not in (Confidence.LOCAL_PRACTICE, Confidence.PRODUCT_DEFAULT)


class NumberSpec(Frozen, frozen=True, kw_only=True):
    """Unit and plausible range of a ``number`` item, both ends included."""

    unit: Text
    minimum: Number
    maximum: Number
    integer: bool = False


class TimeWindow(Frozen, frozen=True, kw_only=True):
    """Plausible range of a time item, both ends included: keeps 00:10 from passing as an early bedtime."""

    earliest: TimeOfDay
    latest: TimeOfDay


class Count(Frozen, frozen=True, kw_only=True):
    """How many photos or signatures: ``maximum`` binds when storing, ``minimum`` when submitting."""

    minimum: Annotated[int, msgspec.Meta(ge=1)]
    maximum: Annotated[int, msgspec.Meta(ge=1)]


class Item(Frozen, frozen=True, kw_only=True):
    """One line of a checklist.

    ``default_days`` are natural days from delivery of the notice; it and ``severity`` are product defaults.
    ``grades_of_option`` marks the item whose answer tells the respondent's grades, one range per option.
    ``optional`` items never hold up a submission; ``refusable`` ones may be replaced by a note with the reason.
    ``variants`` are pass rules by stage and grade, ``show_if`` conditions that must all hold for the item to be shown,
    ``proof`` evidence without which a visit is not submitted.
    """

    code: ItemCode
    section: Text
    text: Text
    type: AnswerType
    targets: tuple[TargetType, ...]
    grades: GradeRange | None = None
    repeat: Repeat | None = None
    number: NumberSpec | None = None
    options: tuple[Text, ...] = ()
    grades_of_option: tuple[GradeRange, ...] = ()
    format: TextFormat | None = None
    time: TimeWindow | None = None
    count: Count | None = None
    pass_rule: PassRule | None = msgspec.field(default=None, name="pass")
    severity: Severity | None = None
    default_days: Annotated[int, msgspec.Meta(ge=1, le=365)] | None = None
    evidence: tuple[EvidenceKind, ...] = ()
    basis: tuple[LegalBasis, ...]
    optional: bool = False
    refusable: bool = False
    variants: tuple[Variant, ...] = ()
    show_if: tuple[Condition, ...] = ()
    proof: Proof | None = None


class Template(Frozen, frozen=True, kw_only=True):
    """A checklist template with the policy documents its items refer to: self-contained."""

    code: Code
    version: Annotated[int, msgspec.Meta(ge=1)]
    name: Text
    method: Text
    targets: tuple[TargetType, ...]
    anonymous: bool
    result: Result
    items: tuple[Item, ...]
    policies: tuple[PolicyDocument, ...] = ()

    def item(self, code: str) -> Item | None:
        """The item with this code, or None."""
        return next((item for item in self.items if item.code == code), None)

    def policy(self, code: str) -> PolicyDocument | None:
        """The policy document with this code, or None."""
        return next((policy for policy in self.policies if policy.code == code), None)
