"""Reading papers of escalation: the office and leadership all of their county's, a unit what was issued to it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from backend.accounts.roles import UNIT_ROLES
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import in_order
from backend.notices.models import EscalationPaper, EscalationTransition
from backend.notices.rules.escalation_lifecycle import FOR_THE_UNIT, PaperState
from backend.notices.selectors import notices


def scoped(actor: Actor) -> QuerySet[EscalationPaper]:
    """The papers `actor` may know of. Proposals are the house's own and exist for no unit."""
    rows = EscalationPaper.objects.filter(county_id=actor.county_id)
    if actor.has(*notices.OVERSEERS):
        return rows
    if actor.has(*UNIT_ROLES):
        return rows.filter(
            notice__in=notices.scoped(actor).values("pk"), kind__in=FOR_THE_UNIT, state=PaperState.ISSUED
        )
    return rows.none()


def get(actor: Actor, paper_id: uuid.UUID) -> EscalationPaper:
    """One paper with its steps. Raises `NotFound`."""
    steps = Prefetch("transitions", queryset=EscalationTransition.objects.order_by("pk"))
    rows = scoped(actor).select_related("notice__target", "reminder").prefetch_related(steps)
    found = rows.filter(pk=paper_id).first()
    if found is None:
        raise NotFound("escalation_paper", paper_id)
    return found


def filtered(rows: QuerySet[EscalationPaper], **equal: Any) -> QuerySet[EscalationPaper]:
    """Narrow `rows` by `state`, `kind` or `notice`; what is empty narrows nothing."""
    return rows.filter(**{name: value for name, value in equal.items() if value})


def listed(ids: Sequence[uuid.UUID]) -> list[EscalationPaper]:
    """Those of `ids`, in their order, with the names that a list shows."""
    return in_order(EscalationPaper.objects.select_related("notice__target"), ids)
