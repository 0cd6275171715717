"""What every piece of field work does: move the visit's state, keep a device's words in order, refuse with a reason."""

import datetime as dt
import uuid

from backend.core.actor import Actor
from backend.core.errors import Invalid, NotFound
from backend.inspections.models import Visit, VisitAlias, VisitTransition
from backend.inspections.models.lifecycle import visit_after

LATE = "您未被安排或已回避此次任务，内容已留存，等待组长处理。"


def locked(actor: Actor, visit_id: uuid.UUID) -> Visit:
    """The visit, locked, also by an id it is known by besides. Raises `NotFound` also for another county's."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related("assignment", "target")
    visit = rows.filter(pk=visit_id, county_id=actor.county_id).first()
    if visit is None:
        alias = VisitAlias.objects.filter(pk=visit_id).values_list("visit_id", flat=True).first()
        visit = rows.filter(pk=alias, county_id=actor.county_id).first() if alias else None
    if visit is None:
        raise NotFound("visit", visit_id)
    return visit


def step(
    visit: Visit, verb: str, actor: Actor, *, at: dt.datetime | None = None, reason: str = "", always: bool = False
) -> VisitTransition | None:
    """Take the step `verb`; one that changes the state, or is to be remembered `always`, is a row to be saved.

    Does not save the visit. Raises `Conflict`: `late_lock`, `bad_state`.
    """
    before, visit.state = visit.state, visit_after(verb, visit.state)
    if visit.state == before and not always:
        return None
    return VisitTransition(
        visit=visit,
        verb=verb,
        before=before,
        after=visit.state,
        round=visit.round,
        actor_id=actor.user_id,
        actor_name=actor.name,
        device_at=at,
        reason=reason,
    )


def move(visit: Visit, verb: str, actor: Actor, *, reason: str = "") -> None:
    """`step`, with its row saved."""
    row = step(visit, verb, actor, reason=reason)
    if row is not None:
        row.save()


class Outdated(Exception):
    """A word that a newer one of the same device has already overtaken: it changes nothing (protocol, I3)."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(str(visit.pk))
        self.visit = visit


def hear(visit: Visit, register: str, actor: Actor, n: int | None) -> None:
    """Note the device's newest word on `register` (a part of the visit). Raises `Outdated`.

    `n` is the device's counter of the operation, None where nothing came from a phone's queue.
    """
    if not is_newest(visit, register, actor, n):
        raise Outdated(visit)


def is_newest(visit: Visit, register: str, actor: Actor, n: int | None) -> bool:
    """Whether this is the device's newest word on `register`; notes it if so."""
    if n is None or actor.device_id is None:
        return True
    said, device = visit.heard.get(register, {}), str(actor.device_id)
    if n <= said.get(device, 0):
        return False
    visit.heard = {**visit.heard, register: {**said, device: n}}
    return True


def refuse(path: str, reason: str, code: str = "invalid") -> Invalid:
    """An error that names the field and says in Chinese what is wrong with it."""
    return Invalid(code, reason, path=path, msg=reason)
