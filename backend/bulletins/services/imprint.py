"""What a paper says about its own issue: number, date, signer."""

import datetime as dt
from dataclasses import dataclass

from backend.bulletins.models import Bulletin
from backend.bulletins.services import numbers
from backend.core import clock
from backend.documents import bulletin_data as data

PROOF = "送审稿"


@dataclass(frozen=True, slots=True)
class Imprint:
    """`at` is the instant of signing; `edition` is printed beside the number, empty on a signed paper."""

    year: int
    number: int
    total: int
    at: dt.datetime
    signed_by: str
    edition: str = ""


def of_signing(bulletin: Bulletin) -> Imprint:
    """Of an issue whose signing has begun: from its row alone."""
    assert bulletin.issue_year is not None
    assert bulletin.issue_number is not None
    assert bulletin.total_issue_number is not None
    assert bulletin.signing_at is not None
    return Imprint(
        bulletin.issue_year,
        bulletin.issue_number,
        bulletin.total_issue_number,
        bulletin.signing_at,
        bulletin.signed_by,
    )


def of_proof(bulletin: Bulletin) -> Imprint:
    """Of an issue that nobody has signed: the numbers it would get now, marked as a proof."""
    year = bulletin.issue_year or bulletin.period_end.year
    number, total = numbers.coming(county_id=bulletin.county_id, year=year)
    return Imprint(year, bulletin.issue_number or number, bulletin.total_issue_number or total, clock.now(), "", PROOF)


def masthead(bulletin: Bulletin, imprint: Imprint, issuer: str) -> data.Masthead:
    """报头."""
    return data.Masthead(
        issuer=issuer,
        document_date=clock.local_date(imprint.at),
        issue_number=imprint.number,
        total_issue_number=imprint.total,
        issue_year=imprint.year,
        secrecy_mark="内部资料 注意保存",
        correction_of=bulletin.corrects,
        edition=imprint.edition,
    )


def verification(bulletin: Bulletin, imprint: Imprint) -> data.Verification:
    """The digest of the snapshot, and a short code that names the issue; a proof has no code."""
    code = f"{imprint.year}-{imprint.number:02d}-{bulletin.snapshot_hash[:8].upper()}"
    return data.Verification(content_digest=bulletin.snapshot_hash, code="" if imprint.edition else code)
