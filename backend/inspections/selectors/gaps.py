"""Which targets are not validly visited yet, and why (workflow.md section 1.3)."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict

from backend.core.pages import Page, page_of
from backend.inspections.models import Assignment, AssignmentState, PlanKind, VisitState
from backend.inspections.selectors.coverage import Cell, Coverage, Ids
from backend.inspections.selectors.plan_lines import Key


class GapReason(StrEnum):
    """How far the newest attempt of the month came."""

    NOT_ASSIGNED = "not_assigned"
    ASSIGNED = "assigned"
    STARTED = "started"
    RETURNED = "returned"
    NOT_VALID = "not_valid"


class FailedRule(StrEnum):
    """Why a submitted visit does not count (workflow.md section 1.3)."""

    NOT_CHECKED_IN = "not_checked_in"
    OUTSIDE_WITHOUT_REASON = "outside_without_reason"
    NOT_ADMITTED = "not_admitted"
    NOT_SIGNED = "not_signed"
    AFTER_PERIOD = "after_period"


REASON_TEXT = {
    GapReason.NOT_ASSIGNED: "未安排",
    GapReason.ASSIGNED: "已安排，未开始",
    GapReason.STARTED: "已开始，未提交",
    GapReason.RETURNED: "已退回，待重新提交",
    GapReason.NOT_VALID: "已提交，不计入覆盖",
}

RULE_TEXT = {
    FailedRule.NOT_CHECKED_IN: "没有到达打卡。",
    FailedRule.OUTSIDE_WITHOUT_REASON: "打卡地点在电子围栏之外，且未说明原因。",
    FailedRule.NOT_ADMITTED: "被拒绝进入，未能检查。",
    FailedRule.NOT_SIGNED: "没有签字，也没有拒签说明。",
    FailedRule.AFTER_PERIOD: "在本期结束之后才提交，计入下一期。",
}

OPEN = (AssignmentState.PLANNED, AssignmentState.RELEASED, AssignmentState.ACCEPTED, AssignmentState.DEPARTED)
SUBMITTED = (VisitState.SUBMITTED, VisitState.APPROVED)


@dataclass(frozen=True, slots=True)
class Gap:
    """One target on one track that is not covered.

    `scheduled_on`: of the newest assignment; `rule`: which one its visit breaks, where it was submitted.
    """

    cell: Cell
    reason: GapReason
    scheduled_on: dt.date | None = None
    rule: FailedRule | None = None

    @property
    def mark(self) -> str:
        return mark(self.cell)

    @property
    def text(self) -> str:
        """One Chinese sentence."""
        day = f"，安排在{self.scheduled_on.month}月{self.scheduled_on.day}日" if self.scheduled_on else ""
        rule = f"：{RULE_TEXT[self.rule]}" if self.rule else f"{day}。"
        return REASON_TEXT[self.reason] + rule


def gaps(
    found: Coverage,
    county_id: int,
    *,
    team: uuid.UUID | None = None,
    track: str | None = None,
    reason: str | None = None,
) -> list[Gap]:
    """What is not covered, in the order of codes and tracks, as far as every filter given fits."""
    every = _why(found, county_id, open_cells(found, team=team, track=track))
    return [gap for gap in every if reason in (None, gap.reason)]


def page_of_gaps(
    found: Coverage,
    county_id: int,
    query: QueryDict,
    *,
    team: uuid.UUID | None = None,
    track: str | None = None,
    reason: str | None = None,
) -> Page[Gap]:
    """One page of `gaps`; only of what is on it the newest attempts are read, unless their reason is asked for."""
    if reason is not None:
        rows = gaps(found, county_id, team=team, track=track, reason=reason)
        return page_of(rows, query, mark=lambda gap: gap.mark)
    cells = page_of(open_cells(found, team=team, track=track), query, mark=mark)
    return Page(_why(found, county_id, cells.rows, {cell.target.pk for cell in cells.rows}), cells.next)


def open_cells(found: Coverage, *, team: uuid.UUID | None = None, track: str | None = None) -> list[Cell]:
    """What is not covered, in the order of codes and tracks."""
    open_ = [cell for cell in found.cells if cell.covered_at is None]
    return sorted((cell for cell in open_ if team in (None, cell.team) and track in (None, cell.track)), key=mark)


def mark(cell: Cell) -> str:
    """Unique and in the order of the list."""
    return f"{cell.target.code}/{cell.track}"


def _why(found: Coverage, county_id: int, cells: Sequence[Cell], targets: Ids | None = None) -> list[Gap]:
    newest = _newest(county_id, found, targets) if cells else {}
    return [_gap(cell, newest.get(cell.key)) for cell in cells]


class Attempt(NamedTuple):
    """An assignment and its visit, as far as there is one."""

    target: uuid.UUID
    track: str
    state: str
    scheduled_on: dt.date | None
    visit_state: str | None
    check_in: dict[str, Any] | None
    entry: dict[str, Any] | None
    counts_for_coverage: bool | None


COLUMNS = (
    *("target_id", "track", "state", "scheduled_on"),
    *("visit__state", "visit__check_in", "visit__entry", "visit__counts_for_coverage"),
)


def _newest(county_id: int, found: Coverage, targets: Ids | None) -> dict[Key, Attempt]:
    """The newest attempt per target (of `targets`, or all) and track, of one day the one that came further; those
    called off are none."""
    plan = found.plan
    campaign = plan is not None and plan.kind == PlanKind.SPECIAL_CAMPAIGN
    rows = Assignment.objects.filter(county_id=county_id)
    rows = rows.filter(plan=plan) if campaign else rows.filter(plan_month=found.month)
    if targets is not None:
        rows = rows.filter(target__in=targets)
    rows = rows.exclude(state=AssignmentState.CANCELLED).exclude(visit__state=VisitState.CANCELLED)
    newest_first = [F("scheduled_on").desc(), F("visit").desc(nulls_last=True), F("pk").desc()]
    place = Window(RowNumber(), partition_by=["target", "track"], order_by=newest_first)
    attempts = map(Attempt._make, rows.annotate(place=place).filter(place=1).values_list(*COLUMNS))
    return {(one.target, one.track): one for one in attempts}


def _gap(cell: Cell, attempt: Attempt | None) -> Gap:
    if attempt is None:
        return Gap(cell, GapReason.NOT_ASSIGNED)
    if attempt.visit_state is None:
        reason = GapReason.ASSIGNED if attempt.state in OPEN else GapReason.NOT_ASSIGNED
        return Gap(cell, reason, attempt.scheduled_on)
    if attempt.visit_state in SUBMITTED:
        return Gap(cell, GapReason.NOT_VALID, attempt.scheduled_on, failed_rule(attempt))
    reason = GapReason.RETURNED if attempt.visit_state == VisitState.RETURNED else GapReason.STARTED
    return Gap(cell, reason, attempt.scheduled_on)


def failed_rule(visit: Attempt) -> FailedRule:
    """The first rule of a valid visit that a submitted one breaks; all kept: it came after the period."""
    check_in = visit.check_in
    if visit.counts_for_coverage:
        return FailedRule.AFTER_PERIOD
    if not check_in:
        return FailedRule.NOT_CHECKED_IN
    if not check_in["inside"] and not check_in["reason"]:
        return FailedRule.OUTSIDE_WITHOUT_REASON
    return FailedRule.NOT_ADMITTED if visit.entry and not visit.entry["admitted"] else FailedRule.NOT_SIGNED
