"""Reading visits."""

import uuid

from django.db.models import QuerySet

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Visit
from backend.inspections.selectors import assignments


def scoped(actor: Actor) -> QuerySet[Visit]:
    """The visits of the assignments that `actor` may see."""
    return Visit.objects.filter(county_id=actor.county_id, assignment__in=assignments.scoped(actor).values("pk"))


def get(actor: Actor, visit_id: uuid.UUID) -> Visit:
    """One visit with target, team and people. Raises `NotFound` for unknown and for not the actor's to see."""
    visit = scoped(actor).select_related("target", "assignment__team", "assignment__leader").filter(pk=visit_id).first()
    if visit is None:
        raise NotFound("visit", visit_id)
    return visit
