"""Input of the half-monthly bulletin (双减督查半月报), as frozen facts.

Everything but the masthead has a default, so that a period without visits still gives an honest page. ``None`` and
empty tuples mean "no data" and are printed as such; nothing is computed here that the snapshot did not hold, except
rates that follow from two counts of the same row.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from backend.documents.photo_data import Photo
from backend.documents.table_data import TableData


@dataclass(frozen=True, slots=True)
class Masthead:
    """报头. ``issuer`` is the full name of the issuing body; numbers count per year and over all years."""

    issuer: str
    document_date: date
    issue_number: int
    total_issue_number: int
    issue_year: int | None = None
    """Year in which ``issue_number`` counts; by default that of ``document_date``."""
    title: str = "“双减”督查半月报"
    secrecy_mark: str = ""
    """For example 「内部资料 注意保存」, printed top-left."""
    correction_of: str = ""
    """Set on a 更正 issue: the issue it corrects, for example 「2026年第4期」."""
    edition: str = ""
    """For example 「领导版」 or 「学校版」; printed under the title when given."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the (usually six) overview figures. ``unit`` 「%」 makes the change a difference in percentage points."""

    label: str
    value: float | None
    unit: str = ""
    previous: float | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Subsection:
    """A part headed （一）… with its paragraphs."""

    title: str
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Text of one chapter: paragraphs, then subsections, then tables beyond those the chapter always has."""

    paragraphs: tuple[str, ...] = ()
    subsections: tuple[Subsection, ...] = ()
    tables: tuple[TableData, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamRow:
    """Work of one inspection team in the period; coverage is ``visited / assigned``."""

    name: str
    assigned: int
    visited: int
    photos: int = 0
    findings: int = 0
    average_score: float | None = None


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """Cumulative coverage in percent (0-100) at the end of a day; ``actual`` is ``None`` for a day without data."""

    day: date
    actual: float | None
    target: float


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """Number of findings in one category."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class GradeHomework:
    """Mean minutes of written homework a day in one grade, the limit of that grade, and the number of samples."""

    grade: str
    minutes: float | None
    limit: int
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class DistrictRectification:
    """Findings of one school district by state at the data cut: closed, open within the term, past it.

    ``reopened`` counts findings among these that came back, ``new`` those recorded in the period.
    """

    name: str
    closed: int = 0
    open_in_time: int = 0
    late: int = 0
    reopened: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class TypicalCase:
    """A typical problem or a good practice, at most about 150 characters; ``place`` as it may be printed."""

    place: str
    fact: str
    legal_basis: str = ""
    state: str = ""
    severity: str = ""
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class LateItem:
    """A finding past its due date; ``days_late`` in calendar days at the data cut."""

    unit: str
    document_number: str
    finding: str
    due_date: date
    days_late: int
    step: str = ""
    """Escalation step reached, for example 「发督办单」."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line of the ledger extract (整改台账)."""

    document_number: str
    unit: str
    finding: str
    severity: str
    due_date: date | None
    state: str
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class TipCounts:
    """Tips of the period; ``by_category`` counts received ones."""

    received: int
    accepted: int
    closed: int
    verified: int
    by_category: tuple[CategoryCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of Annex 1: count and share in percent, each ``None`` when the period has no data."""

    name: str
    count: int | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class IndicatorGroup:
    """A block of Annex 1, for example 「作业管理」."""

    name: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class IndicatorForm:
    """Annex 1: the form with the line 填报单位、负责人、联系人及电话."""

    groups: tuple[IndicatorGroup, ...] = ()
    filled_by: str = ""
    responsible: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """A further annex: title and tables, for example the list of schools."""

    title: str
    tables: tuple[TableData, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Distribution:
    """报、送、发: receivers of the three kinds, and the number of printed copies."""

    report_to: tuple[str, ...] = ()
    send_to: tuple[str, ...] = ()
    issue_to: tuple[str, ...] = ()
    copies: int | None = None


@dataclass(frozen=True, slots=True)
class Signers:
    """主编、责任编辑、签发, as printed (name or post); empty leaves the place for a hand."""

    chief_editor: str = ""
    editor: str = ""
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """How a reader checks the paper: digest of the frozen snapshot, a short code, and the text of the QR mark."""

    content_digest: str = ""
    code: str = ""
    qr_text: str = ""
    audit_root: str = ""
    """Root of the audit trail of the day, in hex."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """All facts of one issue. ``issued_at`` (aware) becomes the PDF's time stamp; ``data_cut`` is printed."""

    masthead: Masthead
    period_start: date
    period_end: date
    issued_at: datetime
    data_cut: datetime | None = None
    data_note: str = ""
    left_out: frozenset[str] = frozenset()
    """Parts that this edition does not have, so that nobody reads them as missing data: `teams`, `coverage`,
    `districts`, `late`."""
    figures: tuple[Figure, ...] = ()
    inspection: Section = field(default_factory=Section)
    teams: tuple[TeamRow, ...] = ()
    coverage: tuple[CoveragePoint, ...] = ()
    in_school: Section = field(default_factory=Section)
    findings_by_category: tuple[CategoryCount, ...] = ()
    homework: tuple[GradeHomework, ...] = ()
    out_of_school: Section = field(default_factory=Section)
    cases: tuple[TypicalCase, ...] = ()
    good_practices: tuple[TypicalCase, ...] = ()
    rectification: Section = field(default_factory=Section)
    districts: tuple[DistrictRectification, ...] = ()
    late_items: tuple[LateItem, ...] = ()
    tips: TipCounts | None = None
    tip_section: Section = field(default_factory=Section)
    next_steps: Section = field(default_factory=Section)
    indicator_form: IndicatorForm | None = None
    ledger: tuple[LedgerRow, ...] = ()
    ledger_note: str = ""
    """What the extract holds and what it leaves out."""
    annexes: tuple[Annex, ...] = ()
    distribution: Distribution = field(default_factory=Distribution)
    signers: Signers = field(default_factory=Signers)
    verification: Verification = field(default_factory=Verification)
