"""The ledger (台账): one line per finding of an issued notice, with the columns of workflow.md section 8.

Lines are read as plain values, a page or a piece at a time: the whole ledger of years leaves through the same rows.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import FindingState, SeverityLevel
from backend.notices.models import FindingReport, NoticeFinding, Reminder
from backend.notices.rules.deadlines import days_late, escalation
from backend.notices.selectors import notices
from backend.registry.models import TargetKind

OPEN = (FindingState.IN_NOTICE, FindingState.RECTIFYING, FindingState.RETURNED)
"""States in which the unit has still to act."""

SETTLED = (FindingState.CLOSED, FindingState.WITHDRAWN, FindingState.REFERRED)
"""States in which nobody has to act any more."""

BATCH = 2000


def lines(actor: Actor) -> QuerySet[NoticeFinding]:
    """The findings of the issued notices that `actor` may know of."""
    known = notices.scoped(actor).filter(pk=OuterRef("notice_id"), issued_at__isnull=False)
    return NoticeFinding.objects.filter(Exists(known), county_id=actor.county_id)


PATHS = {
    "unit": "notice__target",
    "unit_name": "notice__target__name__contains",
    "unit_kind": "notice__target__kind",
    "district": "notice__target__district",
    "team": "notice__visit__assignment__team",
    "visit_kind": "notice__visit__kind",
    "category": "template_code",
    "severity": "severity",
    "state": "finding__state",
    "document_number": "notice__number",
    "found_since": "notice__inspected_on__gte",
    "found_until": "notice__inspected_on__lte",
    "due_since": "due_on__gte",
    "due_until": "due_on__lte",
}
"""Which column each filter narrows."""


def filtered(rows: QuerySet[NoticeFinding], **wanted: Any) -> QuerySet[NoticeFinding]:
    """Narrow `rows` by the filters of `PATHS`, and by `overdue`, `reopened`, `unsettled` (True, False, None: both)."""
    given = {PATHS[name]: value for name, value in wanted.items() if name in PATHS and value not in (None, "")}
    rows = rows.filter(**given)
    if (overdue := wanted.get("overdue")) is not None:
        rows = rows.filter(is_late()) if overdue else rows.exclude(is_late())
    if (unsettled := wanted.get("unsettled")) is not None:
        done = Q(finding__state__in=SETTLED) | Q(notice__withdrawn_at__isnull=False)
        rows = rows.exclude(done) if unsettled else rows.filter(done)
    if (reopened := wanted.get("reopened")) is not None:
        rows = rows.filter(finding__reopened__gt=0) if reopened else rows.filter(finding__reopened=0)
    return rows


def is_late() -> Q:
    """The condition that the unit should have acted before today."""
    return Q(finding__state__in=OPEN, notice__withdrawn_at__isnull=True, due_on__lt=clock.today())


class Row(NamedTuple):
    """What is read of one line; the names of the columns are in `COLUMNS`, in this order."""

    id: uuid.UUID
    notice: uuid.UUID
    number: int
    document_number: str
    unit: str
    unit_kind: str
    district: str | None
    team: str
    found_on: dt.date
    origin: str
    problem: str
    category: str
    severity: str
    legal_basis: list[str]
    due_on: dt.date | None
    responsible: str
    state: str
    reopened: int
    closed_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    relapse_found_at: dt.datetime | None


COLUMNS = (
    *("id", "notice_id", "number", "notice__number", "notice__target__name", "notice__target__kind"),
    *("notice__target__district__name", "notice__team_name", "notice__inspected_on", "notice__source", "text"),
    *("template_code", "severity", "legal_basis", "due_on", "notice__responsible", "finding__state"),
    *("finding__reopened", "finding__closed_at", "notice__withdrawn_at"),
    "finding__relapse_found_at",
)


class Part(NamedTuple):
    """What is read of a report on a finding."""

    item: uuid.UUID
    received_at: dt.datetime
    responsible: str
    measure: str
    finished_on: dt.date
    due_on: dt.date | None
    decision: str
    reviewer: str
    reviewed_at: dt.datetime | None


PART = (
    *("item_id", "report__received_at", "responsible_role", "measure", "finished_on", "due_on"),
    *("decision", "decided_by_name", "decided_at"),
)


def listed(ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """The lines of `ids`, in their order."""
    found = {row[0]: Row(*row) for row in NoticeFinding.objects.filter(pk__in=ids).values_list(*COLUMNS)}
    return list(_lines([found[pk] for pk in ids if pk in found]))


def every(rows: QuerySet[NoticeFinding]) -> Iterator[dict[str, Any]]:
    """Every line of `rows`, the oldest notice first, as they stood at one instant, with flat memory.

    On PostgreSQL inside a read-only snapshot with a cursor on the server, unless a transaction runs already; on SQLite
    the open cursor is the snapshot.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield from _every(rows)
    else:
        yield from _every(rows)


IN_ORDER = ("notice__number_year", "notice__number_serial", "number")
"""By document number: that is the order in which notices were issued."""


def _every(rows: QuerySet[NoticeFinding]) -> Iterator[dict[str, Any]]:
    found = rows.order_by(*IN_ORDER).values_list(*COLUMNS).iterator(BATCH)
    while batch := [Row(*row) for row in islice(found, BATCH)]:
        yield from _lines(batch)


def _lines(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    parts, said, today = _last_parts([row.id for row in rows]), _reminders({row.notice for row in rows}), clock.today()
    for row in rows:
        yield _line(row, parts.get(row.id), said[row.notice], today)


def _last_parts(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Part]:
    """The last report on each finding."""
    rows = FindingReport.objects.filter(item__in=ids).order_by("pk").values_list(*PART)
    return {row[0]: Part(*row) for row in rows}


def _reminders(notice_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    said: dict[uuid.UUID, list[str]] = defaultdict(list)
    rows = Reminder.objects.filter(notice__in=list(notice_ids)).order_by("pk").values_list("notice_id", "at", "step")
    for notice, at, step in rows:
        said[notice].append(f"{_date(at)} {step}")
    return said


KINDS, SEVERITIES, STATES = dict(TargetKind.choices), dict(SeverityLevel.choices), dict(FindingState.choices)
DECISIONS = dict(FindingReport.Decision.choices)


def _line(row: Row, part: Part | None, said: list[str], today: dt.date) -> dict[str, Any]:
    """One line; days late and the step of escalation are derived."""
    return {
        "id": row.id,
        "notice": row.notice,
        "number": row.number,
        "document_number": row.document_number,
        "unit": row.unit,
        "unit_kind": KINDS[row.unit_kind],
        "district": row.district or "",
        "team": row.team,
        "found_on": row.found_on,
        "origin": row.origin,
        "problem": row.problem,
        "category": row.category,
        "severity": SEVERITIES[row.severity],
        "legal_basis": row.legal_basis,
        "due_on": row.due_on,
        "state": STATES[FindingState.WITHDRAWN if row.withdrawn_at else row.state],
        "reminders": said,
        "remarks": _remarks(row),
        **_work(row, part),
        **_lateness(row, part, today),
    }


def _remarks(row: Row) -> str:
    """Of a notice that was taken back the finding may stand in another one: here it ended. A relapse found by a review
    waits for the office to open the finding again."""
    withdrawn = f"通知书于{_date(row.withdrawn_at)}撤回" if row.withdrawn_at else ""
    found = f"{_date(row.relapse_found_at)}复查发现反弹，待重新打开" if row.relapse_found_at else ""
    return "；".join(filter(None, [withdrawn, f"反弹{row.reopened}次" if row.reopened else "", found]))


def _work(row: Row, part: Part | None) -> dict[str, Any]:
    return {
        "responsible": part.responsible if part else row.responsible,
        "measure": part.measure if part else "",
        "finished_on": part.finished_on if part else None,
        "reviewer": part.reviewer if part else "",
        "reviewed_on": _date(part.reviewed_at if part else None),
        "result": DECISIONS[part.decision] if part and part.decision else "",
        "closed_on": _date(row.closed_at if row.state == FindingState.CLOSED else None),
    }


def _lateness(row: Row, part: Part | None, today: dt.date) -> dict[str, Any]:
    """A reported finding is as late as its report was; an open one is later every day."""
    if row.state in OPEN and row.withdrawn_at is None:
        return {"days_late": days_late(row.due_on, today), "escalation": escalation(row.due_on, today)}
    done = clock.local_date(part.received_at) if part else None
    return {"days_late": days_late(part.due_on, done) if part and done else 0, "escalation": ""}


def _date(instant: dt.datetime | None) -> dt.date | None:
    return clock.local_date(instant) if instant else None


HEADINGS = {
    "serial": "序号",
    "document_number": "通知书文号",
    "unit": "单位",
    "unit_kind": "类型",
    "district": "学区",
    "team": "督查组",
    "found_on": "发现日期",
    "origin": "来源",
    "problem": "问题",
    "category": "类别",
    "severity": "级别",
    "legal_basis": "依据",
    "due_on": "整改时限",
    "responsible": "责任人（职务）",
    "measure": "整改措施",
    "finished_on": "完成日期",
    "reviewer": "复查人",
    "reviewed_on": "复查日期",
    "result": "结果",
    "closed_on": "销号日期",
    "state": "状态",
    "days_late": "逾期天数",
    "reminders": "督办记录",
    "remarks": "备注",
}
"""The columns of workflow.md section 8, in their order."""

WIDTHS = (6, 20, 24, 10, 12, 16, 12, 14, 48, 8, 8, 30, 12, 14, 40, 12, 10, 12, 12, 12, 10, 10, 24, 14)
"""Of the columns in a spreadsheet, in characters."""


def cells(lines: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    """The lines as rows under `HEADINGS`, numbered from 1."""
    names = list(HEADINGS)[1:]
    for serial, line in enumerate(lines, start=1):
        row = [line[name] for name in names]
        yield [serial, *("；".join(map(str, each)) if isinstance(each, list) else each for each in row)]
