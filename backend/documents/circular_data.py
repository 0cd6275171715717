"""Input of a circular (通报), as frozen facts."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.documents.table_data import TableData


@dataclass(frozen=True, slots=True)
class Named:
    """A unit and what is said of it: a good practice or a problem."""

    place: str
    text: str
    legal_basis: str = ""
    severity: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Circular:
    """A 通报 in the full form of GB/T 9704-2012. ``issued_at`` (aware) becomes the time stamp of the file."""

    agency_name: str
    document_number: str
    title: str
    main_recipients: tuple[str, ...]
    document_date: date
    issued_at: datetime
    overview: tuple[str, ...] = ()
    practices: tuple[Named, ...] = ()
    problems: tuple[Named, ...] = ()
    demands: tuple[str, ...] = ()
    rankings: tuple[TableData, ...] = ()
    copy_to: tuple[str, ...] = ()
    data_cut: datetime | None = None
    content_digest: str = ""
    code: str = ""
    qr_text: str = ""
