"""Whether a paper is genuine: all that the public may know (workflow.md section 12)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max

from backend.notices.models import PaperCode
from backend.notices.rules import paper_codes


@dataclass(frozen=True, slots=True)
class Genuine:
    """An issued paper: its version, the newest version that was issued, and when it was withdrawn."""

    version: int
    newest: int
    withdrawn_at: dt.datetime | None


def check(text: str) -> Genuine | None:
    """What a code typed or scanned by anybody says; None for one that is on no issued paper, and for no code at all."""
    code = paper_codes.read(text)
    found = PaperCode.objects.filter(code=code, issued_at__isnull=False).first() if code else None
    if found is None:
        return None
    others = PaperCode.objects.filter(
        subject_kind=found.subject_kind, subject_id=found.subject_id, issued_at__isnull=False
    )
    newest = others.aggregate(newest=Max("version"))["newest"]
    return Genuine(version=found.version, newest=newest, withdrawn_at=found.withdrawn_at)
