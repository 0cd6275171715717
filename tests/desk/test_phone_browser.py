"""The inspector's phone at `/m/` in Chromium, against a real server: in at the gate, on without a network."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import PASSWORD, OpenPage
from tests.desk.screens import fine
from tests.foreign.process import Server

pytestmark = pytest.mark.once

GATE_SEEN = """new MutationObserver(() => {
    if (document.querySelector('[name=password]')) globalThis.gateSeen = true;
}).observe(document, {childList: true, subtree: true})"""
"""Whether the way in was on the screen, be it for a moment."""

SOURCES = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter((each) => each.responseStatus > 0)
    .map((each) => [new URL(each.name).pathname, each.workerFinalSourceType])
    .filter(([path]) => path === '/m/' || path.endsWith('.js') && path.includes('assets') || path.includes('/api/'))"""
"""Where the browser took each from that was answered, by the routes that the service worker gave it."""


def enter(page: Page, username: str) -> None:
    page.goto("/m/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_what_an_inspector_does_without_a_network_outlives_a_restart_and_arrives(
    opened: OpenPage, send_crew: Any, axe: str
) -> None:
    crew = send_crew(9, depart=False)
    page = opened()
    page.goto("/m/")
    fine(page, axe)
    enter(page, crew.leader.username)
    status = page.get_by_role("status")
    expect(page.get_by_text(crew.school["name"], exact=True)).to_be_visible()
    expect(status).to_have_text("全部工作已在服务器上。")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    page.context.set_offline(True)
    page.add_init_script(GATE_SEEN)
    page.get_by_role("button", name=f"接受任务：{crew.school['name']}").click()
    expect(page.get_by_text("已接受")).to_be_visible()
    page.reload()
    expect(page.get_by_text("已接受")).to_be_visible()
    expect(status).to_have_text("暂时连不上服务器，连上后自动继续。有 1 项只在这部手机上。")
    assert page.evaluate("globalThis.gateSeen") is None
    page.get_by_role("tab", name="上传").click()
    expect(page.get_by_text("只在这部手机上", exact=True)).to_be_visible()
    page.get_by_role("tab", name="我的").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("alert")).to_contain_text("这部手机上还有未发送的工作")
    fine(page, axe)

    page.context.set_offline(False)
    page.get_by_role("tab", name="上传").click()
    page.get_by_role("button", name="立即同步").click()
    expect(page.get_by_text("已核验", exact=True)).to_be_visible()
    expect(status).to_have_text("全部工作已在服务器上。")
    taken = {(path.startswith("/api/"), source) for path, source in page.evaluate(SOURCES)}
    assert taken == {(False, "cache"), (True, "network")}
    crew.leader.pull()
    assert crew.leader.store.document("assignment", crew.assignment)["state"] == "accepted"


def test_a_wrong_password_is_answered_in_plain_words(opened: OpenPage) -> None:
    page = opened(width=360)
    page.goto("/m/")
    page.get_by_label("账号").fill("t10_lead")
    page.get_by_label("密码").fill("falsch")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_have_text("账号或密码不正确。")


def test_the_page_and_its_worker_are_asked_for_anew_and_what_they_name_never_changes(server: Server) -> None:

    page, worker = httpx.get(f"{server.base}/m/"), httpx.get(f"{server.base}/m/sw.js")
    assert {answer.headers["Cache-Control"] for answer in (page, worker)} == {"no-cache"}
    script = page.text.split('src="')[1].split('"')[0]
    asset = httpx.get(f"{server.base}{script}")
    assert (asset.status_code, "immutable" in asset.headers["Cache-Control"]) == (200, True)
    assert script in worker.text
