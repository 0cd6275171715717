"""Opening, changing and closing accounts."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F

from backend.accounts.models import County, DeviceSession, RoleAssignment, StartCode, User
from backend.accounts.roles import PHONE_ROLES, UNIT_ROLES, Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from backend.core.terms import in_term
from backend.journal.writing import Change, write

CODE_LIFE = timedelta(days=7)
CODE_TRIES = 5
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without signs that are mistaken for one another when read from paper."""

BAD_CODE = "启用码不正确、已使用或已过期，请向督导办重新索取。"


def create_user(
    *, actor: Actor, username: str, name: str, roles: Iterable[str], phone: str = "", password: str | None = None
) -> User:
    """A new account in the actor's county. Without a password it waits for its start code.

    Raises `Forbidden`, `Conflict(username_taken)`, `Invalid(roles)`.
    """
    only_office(actor)
    wanted = checked_roles(roles)
    taken = Conflict("username_taken", f"账号“{username}”已被使用。")
    if User.objects.filter(username=username).exists():
        raise taken
    with write(actor=actor) as change:
        user = User(username=username, name=name, phone=phone, county_id=actor.county_id)
        user.set_password(password) if password else user.set_unusable_password()
        try:
            user.save()
        except IntegrityError:  # somebody else took the name since we looked
            raise taken from None
        for role in wanted:
            RoleAssignment.objects.create(user=user, role=role)
        change.grant(user.pk, user.scope)
        if PHONE_ROLES.intersection(wanted):
            change.grant(user.pk, f"county:{actor.county_id}")
        change.log("user.created", user, roles=wanted)
    return user


def set_roles(*, actor: Actor, user_id: int, roles: Iterable[str]) -> User:
    """Make `roles` the ones held from now on; ended terms stay on record."""
    only_office(actor)
    wanted = checked_roles(roles)
    with write(actor=actor) as change:
        user = _locked(actor, user_id)
        before = people.roles_of(user)
        now = clock.now()
        RoleAssignment.objects.filter(in_term(now), user=user).exclude(role__in=wanted).update(ends_at=now)
        for role in wanted:
            if role not in before:
                RoleAssignment.objects.create(user=user, role=role)
        _regrant_county(change, user, wanted)
        change.log("user.roles_changed", user, before=sorted(before), after=wanted)
    return user


def disable(*, actor: Actor, user_id: int) -> User:
    """Close an account. Its phones may still hand in work for 90 days, and nothing else (protocol, Sign-in)."""
    only_office(actor)
    with write(actor=actor) as change:
        user = _locked(actor, user_id)
        if user.pk == actor.user_id:
            raise Conflict("own_account", "不能停用自己的账号。")
        if user.is_active:
            user.is_active, user.disabled_at = False, clock.now()
            user.save(update_fields=["is_active", "disabled_at"])
            change.log("user.disabled", user)
            change.touch(user.scope)
    return user


def enable(*, actor: Actor, user_id: int) -> User:
    """Open a closed account again."""
    only_office(actor)
    with write(actor=actor) as change:
        user = _locked(actor, user_id)
        if not user.is_active:
            user.is_active, user.disabled_at = True, None
            user.save(update_fields=["is_active", "disabled_at"])
            change.log("user.enabled", user)
    return user


def issue_start_code(*, actor: Actor, user_id: int) -> str:
    """A one-time code for a new person, good for seven days; earlier codes end."""
    only_office(actor)
    with write(actor=actor) as change:
        user = _locked(actor, user_id)
        code = _new_code(user)
        change.log("user.start_code_issued", user)
    return code


def reset_password(*, actor: Actor, user_id: int) -> str:
    """The office resets a lost password: the old one and every session end, a start code opens the account again."""
    only_office(actor)
    with write(actor=actor) as change:
        user = _locked(actor, user_id)
        user.set_unusable_password()
        user.save(update_fields=["password"])
        DeviceSession.objects.filter(user=user, ended_at__isnull=True).update(ended_at=clock.now())
        change.touch(user.scope)
        code = _new_code(user)
        change.log("user.password_reset", user)
    return code


def redeem_start_code(*, username: str, code: str, password: str) -> User:
    """Set the first password with a start code. Raises `Unauthorized(start_code)`, `Invalid(password)`.

    An unknown name and a wrong code are answered alike; five wrong tries end the code.
    """
    user = User.objects.filter(username=username, is_active=True, county__isnull=False).first()
    if user is None:
        raise Unauthorized("start_code", BAD_CODE)
    found = StartCode.objects.filter(
        user=user, used_at__isnull=True, expires_at__gt=clock.now(), tries__lt=CODE_TRIES
    ).last()
    if found is None or not secrets.compare_digest(found.digest, _digest(code)):
        StartCode.objects.filter(pk=found.pk if found else 0).update(tries=F("tries") + 1)
        raise Unauthorized("start_code", BAD_CODE)
    _check_password(password, user)
    return _open_account(user, found, password)


def _open_account(user: User, code: StartCode, password: str) -> User:
    with write(actor=people.actor_of(user)) as change:
        used = StartCode.objects.filter(pk=code.pk, used_at__isnull=True).update(used_at=clock.now())
        if not used:
            raise Unauthorized("start_code", BAD_CODE)
        user.set_password(password)
        user.save(update_fields=["password"])
        change.log("user.password_set", user)
    return user


def change_password(*, actor: Actor, old: str, new: str) -> None:
    """A person changes the own password. Raises `Invalid(old_password)`, `Invalid(password)`."""
    user = User.objects.get(pk=actor.person)
    if not user.check_password(old):
        raise Invalid("old_password", "原密码不正确。")
    _check_password(new, user)
    with write(actor=actor) as change:
        user.set_password(new)
        user.save(update_fields=["password"])
        change.log("user.password_changed", user)
        change.touch(user.scope)


def create_county(*, code: str, name: str, issuer: str, number_prefix: str) -> County:
    """Open a tenant; done by system maintainers."""
    with write(actor=Actor(user_id=None, county_id=0, name="系统")) as change:
        county = County.objects.create(code=code, name=name, issuer=issuer, number_prefix=number_prefix)
        change.log("county.created", county)
    return county


def only_office(actor: Actor) -> None:
    """Raises `Forbidden` unless the office, or the product itself, acts."""
    if not actor.has(Role.OFFICE, "system"):
        raise Forbidden()


def checked_roles(roles: Iterable[str]) -> list[str]:
    """The roles, sorted. Raises `Invalid(roles)` for unknown ones, none, or a unit's account with another role."""
    wanted = sorted(set(roles))
    unknown = [role for role in wanted if role not in Role.values]
    if unknown or not wanted:
        raise Invalid("roles", "角色不存在或为空。", roles=unknown)
    if len(wanted) > 1 and UNIT_ROLES.intersection(wanted):
        raise Invalid("roles", "被督导单位的账号不能兼任其他角色，请另开账号。", roles=wanted)
    return wanted


def _locked(actor: Actor, user_id: int) -> User:
    user = User.objects.select_for_update().filter(county_id=actor.county_id, pk=user_id).first()
    if user is None:
        raise NotFound("user", user_id)
    return user


def _regrant_county(change: Change, user: User, roles: list[str]) -> None:
    scope = f"county:{user.county_id}"
    change.end_grant(user.pk, scope)
    if PHONE_ROLES.intersection(roles):
        change.grant(user.pk, scope)


def _new_code(user: User) -> str:
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))
    StartCode.objects.filter(user=user, used_at__isnull=True).update(used_at=clock.now())
    StartCode.objects.create(user=user, digest=_digest(code), expires_at=clock.now() + CODE_LIFE)
    return code


def _digest(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise Invalid("password", "".join(fault.messages)) from fault
