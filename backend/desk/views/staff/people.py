"""People and their devices: accounts, roles, lost passwords, and phones that must not be used any more."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from backend.accounts.models import Device, DeviceSession, RoleAssignment, User
from backend.accounts.roles import Role
from backend.accounts.selectors import people as selectors
from backend.accounts.services import people, second_steps, sessions
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import page as rows_of
from backend.core.terms import in_term
from backend.desk import sync
from backend.desk.deeds import Deed, Work
from backend.desk.fields import SureForm, YesNoField
from backend.desk.filters import chosen
from backend.desk.navigation import OFFICE
from backend.desk.staff import StaffPage, stamp_of

START_CODE = "start_code"
"""Where a code waits in the session for the one page that shows it."""

KEPT_DAYS = 90


class PeopleFilters(forms.Form):
    q = forms.CharField(label="姓名、账号或电话", max_length=40, required=False)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部"), *Role.choices])
    active = YesNoField(label="启用")


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label="角色",
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个角色。"},
        help_text="学校联络员、机构联系人不能兼任其他角色；兼职督学的校长另开账号。",
    )


class NewPersonForm(RolesForm):
    username = forms.RegexField(
        r"\A[A-Za-z0-9_.-]{3,40}\Z",
        label="账号",
        max_length=40,
        error_messages={"invalid": "账号由 3 到 40 个字母、数字、下划线、点和短横线组成。"},
    )
    name = forms.CharField(label="称呼", max_length=40)
    phone = forms.CharField(label="电话（可不填）", max_length=20, required=False)
    field_order = ("username", "name", "phone", "roles")


def _create(actor: Actor, found: None, values: dict[str, Any]) -> tuple[int, str]:
    user = people.create_user(actor=actor, **values)
    return user.pk, people.issue_start_code(actor=actor, user_id=user.pk)


def _put_aside(session: SessionBase, user_id: int, code: str) -> None:
    """The code is shown on the next page about this person, once."""
    session[START_CODE] = {"user": user_id, "code": code}


class PersonList(StaffPage[None]):
    """The county's people, in the order in which they came."""

    template = "staff/people.html"
    roles = OFFICE
    deeds = (
        Deed(
            "create",
            "新建账号",
            _create,
            "账号已新建。请把下面的启用码交给本人，只显示这一次。",
            NewPersonForm,
            leads_to=lambda made: reverse("desk_person", args=[made[0]]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def keep(self, request: HttpRequest, deed: Deed, result: Any) -> None:
        _put_aside(request.session, *result)

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(PeopleFilters, request)
        rows = rows_of(_matching(actor, **wanted), request.GET, by="id")
        held = selectors.roles_of_all(user.pk for user in rows.rows)
        return {
            "rows": [(user, _labels(held[user.pk])) for user in rows.rows],
            "next": rows.next,
            "filters": filters,
        }


def _matching(actor: Actor, *, q: str = "", role: str = "", active: bool | None = None) -> Any:
    rows = selectors.scoped(actor)
    if q:
        rows = rows.filter(Q(name__contains=q) | Q(username__icontains=q) | Q(phone__contains=q))
    if role:
        held = RoleAssignment.objects.filter(in_term(clock.now()), role=role)
        rows = rows.filter(pk__in=held.values("user"))
    return rows if active is None else rows.filter(is_active=active)


def _labels(roles: frozenset[str]) -> str:
    return "、".join(label for role, label in Role.choices if role in roles)


def _device(values: dict[str, Any]) -> uuid.UUID:
    try:
        return uuid.UUID(values["row"])
    except ValueError:
        raise NotFound("device", values["row"]) from None


def _code(work: Callable[..., str]) -> Work:
    """A deed that brings a start code."""
    return lambda actor, user, values: (user.pk, work(actor=actor, user_id=user.pk))


HANDED = "请把下面的启用码交给本人，只显示这一次，七天内有效。"


class PersonPage(StaffPage[User]):
    """One person: roles, devices, and what the office does for a lost password or a lost phone."""

    template = "staff/person.html"
    roles = OFFICE
    deeds = (
        Deed(
            "roles",
            "调整角色",
            lambda actor, user, values: people.set_roles(actor=actor, user_id=user.pk, roles=values["roles"]),
            "角色已调整。",
            RolesForm,
            explains="立即生效；原有任期保留在案。",
        ),
        Deed(
            "start_code",
            "发新的启用码",
            _code(people.issue_start_code),
            f"启用码已生成。{HANDED}",
            explains="本人凭启用码设置密码；以前的启用码作废。",
        ),
        Deed(
            "reset",
            "重置密码",
            _code(people.reset_password),
            f"原密码和全部登录已作废。{HANDED}",
            SureForm,
            tone="grave",
            explains="原密码立即作废，所有手机和网页退出登录；手机里未上传的内容不会丢，本人重新登录后继续上传。",
        ),
        Deed(
            "disable",
            "停用账号",
            lambda actor, user, values: people.disable(actor=actor, user_id=user.pk),
            "账号已停用。",
            SureForm,
            tone="grave",
            explains=f"停用后不能登录；其手机在 {KEPT_DAYS} 天内仍可上交未发送的内容，这些内容须人工核对。",
        ),
        Deed(
            "second_step",
            "解除二次验证",
            lambda actor, user, values: second_steps.remove(actor=actor, user_id=user.pk),
            "二次验证已解除，本人登录后可以重新设置。",
            SureForm,
            tone="grave",
            explains="本人的验证手机遗失时使用；解除前请当面或来电核实身份。",
        ),
        Deed(
            "enable",
            "启用账号",
            lambda actor, user, values: people.enable(actor=actor, user_id=user.pk),
            "账号已启用。",
            tone="main",
        ),
        Deed(
            "revoke",
            "停用设备",
            lambda actor, user, values: sessions.revoke_device(actor=actor, device_id=_device(values)),
            "设备已停用。",
            SureForm,
            tone="grave",
            row=True,
        ),
    )

    def find(self, actor: Actor, **key: Any) -> User:
        found = selectors.scoped(actor).filter(pk=key["user_id"]).first() if key["user_id"] < 2**53 else None
        if found is None:
            raise NotFound("user", key["user_id"])
        return found

    def stamp(self, found: User) -> str:
        return stamp_of(found.is_active, sorted(selectors.roles_of(found)))

    def offered(self, actor: Actor, found: User) -> frozenset[str]:
        own = found.pk == actor.user_id
        if not found.is_active:
            return frozenset({"enable", "revoke"})
        always = {"roles", "start_code", "revoke"}
        if own:
            return frozenset(always)
        return frozenset(always | {"disable", "reset"} | ({"second_step"} if second_steps.needed(found) else set()))

    def initial(self, actor: Actor, found: User, deed: Deed, row: str) -> dict[str, Any]:
        return {"roles": sorted(selectors.roles_of(found))} if deed.name == "roles" else {}

    def keep(self, request: HttpRequest, deed: Deed, result: Any) -> None:
        if deed.name in ("start_code", "reset"):
            _put_aside(request.session, *result)

    def context(self, request: HttpRequest, actor: Actor, found: User) -> dict[str, Any]:
        devices = list(Device.objects.filter(user=found).order_by("-seen_at", "pk"))
        unsent = sync.unsent([device.pk for device in devices])
        open_now = DeviceSession.objects.filter(user=found, ended_at__isnull=True, expires_at__gt=clock.now())
        return {
            "person": found,
            "labels": _labels(selectors.roles_of(found)),
            "devices": [(device, unsent.get(device.pk)) for device in devices],
            "sessions": open_now.count(),
            "code": _shown_once(request.session, found.pk),
            "own": found.pk == actor.user_id,
        }


def _shown_once(session: SessionBase, user_id: int) -> str:
    kept = session.pop(START_CODE, None)
    return str(kept["code"]) if kept and kept["user"] == user_id else ""
