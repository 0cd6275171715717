"""Whether a file is a paper of ours: by its bytes, which we know the hash of."""

from dataclasses import dataclass

from django.db.models import Q

from backend.bulletins.models import Bulletin, BulletinPaper, Circular
from backend.bulletins.rules.editions import LABELS, Edition
from backend.bulletins.rules.lifecycle import State


@dataclass(frozen=True, slots=True)
class Found:
    """A paper with these bytes: what it is, in Chinese; whether it stands; the title of what took its place."""

    title: str
    what: str
    state: str
    snapshot_hash: str
    corrected_by: str = ""

    @property
    def stands(self) -> bool:
        return self.state == State.PUBLISHED


def by_hash(sha256: str) -> Found | None:
    """The paper whose bytes have this SHA-256; None for anything that was never printed and signed here."""
    paper = BulletinPaper.objects.filter(Q(sha256=sha256) | Q(sheet_sha256=sha256)).select_related("bulletin").first()
    if paper is not None:
        what = "附件1统计表" if paper.sheet_sha256 == sha256 else LABELS[paper.edition]
        return _of_issue(paper.bulletin, what)
    issue = Bulletin.objects.filter(pdf_sha256=sha256).first()
    if issue is not None:
        return _of_issue(issue, LABELS[Edition.LEADERSHIP])
    circular = Circular.objects.filter(pdf_sha256=sha256).first()
    if circular is None:
        return None
    title = f"{circular.title}（{circular.number_text}）"
    return Found(title, "通报", circular.state, circular.facts_hash, _newer(circular))


def _of_issue(issue: Bulletin, what: str) -> Found:
    return Found(issue.title, what, issue.state, issue.snapshot_hash, _correction(issue))


def _correction(issue: Bulletin) -> str:
    """The issue that corrects it; empty while there is none that is signed."""
    rows = Bulletin.objects.filter(county_id=issue.county_id, period_start=issue.period_start, signed_at__isnull=False)
    newer = rows.exclude(pk=issue.pk).exclude(state=State.WITHDRAWN).first()
    return newer.title if newer and issue.state == State.WITHDRAWN else ""


def _newer(circular: Circular) -> str:
    rows = Circular.objects.filter(county_id=circular.county_id, month=circular.month, signed_at__isnull=False)
    newer = rows.exclude(pk=circular.pk).exclude(state=State.WITHDRAWN).first()
    return f"{newer.title}（{newer.number_text}）" if newer and circular.state == State.WITHDRAWN else ""
