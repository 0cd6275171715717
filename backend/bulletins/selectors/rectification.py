"""Figures of the ledger: findings named in issued notices, by what had become of them at the cut-off.

States are read from the steps of findings, which are never changed: what happens later is for the next issue.
The ledger of an issue holds what was open when its period began and what came in it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery

from backend.bulletins.rules import naming
from backend.bulletins.rules.figures import Figures, counted, measured, percent
from backend.bulletins.selectors.findings import GRAVE
from backend.bulletins.selectors.window import Window
from backend.core import clock
from backend.inspections.models import FindingState, FindingTransition, SeverityLevel
from backend.notices.models import FindingReport, NoticeFinding
from backend.notices.rules.deadlines import days_late, escalation
from backend.notices.rules.lifecycle import State
from backend.notices.selectors import statistics

WITH_THE_UNIT = (FindingState.IN_NOTICE, FindingState.RECTIFYING, FindingState.RETURNED)
OUT_OF_THE_LEDGER = (FindingState.WITHDRAWN, FindingState.REFERRED)
COLUMNS = (
    "text", "severity", "due_on", "finding__state", "notice__number", "notice__issued_at", "notice__target__name",
    "notice__target__district__code", "notice__target__district__name",
)  # fmt: skip
"""Of a line of the ledger: notices and findings are wide rows."""

NO_DISTRICT = {"code": "-", "name": "未划学区"}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding of the ledger. `state` and `moved_at` as at the cut-off, the rest as the notice says."""

    finding: uuid.UUID
    unit: str
    district: dict[str, str]
    document_number: str
    text: str
    severity: str
    due_on: dt.date | None
    issued_at: dt.datetime
    state: str
    moved_at: dt.datetime | None

    @property
    def closed(self) -> bool:
        return self.state == FindingState.CLOSED

    def late_on(self, day: dt.date) -> bool:
        """Whether the unit still has to act on `day` and its term was over before."""
        return self.state in WITH_THE_UNIT and self.due_on is not None and self.due_on < day


def ledger(window: Window) -> list[Line]:
    """Findings of notices issued by the cut-off, without those that were closed before the window."""
    steps = FindingTransition.objects.filter(finding_id=OuterRef("finding_id"), at__lt=window.cut_off)
    newest = steps.order_by("-at", "-pk")
    rows = (
        NoticeFinding.objects.filter(county_id=window.county_id, notice__issued_at__lt=window.cut_off)
        .exclude(notice__state=State.WITHDRAWN)
        .select_related("notice__target__district", "finding")
        .only(*COLUMNS)
        .annotate(state_then=Subquery(newest.values("after")[:1]), moved_at=Subquery(newest.values("at")[:1]))
        .order_by("notice__issued_at", "notice_id", "number")
    )
    lines = [_line(row, row.state_then, row.moved_at) for row in rows]
    return [line for line in lines if _belongs(line, window)]


def _line(row: NoticeFinding, state: str | None, moved_at: dt.datetime | None) -> Line:
    district = row.notice.target.district
    assert row.notice.issued_at is not None
    return Line(
        finding=row.finding_id,
        unit=row.notice.target.name,
        district={"code": district.code, "name": district.name} if district else NO_DISTRICT,
        document_number=row.notice.number,
        text=row.text,
        severity=row.severity,
        due_on=row.due_on,
        issued_at=row.notice.issued_at,
        state=state or row.finding.state,
        moved_at=moved_at,
    )


def _belongs(line: Line, window: Window) -> bool:
    if line.state in OUT_OF_THE_LEDGER:
        return False
    return not line.closed or (line.moved_at is not None and line.moved_at >= window.start)


def figures(window: Window, lines: Sequence[Line]) -> Figures:
    """New, closed, closed on time, late, open in time, reopened: in all and by district; and the steps of notices."""
    reopened = _reopened(window)
    closed = [line.finding for line in lines if line.closed]
    in_time = on_time(window, lines)
    out = _states("rectification", window, lines, reopened)
    for district in districts(lines):
        own = [line for line in lines if line.district == district]
        out |= _states(f"district.{district['code']}", window, own, reopened)
    out["rectification.on_time"] = counted("finding", in_time)
    out["rectification.on_time.rate"] = measured("finding", in_time, percent(len(in_time), len(closed)))
    return out | _notices(window)


def _states(key: str, window: Window, lines: Sequence[Line], reopened: set[uuid.UUID]) -> Figures:
    late = {line.finding for line in lines if line.late_on(window.today)}
    in_time = [line.finding for line in lines if not line.closed and line.finding not in late]
    return {
        f"{key}.new": counted("finding", (line.finding for line in lines if line.issued_at >= window.start)),
        f"{key}.closed": counted("finding", (line.finding for line in lines if line.closed)),
        f"{key}.late": counted("finding", late),
        f"{key}.open_in_time": counted("finding", in_time),
        f"{key}.reopened": counted("finding", (line.finding for line in lines if line.finding in reopened)),
    }


def _reopened(window: Window) -> set[uuid.UUID]:
    steps = FindingTransition.objects.filter(
        window.within("at"), finding__county_id=window.county_id, before=FindingState.CLOSED
    )
    return set(steps.exclude(after=FindingState.CLOSED).values_list("finding_id", flat=True))


def on_time(window: Window, lines: Iterable[Line]) -> set[uuid.UUID]:
    """The closed findings whose accepted report came by the deadline that then held; without one, the closing did."""
    closed = {line.finding: line for line in lines if line.closed}
    parts = FindingReport.objects.filter(
        item__finding_id__in=closed, decision=FindingReport.Decision.CLOSED, decided_at__lt=window.cut_off
    ).order_by("pk")
    answered = {
        finding: (due_on, clock.local_date(received_at))
        for finding, due_on, received_at in parts.values_list("item__finding_id", "due_on", "report__received_at")
    }
    for finding, line in closed.items():
        assert line.moved_at is not None
        answered.setdefault(finding, (line.due_on, clock.local_date(line.moved_at)))
    return {finding for finding, (due_on, done_on) in answered.items() if not days_late(due_on, done_on)}


def _notices(window: Window) -> Figures:
    of_county = statistics.of_period(county_id=window.county_id, since=window.start, until=window.cut_off).county
    return {
        "notices.issued": counted("notice", of_county.issued.ids),
        "notices.acknowledged": counted("notice", of_county.acknowledged.ids),
        "notices.returned": counted("notice", of_county.returned.ids),
        "notices.closed": counted("notice", of_county.closed.ids),
    }


def districts(lines: Iterable[Line]) -> list[dict[str, str]]:
    """The districts that the ledger names, by code; units without one last."""
    found = {line.district["code"]: line.district for line in lines}
    return [found[code] for code in sorted(found, key=lambda code: (code == NO_DISTRICT["code"], code))]


def late_list(window: Window, lines: Iterable[Line]) -> list[dict[str, Any]]:
    """What is late at the cut-off, the longest first, with the step of escalation that is due."""
    late = [line for line in lines if line.late_on(window.today)]
    rows = [
        {
            "finding": str(line.finding),
            "unit": line.unit,
            "document_number": line.document_number,
            "text": naming.shortened(line.text, naming.LONGEST_FACT),
            "severity": line.severity,
            "due_on": line.due_on.isoformat() if line.due_on else None,
            "days_late": days_late(line.due_on, window.today),
            "step": escalation(line.due_on, window.today),
        }
        for line in late
    ]
    return sorted(rows, key=lambda row: (-row["days_late"], row["document_number"], row["finding"]))


def extract(window: Window, lines: Iterable[Line]) -> tuple[list[dict[str, Any]], int]:
    """The ledger as an annex prints it: of what is new or closed in the window the serious findings and vetoes; and how
    many others there are. What is late has a list of its own.
    """
    moved = [line for line in lines if line.closed or line.issued_at >= window.start]
    told = [line for line in moved if line.severity in GRAVE and not line.late_on(window.today)]
    return [
        {
            "finding": str(line.finding),
            "document_number": line.document_number,
            "unit": line.unit,
            "text": naming.shortened(line.text, naming.LONGEST_FACT),
            "severity": SeverityLevel(line.severity).value,
            "due_on": line.due_on.isoformat() if line.due_on else None,
            "state": FindingState(line.state).label,
            "closed_on": clock.local_date(line.moved_at).isoformat() if line.closed and line.moved_at else None,
        }
        for line in told
    ], len(moved) - len(told)
