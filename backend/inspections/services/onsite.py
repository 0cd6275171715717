"""At the gate and inside: whether the crew was let in, and which classes and pupil numbers are looked at."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.inspections.models import Visit
from backend.inspections.rules.class_draw import SchoolClass, draw, seed_of
from backend.inspections.rules.errors import RuleError
from backend.inspections.selectors import crews as crew_rows
from backend.inspections.services import crews, dossiers, field
from backend.inspections.services.dossier import Dossier
from backend.journal.writing import Change, write

MOST_DRAWS = 9
"""Draws of one visit; they all stay in its document, which must fit into 64 KB."""


@dataclass(frozen=True, slots=True)
class Gate:
    """How the crew was met: `informed` and `refused_by` are posts, never names; `witness` is another inspector's id."""

    admitted: bool = True
    certificates_shown: bool = False
    informed: str = ""
    refused_by: str = ""
    reason: str = ""
    witness: int | None = None


def enter(
    *, actor: Actor, visit_id: uuid.UUID, gate: Gate, n: int | None = None, at: dt.datetime | None = None
) -> Visit:
    """The crew showed itself: the covert part ends here. It was let in, or refused, which the office hears at once.

    A refusal needs a reason and a second inspector who saw it; being let in later replaces it, and the first stays in
    the audit trail. Raises `Invalid(invalid, path)`, and what all field work raises.
    """
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        field.hear(visit, "entry", actor, n)
        _check_gate(dossier, actor, gate)
        dossier.move("enter", actor, at=at, reason=gate.reason, always=True)
        visit.entry = {
            "admitted": gate.admitted,
            "certificates_shown": gate.certificates_shown,
            "informed": gate.informed,
            "refused_by": gate.refused_by,
            "reason": gate.reason,
            "witness": gate.witness,
            **_said(actor, at),
        }
        _keep(change, dossier, visit.entry)
        change.log("visit.entered" if gate.admitted else "visit.refused", visit, **visit.entry)
        if not gate.admitted:
            change.tell("visit.refused", crews.office(actor.county_id), visit, target=visit.target.name)
    return visit


def _check_gate(dossier: Dossier, actor: Actor, gate: Gate) -> None:
    if gate.admitted:
        return
    if not gate.reason.strip():
        raise field.refuse("reason", "被拒绝进入的，请写明情形。", because="reason_missing")
    crew = crew_rows.present(dossier.visit.assignment)
    if gate.witness == actor.user_id or gate.witness not in crew:
        raise field.refuse("witness", "被拒绝进入的，须由本组另一名督查员见证。", because="witness_missing")


def draw_classes(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    classes: Sequence[SchoolClass],
    count: int = 3,
    pupils: int = 10,
    number: int | None = None,
    reason: str = "",
    at: dt.datetime | None = None,
) -> Visit:
    """Draw classes and pupil numbers from the classes there are today (`rules.class_draw` says how).

    The drawn classes become the visit's sample. A draw is never undone: another one needs a `reason`, and both stay.
    `number` is the draw's number by the phone's count (from 1): the second of two phones that drew without knowing of
    each other is refused and stays in custody. Raises `Conflict(bad_state)`, `Invalid(invalid, path)`.
    """
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        dossier.move("work", actor, at=at)
        this = _number(visit, number, reason)
        seed = seed_of(str(visit_id), this)
        try:
            drawn = draw(seed, classes, count, pupils)
        except RuleError as fault:
            raise Invalid("invalid", fault.message_zh, path=fault.path, msg=fault.message_zh) from fault
        entry: dict[str, Any] = {
            "number": this,
            "visit": str(visit_id),
            "seed": seed,
            "from": [list(one) for one in sorted(classes)],
            "count": count,
            "pupils": pupils,
            "classes": [{"grade": one.grade, "number": one.number, "pupils": list(one.pupils)} for one in drawn],
            "reason": reason,
            **_said(actor, at),
        }
        visit.draws, visit.sample = [*visit.draws, entry], entry["classes"]
        _keep(change, dossier, [entry, visit.sample])
        change.log("visit.drawn", visit, **entry)
    return visit


def _number(visit: Visit, number: int | None, reason: str) -> int:
    """The number of the draw that comes now. Raises `Conflict(bad_state)`, `Invalid`."""
    due = len(visit.draws) + 1
    if number is not None and number != due:
        raise Conflict("bad_state", f"本次到访已抽取{due - 1}次，请同步后再抽取。")
    if due > 1 and not reason.strip():
        raise field.refuse("reason", "重新抽取须写明原因，原抽取结果予以保留。", because="reason_missing")
    if due > MOST_DRAWS:
        raise Conflict("bad_state", f"一次到访最多抽取{MOST_DRAWS}次。")
    return due


def _said(actor: Actor, at: dt.datetime | None) -> dict[str, Any]:
    return {"by": actor.user_id, "at": _text(clock.now()), "device_at": _text(at)}


def _keep(change: Change, dossier: Dossier, said: Any) -> None:
    dossier.touch()
    dossier.check_room(said)
    change.put(dossier)


def _text(instant: dt.datetime | None) -> str | None:
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if instant else None
