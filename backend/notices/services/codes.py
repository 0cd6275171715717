"""Codes of papers: taken before printing, good from the issue on, void when the paper is withdrawn.

For every room that prints papers; all inside `journal.write()`.
"""

from django.conf import settings

from backend.core import clock
from backend.journal.models.subject import Subject
from backend.notices.models import PaperCode
from backend.notices.rules import paper_codes


def take(*, county_id: int, subject: Subject, version: int = 1) -> PaperCode:
    """The code of this version of the subject's paper; the same one when it was taken before."""
    key = {"subject_kind": subject.journal_kind, "subject_id": subject.journal_id, "version": version}
    known = PaperCode.objects.filter(**key).first()
    if known is None:
        known, _ = PaperCode.objects.get_or_create(
            **key, defaults={"county_id": county_id, "code": paper_codes.new_code(), "taken_at": clock.now()}
        )
    return known


def issue(*, subject: Subject, sha256: str, version: int = 1) -> None:
    """The paper of this version exists now, with these bytes."""
    rows = PaperCode.objects.filter(subject_kind=subject.journal_kind, subject_id=subject.journal_id, version=version)
    rows.filter(issued_at__isnull=True).update(issued_at=clock.now(), sha256=sha256)


def withdraw(*, subject: Subject) -> None:
    """Every version of the subject's paper is void."""
    rows = PaperCode.objects.filter(subject_kind=subject.journal_kind, subject_id=subject.journal_id)
    rows.filter(withdrawn_at__isnull=True).update(withdrawn_at=clock.now())


def address(code: PaperCode) -> str:
    """What the QR mark holds: the public page about this code."""
    return f"{settings.PUBLIC_ADDRESS}/p/{paper_codes.printed(code.code)}"
