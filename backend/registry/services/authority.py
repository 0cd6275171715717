"""What a service of this room may touch: the office, its own county."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import IntegrityError

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.journal.models import Journaled

J = TypeVar("J", bound=Journaled)


def only_office(actor: Actor) -> None:
    """The registry is kept by the supervision office. Raises `Forbidden`."""
    if not actor.has(Role.OFFICE, "system"):
        raise Forbidden()


def found(model: type[J], actor: Actor, id: uuid.UUID | None) -> J | None:
    """The row of the actor's county; None stays None. Raises `NotFound`."""
    if id is None:
        return None
    row = model._default_manager.filter(county_id=actor.county_id, pk=id).first()
    if row is None:
        raise NotFound(model.journal_kind, id)
    return row


def locked(model: type[J], actor: Actor, id: uuid.UUID) -> J:
    """The row of the actor's county, locked until the end of the transaction. Raises `NotFound`."""
    return locked_all(model, actor, [id])[id]


def locked_all(model: type[J], actor: Actor, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, J]:
    """The rows of the actor's county, locked in the order of their ids. Raises `NotFound` for the first one missing."""
    wanted = sorted(set(ids))
    rows = model._default_manager.select_for_update().filter(county_id=actor.county_id, pk__in=wanted)
    known: dict[uuid.UUID, J] = {row.pk: row for row in rows.order_by("pk")}
    for id in wanted:
        if id not in known:
            raise NotFound(model.journal_kind, id)
    return known


def locked_people(actor: Actor, ids: Iterable[int]) -> dict[int, User]:
    """People of the actor's county, locked in the order of their ids. Raises `NotFound` for the first one missing."""
    wanted = sorted(set(ids))
    rows = User.objects.select_for_update().filter(county_id=actor.county_id, pk__in=wanted).order_by("pk")
    known = {user.pk: user for user in rows}
    for id in wanted:
        if id not in known:
            raise NotFound("user", id)
    return known


@contextmanager
def unique_code(code: str) -> Iterator[None]:
    """Tell a taken code as such; the database decides, so that two writers at once cannot both have it."""
    try:
        yield
    except IntegrityError as fault:
        raise Conflict("code_taken", f"编码“{code}”已被使用。") from fault
