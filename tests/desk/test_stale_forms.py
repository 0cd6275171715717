"""A form whose mark against forgery is none: nothing is done, no word is lost, and a stranger's words are kept nowhere."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backend.notices.models import RectificationNotice
from tests.desk.test_unit_pages import text_of
from tests.fixtures.people import PASSWORD
from tests.fixtures.rectification import World, fresh

pytestmark = pytest.mark.usefixtures("hand")

WORDS = "我校认为第一项与事实不符，理由如下：公示栏每日更新。"
HERE = "http://testserver"


@pytest.fixture
def notice(world: World) -> RectificationNotice:
    return world.acknowledged()


@pytest.fixture
def page(notice: RectificationNotice) -> str:
    return reverse("unit_notice", args=[notice.pk])


def browser(world: World | None = None) -> Client:
    client = Client(enforce_csrf_checks=True)
    if world is not None:
        client.force_login(world.liaison)
    return client


def send(client: Client, notice: RectificationNotice, page: str, origin: str = HERE) -> Any:
    fields = {"page": page, "form": "defence", "text": WORDS}
    return client.post(reverse("unit_defence", args=[notice.pk]), fields, headers={"Origin": origin})


def test_what_was_typed_on_an_old_page_waits_there_unsent(world: World, notice: RectificationNotice, page: str) -> None:
    client = browser(world)
    answer = send(client, notice, page)
    assert (answer.status_code, answer["X-Problem-Code"], answer["Cache-Control"]) == (403, "csrf_failed", "no-store")
    assert "回到原页面" in text_of(answer)
    assert f'href="{page}"' in answer.content.decode()
    assert fresh(notice).state == "acknowledged"
    assert WORDS in client.get(page).content.decode()
    assert WORDS not in client.get(page).content.decode()  # once


def test_of_somebody_who_is_signed_out_it_travels_through_the_sign_in(
    world: World, notice: RectificationNotice, page: str
) -> None:
    client = browser()
    answer = send(client, notice, page)
    assert answer.status_code == 401
    assert WORDS in answer.content.decode()
    token = answer.context["csrf_token"]
    fields = {"username": world.liaison.username, "password": PASSWORD, "next": page, "csrfmiddlewaretoken": str(token)}
    kept = dict(answer.context["kept"])
    assert client.post(reverse("sign_in"), fields | kept, headers={"Origin": HERE})["Location"] == page
    assert WORDS in client.get(page).content.decode()


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", ""])
def test_what_a_stranger_wrote_is_kept_nowhere(
    origin: str, world: World, notice: RectificationNotice, page: str
) -> None:
    client = browser(world)
    answer = send(client, notice, page, origin)
    assert answer.status_code == 403
    assert "提交来源无法确认" in text_of(answer)
    assert WORDS not in answer.content.decode() + client.get(page).content.decode()
    assert "kept" not in client.session


@pytest.mark.django_db
def test_no_password_is_kept_and_the_way_in_stays_open() -> None:
    client = browser()
    fields = {"username": "x", "password": PASSWORD, "page": "//elsewhere.example/"}
    answer = client.post(reverse("sign_in"), fields, headers={"Origin": HERE, "Referer": f"{HERE}/sign-in?next=/unit/"})
    assert answer.status_code == 403
    assert PASSWORD not in answer.content.decode()
    assert "elsewhere" not in answer.content.decode()
    assert "kept" not in client.session


def test_programs_are_told_a_stable_code_in_chinese(world: World, notice: RectificationNotice) -> None:
    address = reverse("unit_acknowledge", args=[notice.pk])
    answer = browser(world).post(address, headers={"Origin": HERE, "Accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    told = answer.json()
    assert (told["code"], told["status"]) == ("csrf_failed", 403)
    assert told["detail"].startswith("此页面打开已久")


def test_of_a_form_without_words_it_is_not_said_that_they_are_kept(world: World, page: str) -> None:
    client = browser(world)
    answer = client.post(reverse("sign_out"), {"page": page}, headers={"Origin": HERE})
    assert (answer.status_code, "没有执行" in text_of(answer), "还在" in text_of(answer)) == (403, True, False)
    assert client.get(page).status_code == 200


def test_a_page_that_is_too_long_to_be_kept_says_so(world: World, notice: RectificationNotice, page: str) -> None:
    client = browser(world)
    fields = {"page": page, "form": "defence", "text": "长" * 70_000}
    answer = client.post(reverse("unit_defence", args=[notice.pk]), fields, headers={"Origin": HERE})
    assert answer.status_code == 403
    assert "还在" not in text_of(answer)
    assert "kept" not in client.session
