"""The second step of signing in (RFC 6238): set up by the person, taken away by the office, every change on record."""

import base64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from backend.accounts.models import SecondStep, User
from backend.accounts.roles import Role
from backend.accounts.rules import one_time
from backend.accounts.selectors import people
from backend.accounts.services.people import only_office
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from backend.journal.writing import write

FOR = frozenset({Role.OFFICE, Role.LEADERSHIP})
"""Whose accounts may have it: what they see and sign is worth more than a password."""

BAD_CODE = "验证码不正确、已使用或已过期。"


def begin(*, actor: Actor) -> SecondStep:
    """A new secret for the actor, which counts once `confirm` was told a code of it.

    Raises `Forbidden` for roles without one, `Conflict(second_step_set)`.
    """
    if not actor.has(*FOR):
        raise Forbidden()
    with write(actor=actor) as change:
        row, _ = SecondStep.objects.select_for_update().get_or_create(user_id=actor.person, defaults={"sealed": b""})
        if row.confirmed_at is not None:
            raise Conflict("second_step_set", "二次验证已启用。更换手机请先停用。")
        row.sealed, row.begun_at, row.used_step = _safe().encrypt(one_time.new_secret()), clock.now(), 0
        row.save()
        change.log("user.second_step_begun", row.user)
    return row


def confirm(*, actor: Actor, code: str) -> list[str]:
    """Let it count; the recovery codes are told here and never again. Raises `Invalid(code)`, `Conflict(bad_state)`."""
    with write(actor=actor) as change:
        row = SecondStep.objects.select_for_update().filter(user_id=actor.person, confirmed_at=None).first()
        if row is None:
            raise Conflict("bad_state", "请先开始设置二次验证。")
        step = _step(row, code)
        if step is None:
            raise Invalid("code", "验证码不正确，请核对手机时间后再试。", path="code")
        codes = one_time.recovery_codes()
        row.confirmed_at, row.used_step = clock.now(), step
        row.recovery = [one_time.digest(each) for each in codes]
        row.save()
        change.log("user.second_step_set", row.user)
    return codes


def end(*, actor: Actor, code: str) -> None:
    """The person switches it off with a code. Raises `Unauthorized(bad_code)`, `NotFound`."""
    with write(actor=actor) as change:
        row = SecondStep.objects.select_for_update().filter(user_id=actor.person).first()
        if row is None:
            raise NotFound("second_step", actor.person)
        if row.confirmed_at is not None:
            _use(row, code)
        change.log("user.second_step_ended", row.user)
        row.delete()


def remove(*, actor: Actor, user_id: int) -> None:
    """The office takes it away from somebody whose phone is lost; never from itself, which needs a code (`end`).

    Raises `Forbidden`, `NotFound`, `Conflict(own_account)`.
    """
    only_office(actor)
    if user_id == actor.user_id:
        raise Conflict("own_account", "本人的二次验证请用验证码停用。")
    with write(actor=actor) as change:
        row = SecondStep.objects.select_for_update().filter(user_id=user_id, user__county_id=actor.county_id).first()
        if row is None:
            raise NotFound("second_step", user_id)
        change.log("user.second_step_removed", row.user)
        row.delete()


def needed(user: User) -> bool:
    """Whether this person signs in with a second step."""
    return SecondStep.objects.filter(user=user, confirmed_at__isnull=False).exists()


def check(*, user: User, code: str) -> None:
    """Let a person in whose password was right: by a code of this minute, or one of the recovery codes, each once.

    Does nothing for people without a second step. Raises `Unauthorized(bad_code)`.
    """
    if not needed(user):
        return
    with write(actor=people.actor_of(user)) as change:
        row = SecondStep.objects.select_for_update().get(user=user)
        left = len(row.recovery)
        _use(row, code)
        if len(row.recovery) < left:
            change.log("user.recovery_code_used", user, left=len(row.recovery))


def secret_of(row: SecondStep) -> bytes:
    """The secret while it is being set up; once it counts it is never shown. Raises `Conflict(second_step_set)`."""
    if row.confirmed_at is not None:
        raise Conflict("second_step_set", "二次验证已启用，密钥不再显示。")
    return _safe().decrypt(bytes(row.sealed))


def _use(row: SecondStep, code: str) -> None:
    step = _step(row, code)
    left = one_time.without(row.recovery, code) if step is None else row.recovery
    if left is None:
        raise Unauthorized("bad_code", BAD_CODE)
    row.used_step, row.recovery = step or row.used_step, left
    row.save(update_fields=["used_step", "recovery"])


def _step(row: SecondStep, code: str) -> int | None:
    """None also where the secret was sealed by a server with another key: recovery codes still open the account."""
    try:
        secret = _safe().decrypt(bytes(row.sealed))
    except InvalidToken:
        return None
    return one_time.fitting_step(secret, code, clock.now().timestamp(), row.used_step)


def _safe() -> Fernet:
    key: Any = HKDF(SHA256(), length=32, salt=None, info=b"dudao second step").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
