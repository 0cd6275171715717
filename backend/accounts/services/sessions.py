"""Signing devices in and out, and giving out tokens (protocol, Transport)."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from backend.accounts import tokens
from backend.accounts.models import Device, DeviceSession, User
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound, Unauthorized
from backend.journal.turnstile import turn
from backend.journal.writing import write

SESSION_LIFE = timedelta(days=90)
"""A session lives this long after its last refresh; also how long deposit-only access lasts."""

LATE = timedelta(minutes=2)
"""How long after a rotation an older request may still arrive by itself: a bad line delivers some twice, much later."""

SIGNED_OUT = "登录已失效，请重新登录。"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A fresh pair for one device session."""

    access: str
    refresh: str
    session: DeviceSession


def sign_in(*, user: User, device_id: uuid.UUID, name: str, platform: str) -> Tokens:
    """Open a session of `user` on a device whose password has just been checked.

    Raises `Conflict(device_taken)` when the device id belongs to somebody else,
    `Forbidden(device_revoked)` when the device was revoked.
    """
    with write(actor=people.actor_of(user)) as change:
        device, new = Device.objects.get_or_create(
            id=device_id, defaults={"user": user, "name": name, "platform": platform}
        )
        if device.user_id != user.pk:
            raise Conflict("device_taken", "此设备编号已登记给其他人员，请重新生成。")
        if device.revoked_at is not None:
            raise Forbidden("device_revoked", "此设备已被停用，请联系督导办。")
        device.name, device.platform, device.seen_at = name, platform, clock.now()
        device.save()
        session = DeviceSession.objects.create(
            device=device, user=user, secret=secrets.token_bytes(32), expires_at=clock.now() + SESSION_LIFE
        )
        change.log("device.registered" if new else "device.signed_in", device)
    return _pair(session)


def refresh(*, token: str) -> Tokens:
    """A new pair for a refresh token.

    The newest token moves the session on; the one before it is answered with the newest again, so a phone that
    lost one answer stays signed in. Anything older is a copied token: the session ends, unless the newest is so young
    that this may be a copy of an earlier request which the network brought late. Raises `Unauthorized`.
    """
    claim = tokens.parse_refresh(token)
    session = DeviceSession.objects.select_related("user", "device").filter(pk=claim.session_id).first()
    if session is None or not tokens.is_genuine(token, session):
        raise Unauthorized("token_invalid", SIGNED_OUT)
    if session.ended_at is not None or session.expires_at <= clock.now() or _closed_for_good(session):
        raise Unauthorized("session_ended", SIGNED_OUT)
    if claim.counter > session.counter:
        _catch_up(session, claim.counter)
    if claim.counter not in {session.counter, session.counter - 1}:
        return _stolen(session)
    if claim.counter == session.counter:
        _advance(session)
    return _pair(session)


def _advance(session: DeviceSession) -> None:
    now = clock.now()
    with turn(), transaction.atomic():
        DeviceSession.objects.filter(pk=session.pk, counter=session.counter).update(
            counter=session.counter + 1, expires_at=now + SESSION_LIFE
        )
        Device.objects.filter(pk=session.device_id).update(seen_at=now)
    session.refresh_from_db(fields=["counter", "expires_at"])


def _catch_up(session: DeviceSession, counter: int) -> None:
    """Only we could have sealed a token that is ahead of its session: after the backup from which this database was
    restored. Nobody has to sign in again because of that."""
    with turn():
        DeviceSession.objects.filter(pk=session.pk, counter__lt=counter).update(counter=counter)
    session.refresh_from_db(fields=["counter"])


def _stolen(session: DeviceSession) -> Tokens:
    if clock.now() < session.expires_at - SESSION_LIFE + LATE:
        raise Unauthorized("token_reused", SIGNED_OUT)
    with write(actor=people.actor_of(session.user)) as change:
        DeviceSession.objects.filter(pk=session.pk).update(ended_at=clock.now())
        change.log("session.token_reused", session.device)
        change.touch(session.user.scope)
    raise Unauthorized("token_reused", SIGNED_OUT)


def _closed_for_good(session: DeviceSession) -> bool:
    """Revoked or disabled longer ago than deposit-only access lasts."""
    closed = [at for at in (session.device.revoked_at, session.user.disabled_at) if at is not None]
    return bool(closed) and min(closed) + SESSION_LIFE <= clock.now()


def sign_out(*, actor: Actor, session_id: int) -> None:
    """End the caller's own session; repeating it does no harm."""
    found = DeviceSession.objects.filter(pk=session_id, user_id=actor.person, ended_at__isnull=True)
    session = found.select_related("device", "user").first()
    if session is None:
        return
    with write(actor=actor) as change:
        found.update(ended_at=clock.now())
        change.log("device.signed_out", session.device)
        change.touch(session.user.scope)


def end_pages(*, user: User) -> None:
    """Somebody signs out from a page: the tickets of that person's pages are over, and live sockets hear of it."""
    with write(actor=people.actor_of(user)) as change:
        User.objects.filter(pk=user.pk).update(pages_ended_at=clock.now())
        change.log("user.signed_out", user, by="page")
        change.touch(user.scope)


def revoke_device(*, actor: Actor, device_id: uuid.UUID) -> Device:
    """The office revokes a lost phone: from now on it may only hand in its work. Raises `Forbidden`, `NotFound`."""
    if not actor.has(Role.OFFICE):
        raise Forbidden()
    with write(actor=actor) as change:
        device = Device.objects.select_for_update().filter(pk=device_id, user__county_id=actor.county_id).first()
        if device is None:
            raise NotFound("device", device_id)
        if device.revoked_at is None:
            device.revoked_at = clock.now()
            device.save(update_fields=["revoked_at"])
            change.log("device.revoked", device)
            change.touch(f"user:{device.user_id}")
    return device


def _pair(session: DeviceSession) -> Tokens:
    return Tokens(tokens.access_token(session), tokens.refresh_token(session), session)
