"""What waits for somebody's word or signature, of all rooms at once: one query, as a person's list has to be short."""

import datetime as dt
import uuid
from typing import Any, NamedTuple

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast

from backend.bulletins.rules.lifecycle import State as BulletinState
from backend.bulletins.selectors import bulletins, circulars
from backend.core.actor import Actor
from backend.inspections.models import AssignmentState, PlanState, Visit, VisitState
from backend.inspections.selectors import assignments, plans, vetoes
from backend.notices.rules.escalation_lifecycle import PaperState
from backend.notices.rules.ladder import Rung
from backend.notices.rules.lifecycle import State
from backend.notices.selectors import escalations, notices, workload
from backend.registry.selectors import teams


class Awaited(NamedTuple):
    """`kind`: veto, notice, paper, bulletin, circular or plan, and of a team review, task, candidate or notice; `name`
    is the unit's, or says which issue or month. `day` is when, or by when, as far as it is known.
    """

    kind: str
    id: uuid.UUID
    name: str
    day: dt.date | None = None
    state: str = ""


def of_leadership(actor: Actor) -> list[Awaited]:
    """Candidates to judge, papers to sign, proposals to decide, plans to approve; by kind, the oldest first."""
    proposed = escalations.scoped(actor).filter(state=PaperState.PROPOSED)
    ordered = escalations.scoped(actor).filter(state=PaperState.DRAFTED, kind=Rung.SUPERVISED_ORDER)
    reviewed = BulletinState.REVIEWED
    parts = [
        _named(vetoes.waiting(actor), "veto", "target__name"),
        _named(notices.scoped(actor).filter(state=State.REVIEWED), "notice", "target__name"),
        _named(proposed | ordered, "paper", "notice__target__name"),
        _named(bulletins.scoped(actor).filter(state=reviewed), "bulletin", "period_start"),
        _named(circulars.scoped(actor).filter(state=reviewed), "circular", "month"),
        _named(plans.matching(actor, state=PlanState.SUBMITTED), "plan", "title"),
    ]
    return _read(parts)


OPEN = (AssignmentState.RELEASED, AssignmentState.ACCEPTED, AssignmentState.DEPARTED)


def of_leader(actor: Actor) -> list[Awaited]:
    """Of the teams that the actor leads: visits to review, tasks that are open, visits to draft a notice from, and
    notices that are not closed.
    """
    own = assignments.scoped(actor).filter(team__in=list(teams.led_by(actor.user_id or 0).values_list("pk", flat=True)))
    submitted = Visit.objects.filter(assignment__in=own.values("pk"), state=VisitState.SUBMITTED)
    sent = own.filter(state__in=OPEN)
    running = notices.scoped(actor).exclude(state__in=(State.CLOSED, State.WITHDRAWN))
    return _read(
        [
            _named(submitted, "review", "target__name", "assignment__scheduled_on", "assignment__team__name"),
            _named(sent, "task", "target__name", "scheduled_on", "state"),
            _named(workload.candidates(actor), "candidate", "target__name", "assignment__scheduled_on", "state"),
            _named(running, "notice", "target__name", "due_on", "state"),
        ]
    )


def _read(parts: list[QuerySet[Any, Any]]) -> list[Awaited]:
    """The rows of all parts in one query, by kind and day."""
    found = [Awaited(kind, pk, name, day, state) for kind, pk, name, day, state in parts[0].union(*parts[1:], all=True)]
    return sorted(found, key=lambda row: (row.kind, row.day or dt.date.max, row.id))


def _named(rows: QuerySet[Any], kind: str, name: str, day: str = "", state: str = "") -> QuerySet[Any, Any]:
    """Rows as (kind, key, name, day, state): the same columns whatever they are of."""
    told: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            sort=Value(kind, CharField()),
            told=Cast(F(name), CharField()),
            when=F(day) if day else Value(None, DateField()),
            how=Cast(F(state), CharField()) if state else Value("", CharField()),
        )
        .values_list("sort", "pk", "told", "when", "how")
    )
    return told
