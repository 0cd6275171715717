"""The start page."""

import time
from typing import Any

import pytest
from django.test import Client

from backend.accounts.roles import Role
from backend.desk.patience import AT_ONCE, door
from backend.registry.services.demo import demo_signins
from tests.fixtures.people import Cast


@pytest.mark.parametrize("demo", [True, False])
def test_published_passwords_are_shown_in_demo_mode_only(settings: Any, demo: bool) -> None:
    settings.DEMO = demo
    page = Client().get("/").content.decode()
    assert "督导" in page
    assert all((username in page) == demo for _, username, _ in demo_signins())


def test_no_script_can_run_on_it() -> None:
    answer = Client().get("/")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.OFFICE, "/desk/today"),
        (Role.LEADERSHIP, "/desk/lead"),
        (Role.TEAM_LEADER, "/desk/team"),
        (Role.SCHOOL_LIAISON, "/unit/"),
        (Role.INSPECTOR, ""),
    ],
)
def test_whoever_is_signed_in_finds_the_own_door_first(cast: Cast, role: Role, home: str) -> None:
    client = Client()
    client.force_login(cast.person(role))
    page = client.get("/").content.decode()
    assert (f'href="{home}">进入我的工作台' in page, "登录工作台" in page) == (bool(home), False)


@pytest.mark.once
@pytest.mark.parametrize("address", ["/", "/signin"])
def test_an_address_that_asks_all_the_time_waits(address: str) -> None:
    first = Client().get(address).status_code
    late = time.monotonic() + 3600
    for _ in range(int(AT_ONCE)):
        door.holds("127.0.0.1", late)
    refused = Client().get(address)
    assert (first, refused.status_code, Client(REMOTE_ADDR="10.0.0.9").get(address).status_code) == (200, 429, 200)
