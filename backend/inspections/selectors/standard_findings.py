"""Reading the library of standard findings."""

import uuid

from django.db.models import QuerySet

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import StandardFinding


def scoped(actor: Actor) -> QuerySet[StandardFinding]:
    """The library of the actor's county, what is out of use too."""
    return StandardFinding.objects.filter(county_id=actor.county_id)


def get(actor: Actor, standard_id: uuid.UUID) -> StandardFinding:
    """One of them. Raises `NotFound`."""
    row = scoped(actor).filter(pk=standard_id).first()
    if row is None:
        raise NotFound("standard_finding", standard_id)
    return row
