"""The ledger (台账): one line per finding of an issued notice, with the columns of workflow.md section 8."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import in_order
from backend.inspections.models import FindingState, SeverityLevel
from backend.notices.models import FindingReport, NoticeFinding
from backend.notices.rules.deadlines import days_late, escalation
from backend.notices.selectors import notices
from backend.registry.models import TargetKind


def lines(actor: Actor) -> QuerySet[NoticeFinding]:
    """The findings of the issued notices that `actor` may know of."""
    known = notices.scoped(actor).filter(pk=OuterRef("notice_id"), issued_at__isnull=False)
    return NoticeFinding.objects.filter(Exists(known), county_id=actor.county_id)


LINE = (
    *("id", "notice", "finding", "number", "template_code", "text", "severity", "legal_basis", "due_on"),
    *("finding__state", "finding__reopened", "finding__closed_at"),
    *("notice__number", "notice__team_name", "notice__inspected_on", "notice__source", "notice__responsible"),
    *("notice__withdrawn_at", "notice__target__name", "notice__target__kind", "notice__target__district__name"),
)
PART = (
    *("id", "item", "report__received_at", "responsible_role", "measure", "finished_on", "due_on"),
    *("decision", "decided_by_name", "decided_at"),
)
"""What a line shows of its finding and notice, and of the last report on it."""


def listed(ids: Sequence[uuid.UUID]) -> list[NoticeFinding]:
    """Those of `ids`, in their order, with what a line shows."""
    parts = FindingReport.objects.select_related("report").only(*PART).order_by("pk")
    rows = NoticeFinding.objects.select_related("finding", "notice__target__district").only(*LINE)
    return in_order(rows.prefetch_related(Prefetch("reports", queryset=parts), "notice__reminders"), ids)


def line(item: NoticeFinding) -> dict[str, Any]:
    """One line; days late and the step of escalation are derived."""
    notice, target = item.notice, item.notice.target
    return {
        "id": item.pk,
        "notice": notice.pk,
        "number": item.number,
        "document_number": notice.number,
        "unit": target.name,
        "unit_kind": TargetKind(target.kind).label,
        "district": target.district.name if target.district else "",
        "team": notice.team_name,
        "found_on": notice.inspected_on,
        "origin": notice.source,
        "problem": item.text,
        "category": item.template_code,
        "severity": SeverityLevel(item.severity).label,
        "legal_basis": item.legal_basis,
        "due_on": item.due_on,
        "state": FindingState(item.finding.state).label,
        "reminders": [f"{_date(each.at)} {each.step}" for each in notice.reminders.all()],
        "remarks": f"反弹{item.finding.reopened}次" if item.finding.reopened else "",
        **_work(item),
        **_lateness(item),
    }


def _work(item: NoticeFinding) -> dict[str, Any]:
    part = next(reversed(item.reports.all()), None)
    closed = item.finding.state == FindingState.CLOSED
    return {
        "responsible": part.responsible_role if part else item.notice.responsible,
        "measure": part.measure if part else "",
        "finished_on": part.finished_on if part else None,
        "reviewer": part.decided_by_name if part else "",
        "reviewed_on": _date(part.decided_at if part else None),
        "result": part.get_decision_display() if part and part.decision else "",
        "closed_on": _date(item.finding.closed_at if closed else None),
    }


def _lateness(item: NoticeFinding) -> dict[str, Any]:
    """A reported finding is as late as its report was; an open one is later every day."""
    part = next(reversed(item.reports.all()), None)
    open_now = item.finding.state in (FindingState.IN_NOTICE, FindingState.RECTIFYING, FindingState.RETURNED)
    if open_now and item.notice.withdrawn_at is None:
        today = clock.today()
        return {"days_late": days_late(item.due_on, today), "escalation": escalation(item.due_on, today)}
    done = clock.local_date(part.report.received_at) if part else None
    return {"days_late": days_late(part.due_on, done) if part and done else 0, "escalation": ""}


def _date(instant: dt.datetime | None) -> dt.date | None:
    return clock.local_date(instant) if instant else None
