"""Setting answers: one call, many keys, few queries."""

import datetime as dt
import uuid
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.core.ids import uuid7
from backend.inspections.models import AnswerRevision, RevisionFate, Visit
from backend.inspections.models.answer import Register
from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.answers import validate_answer
from backend.inspections.rules.errors import RuleError
from backend.inspections.selectors import templates
from backend.inspections.services import dossiers
from backend.inspections.services import field as field_work
from backend.inspections.services.dossier import Dossier
from backend.inspections.services.merging import Incoming, Merged, Present, merge
from backend.journal.rows import Row
from backend.journal.writing import write

MOST_AT_ONCE = 1000

CHANGING = (RevisionFate.APPLIED, RevisionFate.CONFLICT)
"""Fates of a value that leave the register other than it was."""


class NewAnswer(Struct, frozen=True):
    """One answer as sent: `base` is the revision it was made upon, `settles` the rivals (ids) it decides against."""

    value: Any
    note: str = ""
    base: int = 0
    settles: tuple[str, ...] = ()


@dataclass(slots=True)
class SetResult:
    """Per key what became of it: `{status, rev}`; the whole has the worst status of all."""

    visit: Visit
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def status(self) -> str:
        found = {one["status"] for one in self.answers.values()}
        return next((status for status in ("conflict", "applied") if status in found), "merged")


def set_answers(
    *,
    actor: Actor,
    visit_id: uuid.UUID,
    answers: Mapping[str, NewAnswer],
    n: int | None = None,
    at: dt.datetime | None = None,
) -> SetResult:
    """Merge answers into the visit by the policy of `merging`; `n` is the device's counter of the operation.

    One answer that the rules refuse refuses the whole call: an operation is one deed of the inspector and stays whole
    in quarantine, where a reviewer sees it beside the reason of every answer that is refused (`errors [{path, code,
    msg}]`, codes of `rules`, `unknown_item`, `not_applicable`). Raises `NotFound`, `Conflict` (late_lock,
    late_assignment, bad_state), `Invalid(invalid, path, msg)`, also for a visit that would pass 64 KB.
    """
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        visit = dossier.visit
        dossier.move("work", actor, at=at)
        _validate(dossier, answers)
        batch = _Batch(actor, dossier, n, at)
        result = SetResult(visit, {key: batch.take(key, new) for key, new in answers.items()})
        dossier.check_room({key: (new.value, new.note) for key, new in answers.items()}, parts=len(answers))
        change.put(dossier)
        change.log("answer.set", visit, keys=sorted(answers), status=result.status)
        if result.status == "conflict":
            change.tell("answer.conflict", {visit.assignment.leader_id}, visit)
    return result


def _validate(dossier: Dossier, answers: Mapping[str, NewAnswer]) -> None:
    if not answers or len(answers) > MOST_AT_ONCE:
        raise field_work.refuse("answers", f"一次须提交1至{MOST_AT_ONCE}项应答。")
    grades = templates.grades_of(dossier.visit.target)
    faults = [fault for key, new in answers.items() if (fault := _fault(dossier, grades, key, new)) is not None]
    if faults:
        errors = [{"path": one.path, "code": one.code, "msg": one.message_zh} for one in faults]
        first = faults[0]
        raise Invalid("invalid", first.message_zh, path=first.path, msg=first.message_zh, errors=errors)


def _fault(dossier: Dossier, grades: list[int] | None, key: str, new: NewAnswer) -> RuleError | None:
    """Why one answer cannot be stored, None if it can."""
    try:
        code = parse_key(key).code
        if code not in dossier.items:
            raise _not_asked(dossier, key, code)
        validate_answer(dossier.items[code][1], key, new.value, new.note, grades=grades)
    except RuleError as fault:
        return fault
    return None


def _not_asked(dossier: Dossier, key: str, code: str) -> RuleError:
    if any(item.code == code for template in dossier.templates for item in template.items):
        return RuleError(f"answers.{key}", "not_applicable", f"条目{code}不适用于本次被查单位。")
    return RuleError(f"answers.{key}", "unknown_item", f"本次到访的清单中没有条目{code}。")


class _Batch:
    """The registers of one visit while a call changes them."""

    def __init__(self, actor: Actor, dossier: Dossier, n: int | None, at: dt.datetime | None) -> None:
        self.actor, self.dossier, self.n, self.at = actor, dossier, n, at
        self.device = str(actor.device_id) if actor.device_id else None
        self.now = clock.now()
        self.newest = dossier.newest_words(actor.device_id) if n is not None else {}
        """As it was before this call, in which each key comes once."""

    def take(self, key: str, new: NewAnswer) -> dict[str, Any]:
        row = self.dossier.answers.get(key)
        incoming = Incoming(new.value, new.note, new.base, self.device, self.n, frozenset(new.settles))
        merged = merge(_present(row), incoming, self.newest.get(key))
        if row is None or merged.fate in CHANGING or len(row.rivals) != len(merged.rivals):
            row = self._changed(row, key, new, merged)
            self.dossier.set_answer(row)
        self._remember(row, new, merged)
        return {"status": merged.status, "rev": row.rev}

    def _changed(self, row: Register | None, key: str, new: NewAnswer, merged: Merged) -> Register:
        fresh = Register(key, at=self.now) if row is None else copy(row)
        if merged.fate == RevisionFate.APPLIED:
            fresh.value, fresh.note, fresh.rev = new.value, new.note, fresh.rev + 1
            fresh.author_id, fresh.device_id, fresh.at = self.actor.user_id, self.actor.device_id, self.now
        fresh.rivals = [dict(rival) for rival in merged.rivals]
        if merged.fate == RevisionFate.CONFLICT:
            fresh.rivals.append(self._rival(new))
        return fresh

    def _rival(self, new: NewAnswer) -> dict[str, Any]:
        now = self.now.isoformat().replace("+00:00", "Z")
        return {
            "id": str(uuid7()),
            "value": new.value,
            "note": new.note,
            "by": self.actor.user_id,
            "device": self.device,
            "at": now,
        }

    def _remember(self, row: Register, new: NewAnswer, merged: Merged) -> None:
        self.dossier.add(
            Row(
                AnswerRevision,
                visit_id=self.dossier.visit.id,
                key=row.key,
                value=new.value,
                note=new.note,
                rev=row.rev if merged.fate == RevisionFate.APPLIED else None,
                base=new.base,
                fate=merged.fate,
                author_id=self.actor.user_id,
                device_id=self.actor.device_id,
                n=self.n,
                device_at=self.at,
                received_at=self.now,
            )
        )
        if self.n is not None:
            self.dossier.hear(self.actor.device_id, row.key, self.n)


def _present(row: Register | None) -> Present | None:
    if row is None:
        return None
    device = str(row.device_id) if row.device_id else None
    return Present(row.value, row.note, row.rev, device, tuple(row.rivals))


def settle(*, actor: Actor, visit_id: uuid.UUID, key: str, choice: str) -> SetResult:
    """Somebody of the crew picks: `choice` is `current` or the id of a rival; the other values go, kept on record.

    Raises `Invalid` if the key has no such rival, and what `set_answers` raises.
    """
    with write(actor=actor) as change:
        row = dossiers.for_work(change, actor, visit_id).answers.get(key)
        rivals = {rival["id"]: rival for rival in row.rivals} if row else {}
        if row is None or (choice != "current" and choice not in rivals):
            raise field_work.refuse("choice", "没有可供选择的冲突应答。")
        value, note = (row.value, row.note) if choice == "current" else _of(rivals[choice])
        new = NewAnswer(value, note, row.rev, tuple(rivals))
        return set_answers(actor=actor, visit_id=visit_id, answers={key: new})


def _of(rival: Mapping[str, Any]) -> tuple[Any, str]:
    return rival["value"], str(rival["note"])
