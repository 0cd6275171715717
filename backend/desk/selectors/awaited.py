"""What waits for somebody's word or signature, of all rooms at once: one query, as a person's list has to be short."""

import uuid
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from backend.bulletins.rules.lifecycle import State as BulletinState
from backend.bulletins.selectors import bulletins, circulars
from backend.core.actor import Actor
from backend.inspections.models import PlanState
from backend.inspections.selectors import plans, vetoes
from backend.notices.rules.escalation_lifecycle import PaperState
from backend.notices.rules.ladder import Rung
from backend.notices.rules.lifecycle import State
from backend.notices.selectors import escalations, notices


class Awaited(NamedTuple):
    """`kind`: veto, notice, paper, bulletin, circular or plan; `name` is the unit's, or says which issue or month."""

    kind: str
    id: uuid.UUID
    name: str


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
    found = [Awaited(*row) for row in parts[0].union(*parts[1:], all=True)]
    order = [row.kind for row in found if row.kind]
    return sorted(found, key=lambda row: (order.index(row.kind), row.id))


def _named(rows: QuerySet[Any], kind: str, name: str) -> QuerySet[Any, Any]:
    told = Cast(F(name), CharField())
    return rows.order_by().annotate(sort=Value(kind, CharField()), told=told).values_list("sort", "pk", "told")
