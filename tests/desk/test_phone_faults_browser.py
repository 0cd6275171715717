"""What a phone meets in a day, in Chromium: after each of it nothing is lost and nothing is there twice."""

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.desk.handset import all_is_there_once, arrived, kept, poke, until, waiting
from tests.desk.photographs import heavy, noise
from tests.desk.shift import GATE, SHOWN, TOLD, Go, Shift, going, quota, sign_in, snap, standing_visit  # noqa: F401 -- the fixtures
from tests.desk.test_phone_visit_browser import question

pytestmark = pytest.mark.once


def test_with_the_server_gone_and_with_the_network_off_work_is_kept_and_arrives_once(
    standing: Shift, tmp_path: Path
) -> None:
    shift, page = standing, standing.page
    shift.gate.shut()
    shift.answer()
    shift.photo(noise(tmp_path / "1.jpg", 300))
    page.reload()
    expect(page.get_by_role("status").first).to_contain_text("暂时连不上服务器")
    assert {"answer.set", "evidence.add"} <= set(waiting(page))
    shift.gate.open()
    arrived(page)
    shift.context.set_offline(True)
    said = shift.answer()
    shift.photo(noise(tmp_path / "2.jpg", 301))
    page.reload()
    assert {"answer.set", "evidence.add"} <= set(waiting(page))
    shift.context.set_offline(False)
    arrived(page)
    all_is_there_once(page, shift.server)
    assert shift.answers()["TY-01"] == said


def test_of_two_tabs_one_sends_and_each_shows_what_the_other_did(go: Go, tmp_path: Path) -> None:
    shift = go(14)
    one, pushed = shift.page, Counter[str]()
    shift.context.on(
        "request", lambda asked: pushed.update(ids(asked.post_data_buffer)) if "/sync/push" in asked.url else None
    )
    other = shift.context.new_page()
    other.goto(one.url)
    expect(question(other, TOLD)).to_be_visible()
    told = shift.answer(TOLD, one)
    shown = shift.answer(SHOWN, other)
    snap(one, question(one, GATE), noise(tmp_path / "1.jpg", 900))
    expect(question(other, GATE).locator("figure img")).to_be_visible()
    for page in (one, other):
        page.evaluate("dispatchEvent(new Event('focus'))")
    arrived(other)
    arrived(one)
    all_is_there_once(one, shift.server)
    assert (shift.answers()["TY-01"], shift.answers()["TY-03"]) == (told, shown)
    assert set(pushed.values()) == {1}
    assert len(shift.gate.offsets) == len(set(shift.gate.offsets))


def ids(body: bytes | None) -> list[str]:
    """Of the operations in a push, long ones being compressed."""
    plain = gzip.decompress(body) if body and body.startswith(b"\x1f\x8b") else body or b""
    return re.findall(r'"op":"([0-9a-f-]{36})"', plain.decode())


def test_a_full_phone_says_so_keeps_what_it_has_and_goes_on_once_there_is_space(go: Go, tmp_path: Path) -> None:
    shift = go(15, space=8_000_000)
    page = shift.page
    shift.context.set_offline(True)
    before = shift.answer()
    picture = heavy(tmp_path / "1.jpg", 12)
    with page.expect_file_chooser() as chooser:
        question(page, GATE).get_by_role("button", name=re.compile("^拍照")).click()
    chooser.value.set_files(picture)
    expect(question(page, GATE).get_by_role("alert")).to_contain_text("手机存储空间已满")
    expect(
        question(page, TOLD).get_by_role("button", name={"yes": "是", "no": "否"}[before], exact=True)
    ).to_have_attribute("aria-pressed", "true")
    assert [file["key"] for file in kept(page)["files"]] == []
    quota(shift.context, page, shift.gate)
    snap(page, question(page, GATE), picture)
    shift.context.set_offline(False)
    arrived(page)
    all_is_there_once(page, shift.server)
    assert shift.answers()["TY-01"] == before


def test_a_session_that_ends_in_the_middle_costs_no_work(standing: Shift, tmp_path: Path) -> None:
    shift, page = standing, standing.page
    once: list[str] = []

    def expired(route: Route) -> None:
        route.fulfill(status=401, json={"code": "token_expired"})

    def deny(route: Route) -> None:
        """The first push and the first piece of a file find the access token expired."""
        kind = f"{route.request.method} {route.request.url.rsplit('/', 1)[0]}"
        if kind in once or route.request.method not in ("POST", "PATCH"):
            return route.fallback()
        once.append(kind)
        return expired(route)

    page.route(re.compile("/api/v1/(sync/push|uploads/)"), deny)
    shift.answer()
    shift.photo(noise(tmp_path / "1.jpg", 300))
    arrived(page)
    assert len(once) > 1
    page.unroute_all()

    page.route(re.compile("/api/v1/(sync|auth/refresh|uploads/)"), expired)
    shift.answer()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_label("密码")).to_be_visible()
    assert waiting(page) == ["answer.set"]
    page.unroute_all()
    sign_in(page, shift.crew.leader.username)
    expect(page.get_by_label("密码")).to_have_count(0)
    arrived(page)
    all_is_there_once(page, shift.server)


def test_another_life_of_the_server_is_offered_everything_again(standing: Shift, tmp_path: Path) -> None:
    shift, page = standing, standing.page
    shift.photo(noise(tmp_path / "1.jpg", 200))
    arrived(page)
    before = kept(page)["meta"]["epoch"]
    shift.context.set_offline(True)
    said = shift.answer()
    shift.server.manage("sync", "epoch", "--bump")
    shift.context.set_offline(False)
    poke(page)
    until(page, lambda: kept(page)["meta"]["epoch"] != before)
    arrived(page)
    until(page, lambda: kept(page)["meta"]["offered"] == kept(page)["meta"]["epoch"])
    all_is_there_once(page, shift.server)
    assert shift.answers()["TY-01"] == said
