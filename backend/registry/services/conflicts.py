"""Avoidance: who is kept away from a unit (重庆市教育督导条例 art. 12; workflow.md section 2).

The inspector or the unit applies, the office writes down what the head of the supervision body decides. What is
declared keeps the person away at once; only a rejection lets them be sent again.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from backend.accounts.roles import PHONE_ROLES, Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.journal.writing import write
from backend.registry.models import ConflictOfInterest, ConflictState, Declarer, RecusalKind, Target, TargetKind
from backend.registry.services.authority import found, locked, locked_people, only_office


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared; `starts_on` None: from today, and for somebody who left from the day they left."""

    target_id: uuid.UUID
    kind: str
    starts_on: dt.date | None = None
    valid_until: dt.date | None = None
    left_on: dt.date | None = None
    reason: str = ""


def declare_own(*, actor: Actor, declaration: Declaration) -> ConflictOfInterest:
    """People of the field declare a conflict of their own. Raises `Forbidden` for others, else like `record`."""
    if actor.user_id is None or not actor.has(*PHONE_ROLES):
        raise Forbidden()
    return _declare(actor, actor.user_id, declaration, Declarer.INSPECTOR)


def record(
    *, actor: Actor, user_id: int, declaration: Declaration, declared_by: str = Declarer.OFFICE
) -> ConflictOfInterest:
    """The office writes down what it learned, or what the unit or the inspector applied for.

    Raises `Forbidden`, `NotFound`, `Conflict` with `not_field_role` or `conflict_exists` (the same ground is on record
    and not rejected), `Invalid` with `empty_term`, `left_on_missing` or `left_on_future`.
    """
    only_office(actor)
    return _declare(actor, user_id, declaration, declared_by)


def _declare(actor: Actor, user_id: int, given: Declaration, declared_by: str) -> ConflictOfInterest:
    with write(actor=actor) as change:
        user = locked_people(actor, [user_id])[user_id]
        if not people.roles_of(user) & PHONE_ROLES:
            raise Conflict("not_field_role", f"“{user.name}”不是督查人员账号。")
        row = ConflictOfInterest(
            county_id=actor.county_id,
            user=user,
            target=_target(actor, given.target_id),
            kind=given.kind,
            starts_on=given.starts_on or given.left_on or clock.today(),
            valid_until=given.valid_until,
            left_on=given.left_on,
            reason=given.reason,
            declared_by=declared_by,
            declared_by_id=actor.user_id,
        )
        _check(row)
        row.save()
        change.log("conflict.declared", row, user=user_id, ground=given.kind, by=declared_by)
        change.tell("conflict.declared", people.with_role(actor.county_id, [Role.OFFICE]), row)
    return row


def _target(actor: Actor, target_id: uuid.UUID) -> Target:
    """Suspected sites are nobody's employer, and known to few."""
    target = found(Target, actor, target_id)
    if target is None or target.kind == TargetKind.SUSPECTED_SITE:
        raise NotFound("target", target_id)
    return target


def _check(row: ConflictOfInterest) -> None:
    if (row.kind == RecusalKind.LEFT_RECENTLY) != (row.left_on is not None):
        text = "“离职不满三年”须填写离职日期，其他情形不填。"
        raise Invalid("left_on_missing", text, path="left_on", msg=text)
    if row.left_on is not None and row.left_on > clock.today():
        raise Invalid("left_on_future", "离职日期不能晚于今天。", path="left_on", msg="离职日期不能晚于今天。")
    _check_term(row)
    same = ConflictOfInterest.objects.filter(user=row.user, target=row.target, kind=row.kind)
    if any(other.last_day is None or other.last_day >= row.starts_on for other in same.exclude(state="rejected")):
        raise Conflict("conflict_exists", "该人员与该单位的同一情形已有记录，请在原记录上办理。")


def _check_term(row: ConflictOfInterest) -> None:
    if row.valid_until is not None and row.valid_until < row.starts_on:
        text = "截止日期不能早于开始日期。"
        raise Invalid("empty_term", text, path="valid_until", msg=text)


def decide(
    *, actor: Actor, conflict_id: uuid.UUID, state: str, reason: str, valid_until: dt.date | None = None
) -> ConflictOfInterest:
    """Write down the decision, `decided` or `rejected`; a later one takes its place, and both stay in the audit trail.

    `valid_until` ends what is decided; None leaves the end as it is. Raises `Forbidden(own_case)` for one's own,
    `NotFound`, `Invalid(empty_term)`.
    """
    only_office(actor)
    with write(actor=actor) as change:
        row = locked(ConflictOfInterest, actor, conflict_id)
        if row.user_id == actor.user_id:
            raise Forbidden("own_case", "不能决定本人的回避事项。")
        before, row.state = row.state, ConflictState(state)
        row.valid_until = valid_until or row.valid_until
        _check_term(row)
        row.decision_reason, row.decided_at = reason, clock.now()
        row.decided_by_id, row.decided_by_name = actor.user_id, actor.name
        row.save()
        until = row.last_day.isoformat() if row.last_day else None
        change.log("conflict.decided", row, before=before, after=state, reason=reason, until=until)
        change.tell("conflict.decided", [row.user_id], row)
    return row
