"""Who of the office may sign: notices for good by a right, papers of every kind from day to day as a deputy."""

import datetime as dt
import uuid

from django.contrib.auth.models import Permission

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.journal.writing import write
from backend.notices.models import SigningDeputy
from backend.notices.services.refusals import on_record


def allow_signing(*, actor: Actor, user_id: int, allowed: bool) -> User:
    """Leadership gives a person of the office the right to sign, or takes it back.

    Raises `Forbidden`, `NotFound(user)`, `Invalid(not_of_the_office)`.
    """
    with on_record(actor=actor, action="allow_signing", user_id=user_id):
        user = _chosen(actor, user_id)
        if allowed:
            _only_office(user)
    right = Permission.objects.get(content_type__app_label="notices", codename="sign_notice")
    with write(actor=actor) as change:
        if allowed:
            user.user_permissions.add(right)
        else:
            user.user_permissions.remove(right)
        change.log("notice.signing_right", user, allowed=allowed)
    return user


LONGEST_DAYS = 92
"""A deputy signs for three months at most (product default); whoever signs for longer is given the right itself."""


def appoint(*, actor: Actor, user_id: int, starts_on: dt.date, ends_on: dt.date, reason: str = "") -> SigningDeputy:
    """Leadership lets a person of the office sign from `starts_on` to `ends_on`, both included.

    Raises `Forbidden`, `NotFound(user)`, `Invalid`: `not_of_the_office`, `deputy_dates`.
    """
    with on_record(actor=actor, action="appoint_deputy", user_id=user_id):
        user = _chosen(actor, user_id)
        _only_office(user)
        if not clock.today() <= ends_on or not 0 <= (ends_on - starts_on).days < LONGEST_DAYS:
            raise Invalid("deputy_dates", f"代签的起止日期有误：不得早于今天结束，最长{LONGEST_DAYS}日。")
    with write(actor=actor) as change:
        row = SigningDeputy.objects.create(
            county_id=actor.county_id,
            user_id=user.pk,
            name=user.name[:40],
            starts_on=starts_on,
            ends_on=ends_on,
            reason=reason,
            appointed_by=actor.person,
            appointed_by_name=actor.name[:40],
            appointed_at=clock.now(),
        )
        term = f"{starts_on.isoformat()}/{ends_on.isoformat()}"
        change.log("signing.deputy_appointed", row, user=user.pk, term=term)
    return row


def end_deputy(*, actor: Actor, deputy_id: uuid.UUID) -> SigningDeputy:
    """End a deputy's time at once. Raises `Forbidden`, `NotFound(signing_deputy)`, `Conflict(deputy_ended)`."""
    with on_record(actor=actor, action="end_deputy", deputy_id=deputy_id), write(actor=actor) as change:
        if not actor.has(Role.LEADERSHIP):
            raise Forbidden()
        row = SigningDeputy.objects.select_for_update().filter(county_id=actor.county_id, pk=deputy_id).first()
        if row is None:
            raise NotFound("signing_deputy", deputy_id)
        if row.ended_at is not None:
            raise Conflict("deputy_ended", "该代签授权已终止。")
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        change.log("signing.deputy_ended", row, user=row.user_id)
    return row


def _chosen(actor: Actor, user_id: int) -> User:
    if not actor.has(Role.LEADERSHIP):
        raise Forbidden()
    user = User.objects.filter(pk=user_id, county_id=actor.county_id).first()
    if user is None:
        raise NotFound("user", user_id)
    return user


def _only_office(user: User) -> None:
    if Role.OFFICE not in people.roles_of(user):
        raise Invalid("not_of_the_office", "只能授权督导办人员签发。")
