"""What every piece of field work does: move the visit's state, keep a device's words in order, refuse with a reason."""

import datetime as dt
import uuid

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.making import made
from backend.inspections.models import Assignment, CrewMember, Visit, VisitAlias, VisitTransition
from backend.inspections.models.lifecycle import visit_after
from backend.inspections.selectors import crews
from backend.journal.writing import Change

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


def check_not_recused(actor: Actor, assignment: Assignment) -> None:
    """Raises `Conflict(late_assignment)` if the actor stays away from it and nobody vouches for the work."""
    if actor.vouched_by is None and actor.user_id is not None and crews.is_recused(actor.user_id, assignment):
        raise Conflict("late_assignment", LATE)


def may_work(actor: Actor, assignment: Assignment) -> bool:
    """Whether the actor has, or had, the authority to work on it, or a reviewer vouches for the work."""
    return actor.vouched_by is not None or crews.works_on(actor, assignment)


def admit(change: Change, actor: Actor, assignment: Assignment) -> None:
    """The author of a vouched start counts as having belonged to the crew: what they did there is judged, not held.

    They read nothing by it: the membership and the grant end as they begin.
    """
    if actor.vouched_by is None or crews.works_on(actor, assignment):
        return
    count_in(change, assignment, actor.person)
    change.log("crew.admitted", assignment, user=actor.person, vouched_by=actor.vouched_by)


def count_in(change: Change, assignment: Assignment, user_id: int) -> None:
    """`user_id` counts as having belonged to the crew; it is over as it begins, and opens nothing to read."""
    now = clock.now()
    CrewMember.objects.create(assignment=assignment, user_id=user_id, joined_at=now, ended_at=now)
    change.grant(user_id, assignment.scope, starts_at=now, ends_at=now)


def step(
    visit: Visit, verb: str, actor: Actor, *, at: dt.datetime | None = None, reason: str = "", always: bool = False
) -> VisitTransition | None:
    """Take the step `verb`; one that changes the state, or is to be remembered `always`, is a row to be saved.

    Does not save the visit. Raises `Conflict`: `late_lock`, `bad_state`.
    """
    before, visit.state = visit.state, visit_after(verb, visit.state)
    if visit.state == before and not always:
        return None
    return made(
        VisitTransition,
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


def refuse(path: str, reason: str, code: str = "invalid", *, because: str = "") -> Invalid:
    """An error that names the field and says in Chinese what is wrong with it; `because` is a stable code for it."""
    if not because:
        return Invalid(code, reason, path=path, msg=reason)
    return Invalid(code, reason, path=path, msg=reason, errors=[{"path": path, "code": because, "msg": reason}])
