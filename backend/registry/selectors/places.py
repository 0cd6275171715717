"""Reading districts, stations and departments."""

import uuid
from typing import TypeVar

from django.db.models import Q, QuerySet

from backend.accounts.roles import FIELD_ROLES, Role
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.registry.models import Place, SchoolDistrict

P = TypeVar("P", bound=Place)


def scoped(model: type[P], actor: Actor) -> QuerySet[P]:
    """Those of the own county, for people of the field and the office; nobody else knows them."""
    if not actor.has(*FIELD_ROLES, Role.LEADERSHIP, Role.DEPARTMENT_HEAD, "system"):
        return model._default_manager.none()
    return model._default_manager.filter(county_id=actor.county_id)


def districts(actor: Actor) -> QuerySet[SchoolDistrict]:
    """Districts with their stations, scoped like all places."""
    return scoped(SchoolDistrict, actor).select_related("station")


def one(model: type[P], actor: Actor, place_id: uuid.UUID) -> P:
    """Raises `NotFound`."""
    row = scoped(model, actor).filter(pk=place_id).first()
    if row is None:
        raise NotFound(model.journal_kind, place_id)
    return row


def matching(*, q: str = "", open: bool | None = None) -> Q:
    """The condition that name or code contains `q`, and that it is open or closed as asked; for teams as well."""
    found = Q(name__contains=q) | Q(code__icontains=q) if q else Q()
    return found if open is None else found & Q(closed_at__isnull=open)
