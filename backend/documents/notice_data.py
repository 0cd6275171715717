"""Input of the rectification notice (督导整改通知书) and of its receipt of service (送达回证).

Fields follow 教育督导条例 art. 21-22 and the notice forms in use. Never put in: informants, inspectors' phone numbers,
pupils' data, other units.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from backend.documents.photo_data import Photo


@dataclass(frozen=True, slots=True)
class InspectionFacts:
    """When, by whom and how the unit was inspected; ``mode`` as in 「未事先通知」, ``subject`` what was looked at."""

    inspected_on: date
    team: str
    mode: str
    subject: str


@dataclass(frozen=True, slots=True)
class NoticeFinding:
    """One row of the table 序号|问题事实|依据|级别|时限; ``severity`` is the Chinese label."""

    fact: str
    legal_basis: str
    severity: str
    due_date: date
    item_code: str = ""
    evidence_numbers: tuple[str, ...] = ()
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """送达回证. Empty fields stay blank for the hand; filled ones are printed."""

    unit_address: str = ""
    way: str = ""
    delivered_at: datetime | None = None
    received_by: str = ""
    delivered_by: tuple[str, ...] = ()
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class RectificationNotice:
    """All facts of one notice. ``issued_at`` (aware) becomes the PDF's time stamp.

    ``addressed_as`` is how the text speaks to the unit (你校, 你园, 你单位). ``requirements``, ``feedback``, ``rights``
    and ``consequences`` are paragraphs of chapters 二 to 四 in the issuing body's own words.
    """

    agency_name: str
    document_number: str
    main_recipient: str
    document_date: date
    issued_at: datetime
    inspection: InspectionFacts
    findings: tuple[NoticeFinding, ...]
    requirements: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()
    responsible: str = ""
    addressed_as: str = "你校"
    title: str = "督导整改通知书"
    attachments: tuple[str, ...] = ()
    copy_to: tuple[str, ...] = ()
    signed_by: str = ""
    photos: tuple[Photo, ...] = ()
    receipt: DeliveryReceipt = field(default_factory=DeliveryReceipt)
    verification_code: str = ""
    verification_address: str = ""
