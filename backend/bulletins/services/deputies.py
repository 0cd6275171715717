"""Appointing who signs while a leader is away."""

import datetime as dt
import uuid

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.bulletins.models import SigningDeputy
from backend.bulletins.selectors import deputies
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.journal.writing import write


def appoint(*, actor: Actor, deputy_id: int, starts_on: dt.date, ends_on: dt.date, reason: str) -> SigningDeputy:
    """A leader lets a person of the office sign for them on the days from `starts_on` to `ends_on`.

    Raises `Forbidden`, `NotFound(user)`, `Invalid`: `not_of_the_office`, `bad_days` (backwards, or over already).
    """
    if not actor.has(Role.LEADERSHIP) or actor.user_id is None:
        raise Forbidden()
    deputy = User.objects.filter(pk=deputy_id, county_id=actor.county_id).first()
    if deputy is None:
        raise NotFound("user", deputy_id)
    if Role.OFFICE not in people.roles_of(deputy):
        raise Invalid("not_of_the_office", "只能授权督导办人员代签。", path="deputy")
    if ends_on < starts_on or ends_on < clock.today():
        raise Invalid("bad_days", "代签的止日不能早于起日，也不能早于今天。", path="ends_on")
    with write(actor=actor) as change:
        row = SigningDeputy.objects.create(
            county_id=actor.county_id, principal_id=actor.user_id, principal_name=actor.name, deputy_id=deputy.pk,
            deputy_name=people.actor_of(deputy).name, starts_on=starts_on, ends_on=ends_on, reason=reason,
            made_at=clock.now(),
        )  # fmt: skip
        change.log("bulletin.deputy", row, deputy=deputy.pk, starts_on=str(starts_on), ends_on=str(ends_on))
    return row


def end(*, actor: Actor, appointment_id: uuid.UUID) -> SigningDeputy:
    """Take it back from now on; what was signed stays. Raises `NotFound`, `Forbidden`, `Conflict(bad_state)`."""
    if not actor.has(Role.LEADERSHIP):
        raise Forbidden()
    with write(actor=actor) as change:
        row = deputies.scoped(actor).select_for_update().filter(pk=appointment_id).first()
        if row is None:
            raise NotFound("signing_deputy", appointment_id)
        if row.ended_at is not None:
            raise Conflict("bad_state", "该授权已经收回。")
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        change.log("bulletin.deputy_ended", row)
    return row
