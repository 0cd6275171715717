"""The board of the office: who is out, what came in today, what waits, what is stuck; a handful of counts."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import (
    Assignment,
    AssignmentState,
    EvidenceState,
    Finding,
    FindingState,
    PlanState,
    VisitState,
)
from backend.inspections.models.lifecycle import LOCKED
from backend.inspections.selectors import assignments, evidence, findings, plans, visits
from backend.notices.rules.lifecycle import State
from backend.notices.selectors import workload

SHOWN = 30
"""Crews that the board names; the list behind it has them all."""

SENT = (AssignmentState.RELEASED, AssignmentState.ACCEPTED, AssignmentState.DEPARTED)


@dataclass(frozen=True, slots=True)
class Out:
    """A crew on its way; `since` is when it set out, `late` whether that was before today."""

    assignment: Assignment
    since: dt.datetime | None
    doing: str
    late: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Counts by name, and the crews that are out; `tag` differs whenever anything on the board does."""

    counts: dict[str, int]
    out: Sequence[Out]

    @property
    def tag(self) -> str:
        words = [f"{name}={count}" for name, count in self.counts.items()]
        words += [f"{one.assignment.pk} {one.doing} {one.assignment.leader_id}" for one in self.out]
        return hashlib.sha256("\n".join([f"{clock.today()}", *words]).encode()).hexdigest()[:24]


def board(actor: Actor, stuck: dict[str, int]) -> Board:
    """As things stand, in nine queries; `stuck` is what the sync engine counts. What somebody may not see is not
    counted for them."""
    out = [_out(row) for row in _on_the_way(actor)]
    return Board(_sendings(actor) | _visits(actor) | _evidence(actor) | _papers(actor) | stuck, out)


def _on_the_way(actor: Actor) -> list[Assignment]:
    rows = unfinished(assignments.scoped(actor)).filter(state=AssignmentState.DEPARTED)
    rows = rows.select_related("target", "team", "leader", "visit").order_by("-departed_at", "pk")
    return list(
        rows.only(
            *("id", "state", "scheduled_on", "departed_at", "target__name", "team__name", "leader__name"),
            *("visit__id", "visit__state"),
        )[:SHOWN]
    )


def unfinished(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Those about whose visit nothing was submitted yet; one that was is the reviewer's business, not the crew's."""
    return rows.exclude(visit__state__in=LOCKED)


def _out(row: Assignment) -> Out:
    visit = getattr(row, "visit", None)
    doing = VisitState(visit.state).label if visit else AssignmentState(row.state).label
    late = row.departed_at is not None and clock.local_date(row.departed_at) < clock.today()
    return Out(row, row.departed_at, str(doing), late)


def _sendings(actor: Actor) -> dict[str, int]:
    today = clock.today()
    open_ = (AssignmentState.PLANNED, *SENT)
    rows = assignments.scoped(actor).filter(Q(state__in=open_) | Q(scheduled_on=today))
    rows = rows.exclude(state=AssignmentState.CANCELLED)
    at_work = Q(visit__isnull=True) | ~Q(visit__state__in=LOCKED)
    return rows.aggregate(
        out=Count("pk", filter=Q(state=AssignmentState.DEPARTED) & at_work),
        today=Count("pk", filter=Q(scheduled_on=today)),
        unreleased=Count("pk", filter=Q(state=AssignmentState.PLANNED)),
        missed=Count("pk", filter=Q(state__in=open_, scheduled_on__lt=today) & at_work),
    )


def _visits(actor: Actor) -> dict[str, int]:
    since = clock.midnight(clock.today())
    mine = visits.scoped(actor)
    rows = mine.filter(Q(state=VisitState.SUBMITTED) | Q(submitted_at__gte=since))
    return rows.aggregate(
        submitted=Count("pk", filter=Q(submitted_at__gte=since)),
        to_review=Count("pk", filter=Q(state=VisitState.SUBMITTED)),
    )


def _evidence(actor: Actor) -> dict[str, int]:
    mine = evidence.scoped(actor)
    return {
        "photos": mine.filter(added_at__gte=clock.midnight(clock.today())).count(),
        "corrupt": mine.filter(state=EvidenceState.CORRUPT).count(),
        "vetoes": open_vetoes(actor).count(),
    }


def open_vetoes(actor: Actor) -> QuerySet[Finding]:
    """Candidates for a veto about which nothing is settled yet, in visits that were submitted."""
    rows = findings.scoped(actor).filter(veto_candidate=True).exclude(state=FindingState.WITHDRAWN)
    return rows.filter(visit__state__in=(VisitState.SUBMITTED, VisitState.APPROVED))


def _papers(actor: Actor) -> dict[str, int]:
    waiting = workload.waiting(actor)
    return {
        "overdue": waiting["overdue"],
        "reported": waiting.get(State.REPORT_SUBMITTED, 0),
        "escalations": waiting["escalations"],
        "plans": plans.matching(actor, state=PlanState.SUBMITTED).count(),
    }
