"""What a unit may do with its notice now, and until when: for pages that offer only what the services would take."""

import datetime as dt
from dataclasses import dataclass, field

from backend.core import clock
from backend.inspections.models import FindingState, SeverityLevel
from backend.notices.models import NoticeEvidence, NoticeFinding, RectificationNotice
from backend.notices.rules.deadlines import DEFENCE_DAYS, due_date, longest_extension
from backend.notices.rules.lifecycle import State

OPEN_FINDINGS = (FindingState.IN_NOTICE, FindingState.RECTIFYING, FindingState.RETURNED)
"""States of a finding that wait for the unit."""


@dataclass(frozen=True, slots=True)
class Possible:
    """`object_until`: the last day of a defence, None when there is none. `extend_days`: the most that may be asked
    for, 0 when nothing may. `report`: rows that wait for the unit's report."""

    acknowledge: bool = False
    object_until: dt.date | None = None
    extend_days: int = 0
    report: list[NoticeFinding] = field(default_factory=list)


def possible(notice: RectificationNotice, today: dt.date) -> Possible:
    """Of a notice read by `notices.get`, without a query of its own. The services decide; this only foretells."""
    waiting = [row for row in notice.findings.all() if row.finding.state in OPEN_FINDINGS]
    return Possible(
        acknowledge=notice.state in (State.ISSUED, State.DELIVERED),
        object_until=_object_until(notice, today),
        extend_days=_extend_days(notice, waiting, today),
        report=waiting if notice.state in (State.ACKNOWLEDGED, State.RECTIFYING, State.RETURNED) else [],
    )


def unused(item: NoticeFinding) -> list[NoticeEvidence]:
    """The evidence of a finding that no report has named yet, oldest first."""
    named = {proof.pk for report in item.reports.all() for proof in report.evidence.all()}
    return sorted((proof for proof in item.evidence.all() if proof.pk not in named), key=lambda proof: proof.added_at)


def _object_until(notice: RectificationNotice, today: dt.date) -> dt.date | None:
    if notice.state not in (State.DELIVERED, State.ACKNOWLEDGED, State.RECTIFYING) or hasattr(notice, "defence"):
        return None
    if notice.delivered_at is None:
        return None
    last = due_date(clock.local_date(notice.delivered_at), DEFENCE_DAYS)
    return last if today <= last else None


def _extend_days(notice: RectificationNotice, waiting: list[NoticeFinding], today: dt.date) -> int:
    if notice.state not in (State.DELIVERED, State.ACKNOWLEDGED, State.RECTIFYING) or hasattr(notice, "extension"):
        return 0
    if notice.is_overdue(today):
        return 0
    terms = [row.due_days for row in waiting if row.severity != SeverityLevel.VETO]
    return max(map(longest_extension, terms), default=0)
