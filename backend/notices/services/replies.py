"""What the unit does with its notice, short of reporting: acknowledge, object, ask for time."""

import uuid

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.inspections.models import SeverityLevel
from backend.notices.models import Defence, Extension, NoticeFinding, RectificationNotice
from backend.notices.rules.deadlines import DEFENCE_DAYS, due_date, longest_extension
from backend.notices.rules.lifecycle import ASKABLE, Party, State
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services import ladder
from backend.notices.services.steps import Step, changing, require


def acknowledge(*, actor: Actor, notice_id: uuid.UUID) -> RectificationNotice:
    """The unit confirms that it has the notice. One that nobody could be served with is thereby delivered.

    Raises `NotFound`, `Conflict(bad_state)`.
    """
    with changing(actor=actor, notice_id=notice_id, action="acknowledge") as step:
        notice = step.notice
        step.permit("acknowledge")
        if notice.state == State.ISSUED:
            step.take("deliver", "系统签收")
            notice.delivered_at, notice.delivery_way = clock.now(), "系统签收"
            ladder.on_veto(step)
        step.take("acknowledge")
        notice.acknowledged_at, notice.received_by = clock.now(), actor.name[:40]
        step.tell_office("notice.acknowledged")
    return notice


def object_to(*, actor: Actor, notice_id: uuid.UUID, text: str) -> RectificationNotice:
    """The unit's written defence, within 5 days of service, once; deadlines rest until it is answered.

    Raises `Conflict`: `bad_state`, `defence_given`, `defence_too_late`.
    """
    with changing(actor=actor, notice_id=notice_id, action="object") as step:
        notice = step.notice
        step.take("object")
        if Defence.objects.filter(notice=notice).exists():
            raise Conflict("defence_given", "本通知书已提出过申辩。")
        assert notice.delivered_at is not None
        if clock.today() > due_date(clock.local_date(notice.delivered_at), DEFENCE_DAYS):
            raise Conflict("defence_too_late", f"申辩期限为送达后{DEFENCE_DAYS}日，现已超过。")
        Defence.objects.create(
            notice=notice, text=text, author_id=step.person, author_name=actor.name[:40], received_at=clock.now()
        )
        step.tell_office("notice.defence")
    return notice


def request_extension(*, actor: Actor, notice_id: uuid.UUID, days: int, reason: str) -> RectificationNotice:
    """Ask for more time: once, before the deadline, at most half of the first term, never for a veto.

    Raises `Conflict`: `bad_state`, `extension_asked`, `deadline_passed`, `not_extendable`;
    `Invalid(extension_too_long)`.
    """
    with changing(actor=actor, notice_id=notice_id, action="extend") as step:
        notice = step.notice
        require(actor, Party.UNIT)
        step.only_in("申请延期", *ASKABLE)
        if Extension.objects.filter(notice=notice).exists():
            raise Conflict("extension_asked", "延期以一次为限，本通知书已申请过。")
        if notice.is_overdue(clock.today()):
            raise Conflict("deadline_passed", "整改期限已过，不能再申请延期。")
        _check_days(step, days)
        Extension.objects.create(
            notice=notice,
            days=days,
            reason=reason,
            author_id=step.person,
            author_name=actor.name[:40],
            requested_at=clock.now(),
        )
        step.change.log("notice.extension_asked", notice, days=days)
        step.tell_office("notice.extension")
    return notice


def _check_days(step: Step, days: int) -> None:
    most = max((longest_extension(row.due_days) for row in extendable(step)), default=0)
    if most == 0:
        raise Conflict("not_extendable", "所列问题不适用延期。")
    if days > most:
        raise Invalid("extension_too_long", f"延期不得超过原期限的一半，最多{most}日。", most=most)


def extendable(step: Step) -> list[NoticeFinding]:
    """The open findings whose term may be extended: none that is a veto."""
    return [row for row in step.items(*OPEN_FINDINGS) if row.severity != SeverityLevel.VETO]
