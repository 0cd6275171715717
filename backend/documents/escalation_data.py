"""Input of the papers of escalation: 整改催办单, 整改督办通知, 约谈记录, 通报建议, 问责建议.

Never put in: informants, inspectors' phone numbers, pupils' data, other units.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OutstandingFinding:
    """A finding of the notice that is still open; ``severity`` and ``state`` are Chinese labels."""

    number: int
    fact: str
    severity: str
    due_date: date | None
    state: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter with its paragraphs; several are numbered."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EscalationPaper:
    """All facts of one paper. ``issued_at`` (aware) becomes the PDF's time stamp.

    ``main_recipient`` is empty in papers of the house. ``facts`` are rows of a form (label, value). With ``signatures``
    (labels of lines for the hand) there is a form to sign instead of name, date and place of the seal.
    """

    agency_name: str
    document_number: str
    title: str
    document_date: date
    issued_at: datetime
    main_recipient: str = ""
    opening: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    findings: tuple[OutstandingFinding, ...] = ()
    findings_title: str = "未办结问题"
    chapters: tuple[Chapter, ...] = ()
    closing: str = ""
    signatures: tuple[str, ...] = ()
    copy_to: tuple[str, ...] = ()
    verification_code: str = ""
    verification_address: str = ""
