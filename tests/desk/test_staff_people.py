"""People and devices at a desk: accounts, codes that are shown once, and phones that are lost."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts.models import Device, User
from backend.accounts.roles import Role
from backend.accounts.selectors.people import roles_of
from backend.accounts.services import people as services
from backend.accounts.services import sessions
from backend.core import clock
from backend.desk.models import Submission
from backend.sync.models import DeviceReport
from tests.desk.clicking import Seat, refusal
from tests.fixtures.rectification import World


@pytest.fixture(autouse=True)
def monday(hand: Any) -> Any:
    return hand


@pytest.fixture
def office(world: World) -> Seat:
    return Seat(world.person(Role.OFFICE))


@pytest.fixture
def phone(world: World) -> Device:
    """An inspector's phone that tells of work it holds."""
    user = world.person(Role.INSPECTOR)
    device = sessions.sign_in(user=user, device_id=uuid.uuid4(), name="<b>手机</b>", platform="测试").session.device
    DeviceReport.objects.create(
        device_id=device.pk,
        county_id=world.county.pk,
        user_id=user.pk,
        ops=3,
        uploads=2,
        unsent_since=clock.now() - dt.timedelta(hours=2),
        told_at=clock.now(),
    )
    return device


def code_in(page: str) -> str:
    return page.split('class="count"><code>')[1].split("</code>")[0]


NEW = {"username": "neu.person", "name": "<i>新人</i>", "phone": "", "roles": ["inspector"]}


def test_a_new_account_comes_with_a_code_that_is_shown_once_and_opens_it(office: Seat) -> None:
    page = office.done("create", "desk_people", **NEW)
    user, code = User.objects.get(username="neu.person"), code_in(page)
    assert ("&lt;i&gt;新人" in page, roles_of(user)) == (True, frozenset({"inspector"}))
    assert code not in office.opens("desk_person", user.pk)
    assert [code in row.said for row in Submission.objects.all()] == [False]
    opened = services.redeem_start_code(username="neu.person", code=code, password="Yunchuan-2027!")
    assert opened == user


def test_what_is_wrong_with_a_new_account_is_told(office: Seat) -> None:
    assert refusal(office.does("create", "desk_people", **NEW | {"username": "a b"}))[0] == 400
    assert refusal(office.does("create", "desk_people", **NEW | {"roles": []})) == (400, "角色：请至少选择一个角色。")
    both = refusal(office.does("create", "desk_people", **NEW | {"roles": ["inspector", "school_liaison"]}))
    assert (both[0], "不能兼任" in both[1], User.objects.filter(username="neu.person").exists()) == (400, True, False)
    office.done("create", "desk_people", **NEW)
    assert refusal(office.does("create", "desk_people", **NEW)) == (409, "账号“neu.person”已被使用。")


def test_roles_change_at_once(world: World, office: Seat) -> None:
    user = world.person(Role.INSPECTOR)
    office.done("roles", "desk_person", user.pk, roles=["inspector", "tip_clerk"])
    assert roles_of(user) == {"inspector", "tip_clerk"}


def test_a_lost_password_ends_every_session_and_a_tick_is_asked_for(office: Seat, phone: Device) -> None:
    assert "1 处有效" in office.opens("desk_person", phone.user_id)
    assert refusal(office.does("reset", "desk_person", phone.user_id)) == (
        400,
        "我已核对，确认执行：请勾选确认后再执行。",
    )
    page = office.done("reset", "desk_person", phone.user_id, sure="on")
    assert (len(code_in(page)), "0 处有效" in page) == (8, True)
    assert not User.objects.get(pk=phone.user_id).has_usable_password()


def test_a_lost_phone_is_revoked_with_its_unsent_work_in_sight(office: Seat, phone: Device) -> None:
    page = office.opens("desk_person", phone.user_id)
    assert ("3 项操作、2 个文件" in page, "&lt;b&gt;手机" in page, "90 天内上交" in page) == (True, True, True)
    office.done("revoke", "desk_person", phone.user_id, row=phone.pk, sure="on")
    phone.refresh_from_db()
    assert phone.revoked_at is not None
    for row in ("unsinn", str(uuid.uuid4())):
        sent = {"once": str(uuid.uuid4()), "row": row, "sure": "on"}
        text = office.opens("desk_person", phone.user_id)
        seen = text.split('name="seen" value="')[1].split('"')[0]
        answer = office.client.post(reverse("desk_person_do", args=[phone.user_id, "revoke"]), sent | {"seen": seen})
        assert answer.status_code == 404


def test_an_account_is_closed_and_opened_again_and_nobody_closes_the_own(world: World, office: Seat) -> None:
    user = world.person(Role.INSPECTOR)
    office.done("disable", "desk_person", user.pk, sure="on")
    assert office.offers("desk_person", user.pk) == {"enable"}
    assert user.username not in office.opens("desk_people", active="yes")
    office.done("enable", "desk_person", user.pk)
    assert User.objects.get(pk=user.pk).is_active
    assert office.offers("desk_person", office.user.pk) == {"roles", "start_code"}


def test_people_are_found_by_name_role_and_state(world: World, office: Seat) -> None:
    inspector, leader = world.person(Role.INSPECTOR), world.person(Role.LEADERSHIP)
    page = office.opens("desk_people", role="inspector")
    assert (inspector.username in page, leader.username in page) == (True, False)
    page = office.opens("desk_people", q=leader.username[-8:])
    assert (inspector.username in page, leader.username in page) == (False, True)
    assert "没有符合条件" in office.opens("desk_people", q="<script>")


def test_only_the_office_has_these_pages_and_only_of_its_county(
    world: World, office: Seat, cast: Any, other_county: Any
) -> None:
    user = world.person(Role.INSPECTOR)
    for role in (Role.LEADERSHIP, Role.INSPECTOR, Role.SCHOOL_LIAISON, Role.TEAM_LEADER):
        seat = Seat(world.person(role))
        assert (seat.status("desk_people"), seat.status("desk_person", user.pk)) == (403, 403)
    foreign = Seat(cast.person(Role.OFFICE, county=other_county))
    assert (foreign.status("desk_person", user.pk), user.username in foreign.opens("desk_people")) == (404, False)
    assert (office.status("desk_person", 10**30), office.status("desk_person", 0)) == (404, 404)


def test_these_pages_cost_a_bounded_number_of_queries(office: Seat, phone: Device) -> None:
    for name, args in (("desk_people", ()), ("desk_person", (phone.user_id,))):
        with CaptureQueriesContext(connection) as queries:
            text = office.opens(name, *args)
        assert (len(queries) <= 15, len(text.encode()) <= 120 * 1024) == (True, True)
