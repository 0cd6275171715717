"""A visit as it happens: start, check in, sample, feed back, sign, raise the alarm, cancel."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, NotFound
from backend.core.lookup import existing, find_one
from backend.inspections.models import Assignment, Visit, VisitAlias
from backend.inspections.selectors import crews as crew_rows
from backend.inspections.services import assignments, crews, dossiers, field, geofence, own_visits
from backend.inspections.services.dossier import Dossier
from backend.journal.writing import Change, write

BEFORE_DEPARTURE = ("released", "accepted")

LEAST_ACCURATE = 40_000_000
"""Metres around the earth. PostgreSQL gives a larger number in JSON back as a whole number that JSON cannot hold: it
would make the visit unreadable for good."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the phone says it is: degrees, `accuracy` in metres, `datum` wgs84 or gcj02."""

    lng: float
    lat: float
    accuracy: float | None = None
    datum: str = "wgs84"


@dataclass(frozen=True, slots=True)
class Started:
    """The visit, and whether this call began it."""

    visit: Visit
    new: bool


def start(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    assignment_id: uuid.UUID | None = None,
    target_id: uuid.UUID | None = None,
    rev: int = 0,
    at: dt.datetime | None = None,
) -> Started:
    """Begin the visit of an assignment, or without one at a target met on the road.

    `rev` is the revision of the assignment that the phone saw, 0 where it does not say. Whoever that revision was ever
    granted to may begin, however late and also after a reassignment (protocol, Push). A second phone of the crew that
    begins under another id joins the first. Raises `Conflict`: `late_assignment` for an assignment never granted,
    unknown, or ended by recusal, all alike; `bad_state` for one that was called off.
    """
    with write(actor=actor) as change:
        ids = existing({Visit: [visit_id], VisitAlias: [visit_id]})
        known = _known(change, visit_id, begun=(Visit, visit_id) in ids)
        if known is not None:
            return _again(change, actor, known, assignment_id)
        if assignment_id is None and target_id is None:
            raise field.refuse("assignment", "请指明任务或检查对象。")
        if assignment_id is None:
            assignment = own_visits.begin(change, actor, target_id)
        else:
            assignment, setting_out = _granted(actor, assignment_id, rev)
            field.admit(change, actor, assignment)
            if setting_out and not _moved(assignment, rev):
                assignments.set_out(change, assignment)
        moved = _moved(assignment, rev)
        under_way = find_one(Visit, id=moved) if moved else find_one(Visit, assignment_id=assignment.pk)
        if under_way is not None:
            return _join(change, under_way, visit_id)
        alias = find_one(VisitAlias, id=visit_id) if (VisitAlias, visit_id) in ids else None
        if alias is not None:  # or the visit would take what the other crew's second phone does under this id
            raise _taken(actor, alias.visit)
        return Started(_begin(change, actor, visit_id, assignment, rev, at), new=True)


def _moved(assignment: Assignment, rev: int) -> uuid.UUID | None:
    """The visit that whoever saw this revision meant, where it was filed under another assignment since."""
    return assignment.moved_visit if 0 < rev <= assignment.moved_rev else None


def _known(change: Change, visit_id: uuid.UUID, *, begun: bool) -> Visit | None:
    """The visit of this id in whatever county, begun in this transaction or before."""
    here = next((one.visit for one in change.held(Dossier) if one.visit.pk == visit_id), None)
    return here or (find_one(Visit, id=visit_id) if begun else None)


def _granted(actor: Actor, assignment_id: uuid.UUID, rev: int) -> tuple[Assignment, bool]:
    """The assignment, locked, and whether the crew departs with this start: its present leader begins, as such.

    The late start of somebody who was replaced says nothing about the crew that was sent instead: whoever belongs to
    that learns where to when its own leader departs.
    """
    try:
        assignment = assignments.locked(actor, assignment_id)
    except NotFound:
        raise Conflict("late_assignment", field.LATE) from None
    terms = crew_rows.terms(actor.user_id, assignment, rev=rev) if actor.user_id is not None else []
    if not terms and actor.vouched_by is None:
        raise Conflict("late_assignment", field.LATE)
    field.check_not_recused(actor, assignment)
    if assignment.state == "cancelled":
        raise Conflict("bad_state", "任务已取消。")
    leads = any(term.is_leader and term.ended_at is None for term in terms)
    return assignment, leads and assignment.state in BEFORE_DEPARTURE


def _again(change: Change, actor: Actor, visit: Visit, assignment_id: uuid.UUID | None) -> Started:
    """The same visit is begun once more; to a stranger its id is one that cannot be used."""
    if assignment_id not in (None, visit.assignment_id) and str(assignment_id) not in _earlier(visit):
        raise _taken(actor, visit)
    if visit.county_id != actor.county_id or not field.may_work(actor, visit.assignment):
        raise Conflict("late_assignment", field.LATE)
    field.admit(change, actor, visit.assignment)
    return Started(visit, new=False)


def _earlier(visit: Visit) -> set[str]:
    """The assignments under which the visit was filed before."""
    return {str(one["assignment"]) for one in visit.refiled}


def _join(change: Change, visit: Visit, other_id: uuid.UUID) -> Started:
    if other_id != visit.pk:
        alias, _ = VisitAlias.objects.get_or_create(pk=other_id, defaults={"visit": visit})
        if alias.visit_id != visit.pk:
            raise _taken(change.actor, alias.visit)
        change.put(alias)
        change.log("visit.joined", visit, other=str(other_id))
    return Started(visit, new=False)


def _taken(actor: Actor, visit: Visit) -> Conflict:
    """The id is in use for another visit. Whoever did not work on that learns nothing else of it: not what has the id,
    nor in which county; the answer is that of an assignment which was never granted.
    """
    if visit.county_id != actor.county_id or not field.may_work(actor, visit.assignment):
        return Conflict("late_assignment", field.LATE)
    return Conflict("bad_state", "该编号已用于另一次到访。")


def _begin(
    change: Change, actor: Actor, visit_id: uuid.UUID, assignment: Assignment, rev: int, at: dt.datetime | None
) -> Visit:
    visit = Visit(
        id=visit_id,
        county_id=actor.county_id,
        assignment=assignment,
        target=assignment.target,
        track=assignment.track,
        kind=assignment.kind,
        mode=assignment.mode,
        plan_month=assignment.plan_month,
        templates=assignment.templates,
        assignment_rev=rev,
        started_by=actor.user_id,
    )
    dossier = dossiers.begun(change, actor, visit)
    dossier.move("start", actor, at=at)
    change.put(dossier)
    change.log("visit.started", visit, assignment=str(assignment.pk), rev=rev)
    return visit


def check_in(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    place: Place | None,
    reason: str = "",
    n: int | None = None,
    at: dt.datetime | None = None,
) -> Visit:
    """Arrived. Outside the geofence, or without a position, a reason is needed; nothing else is held up.

    Raises `Invalid(invalid, path="reason")`.
    """
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        field.hear(visit, "check_in", actor, n)
        found = arrival(visit, place)
        if not found["inside"] and not reason.strip():
            raise field.refuse("reason", "到达位置不在学校范围内或未取得定位，请写明原因。")
        dossier.move("check_in", actor, at=at, reason=reason, always=True)
        said = {"reason": reason, "by": actor.user_id, "at": _text(clock.now()), "device_at": _text(at)}
        visit.check_in = {**found, **said}
        _keep(change, dossier, visit.check_in)
        change.log("visit.checked_in", visit, metres=found["metres"], inside=found["inside"])
    return visit


def arrival(visit: Visit, place: Place | None) -> dict[str, Any]:
    """Whether the place is at the visit's target: `{place, metres, inside}`."""
    target = visit.target
    if place is None:
        return {"place": None, "metres": None, "inside": False}
    if target.longitude is None or target.latitude is None:
        return {"place": asdict(place), "metres": None, "inside": True}
    there = geofence.Point(target.longitude, target.latitude, target.datum)
    metres = geofence.distance(geofence.Point(place.lng, place.lat, place.datum), there)
    return {"place": asdict(place), "metres": round(metres), "inside": geofence.is_inside(metres, place.accuracy)}


def sample(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    classes: Sequence[Mapping[str, Any]],
    n: int | None = None,
    at: dt.datetime | None = None,
) -> Visit:
    """The classes and pupil numbers drawn on site: `{grade, number, pupils}` each, never a name (workflow.md 3)."""
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        field.hear(visit, "sample", actor, n)
        dossier.move("work", actor, at=at)
        visit.sample = [dict(one) for one in classes]
        _keep(change, dossier, visit.sample)
        change.log("visit.sampled", visit, classes=len(classes))
    return visit


def amend(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    details: Mapping[str, Any],
    n: int | None = None,
    at: dt.datetime | None = None,
) -> Visit:
    """Set details of the visit (remarks, number of the check notice, card numbers); others stay as they are."""
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        dossier.move("note", actor, at=at)
        fresh = {name: value for name, value in details.items() if field.is_newest(visit, f"details.{name}", actor, n)}
        visit.details = {**visit.details, **fresh}
        _keep(change, dossier, visit.details)
        change.log("visit.amended", visit, fields=sorted(details))
    return visit


def feedback(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    text: str,
    explanation: str = "",
    n: int | None = None,
    at: dt.datetime | None = None,
) -> Visit:
    """What was told to the unit on site, and what its head said to it."""
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        field.hear(visit, "feedback", actor, n)
        dossier.move("feedback", actor, at=at)
        visit.feedback = {"text": text, "explanation": explanation, "by": actor.user_id, "at": _text(clock.now())}
        _keep(change, dossier, visit.feedback)
        change.log("visit.feedback_given", visit)
    return visit


def sign(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    inspectors: Sequence[str] = (),
    unit: Sequence[str] = (),
    refused: str = "",
    n: int | None = None,
    at: dt.datetime | None = None,
) -> Visit:
    """Signatures as evidence ids, of the inspectors and of the unit's head, or why the head refused.

    Parts may come one after another; an empty part leaves what was there.
    """
    if not (inspectors or unit or refused.strip()):
        raise field.refuse("inspectors", "请提供签名，或写明拒签原因。")
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        field.hear(visit, "signatures", actor, n)
        dossier.move("note", actor, at=at)
        before = visit.signatures or {"inspectors": [], "unit": [], "refused": ""}
        visit.signatures = {
            "inspectors": list(inspectors) or before["inspectors"],
            "unit": list(unit) or before["unit"],
            "refused": refused or before["refused"],
        }
        _keep(change, dossier, visit.signatures)
        change.log("visit.signed", visit, inspectors=len(inspectors), unit=len(unit), refused=bool(refused))
    return visit


def alarm(
    *, actor: Actor, visit_id: uuid.UUID, text: str, place: Place | None = None, at: dt.datetime | None = None
) -> Visit:
    """Danger: office and leadership are told at once, whatever state the visit is in (条例 art. 15)."""
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        told = crews.office(actor.county_id) | crews.leadership(actor.county_id)
        change.tell("visit.alarm", told, visit, text=text[:200], target=visit.target.name)
        change.log("visit.alarm", visit, text=text, place=asdict(place) if place else None)
    return visit


def cancel(*, actor: Actor, visit_id: uuid.UUID, reason: str, at: dt.datetime | None = None) -> Visit:
    """Break off a visit that has not been submitted, with a reason; by its crew or the office. Its scope closes."""
    if not reason.strip():
        raise field.refuse("reason", "取消到访须写明原因。")
    with write(actor=actor) as change:
        find = dossiers.opened if actor.has(Role.OFFICE) else dossiers.for_work
        dossier = find(change, actor, visit_id)
        visit = dossier.visit
        dossier.move("cancel", actor, at=at, reason=reason)
        change.put(dossier)
        _call_off(change, actor, visit, reason)
        change.tell("visit.cancelled", crews.office(actor.county_id), visit)
        change.log("visit.cancelled", visit, reason=reason)
    return visit


def _call_off(change: Change, actor: Actor, visit: Visit, reason: str) -> None:
    """The assignment ends with its visit, and the crew's reading with it (architecture, Scopes)."""
    assignment = assignments.locked(actor, visit.assignment_id)
    assignments.call_off(change, assignment, reason)


def _keep(change: Change, dossier: Dossier, said: Any) -> None:
    """`said` was set in the visit."""
    dossier.touch()
    dossier.check_room(said)
    change.put(dossier)


def _text(instant: dt.datetime | None) -> str | None:
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if instant else None
