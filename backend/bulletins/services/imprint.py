"""What a paper says about its own issue: number, date, signer, edition, the marks by which it is checked."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.bulletins.models import Bulletin
from backend.bulletins.rules.editions import LABELS, Edition
from backend.bulletins.selectors import circulars
from backend.bulletins.services import numbers
from backend.core import clock
from backend.documents import bulletin_data as data
from backend.documents.wording import moment
from backend.notices.rules import paper_codes

PROOF = "送审稿"


@dataclass(frozen=True, slots=True)
class Imprint:
    """`at` is the instant of signing, `named` says by finding which circular had named it then; a proof has no code."""

    year: int
    number: int
    total: int
    at: dt.datetime
    signed_by: str
    edition: str = Edition.LEADERSHIP
    proof: bool = False
    code: str = ""
    qr_text: str = ""
    named: Mapping[str, str] = field(default_factory=dict)


def cut_off_text(bulletin: Bulletin) -> str:
    """The cut-off as papers and pages say it: midnight is 24时 of the day that ended."""
    return moment(bulletin.cut_off.astimezone(clock.CHINA))


def of_signing(bulletin: Bulletin, edition: str = Edition.LEADERSHIP) -> Imprint:
    """Of an issue whose signing has begun: from what is stored of it alone."""
    assert bulletin.issue_year is not None
    assert bulletin.issue_number is not None
    assert bulletin.total_issue_number is not None
    assert bulletin.signing_at is not None
    paper = bulletin.papers.get(edition=edition)
    return Imprint(
        bulletin.issue_year,
        bulletin.issue_number,
        bulletin.total_issue_number,
        bulletin.signing_at,
        bulletin.signed_by,
        edition,
        code=paper.code,
        qr_text=paper.qr_text,
        named=paper.named,
    )


def of_proof(bulletin: Bulletin, edition: str = Edition.LEADERSHIP) -> Imprint:
    """Of an issue that nobody has signed: the numbers it would get now, marked as a proof."""
    year, now = bulletin.issue_year or bulletin.period_end.year, clock.now()
    number, total = numbers.coming(county_id=bulletin.county_id, year=year)
    return Imprint(
        year,
        bulletin.issue_number or number,
        bulletin.total_issue_number or total,
        now,
        "",
        edition,
        proof=True,
        named=circulars.naming(bulletin.county_id, now),
    )


def masthead(bulletin: Bulletin, imprint: Imprint, issuer: str) -> data.Masthead:
    """报头."""
    label = LABELS[imprint.edition]
    return data.Masthead(
        issuer=issuer,
        document_date=clock.local_date(imprint.at),
        issue_number=imprint.number,
        total_issue_number=imprint.total,
        issue_year=imprint.year,
        secrecy_mark="内部资料 注意保存" if imprint.edition == Edition.LEADERSHIP else "",
        correction_of=bulletin.corrects,
        edition=f"{label}　{PROOF}" if imprint.proof else label,
    )


def verification(bulletin: Bulletin, imprint: Imprint) -> data.Verification:
    """The digest of the snapshot, and the short code with its QR mark by which anybody may check the paper."""
    code = paper_codes.printed(imprint.code) if imprint.code else ""
    return data.Verification(content_digest=bulletin.snapshot_hash, code=code, qr_text=imprint.qr_text)
