"""A head teacher's browser, live beside the office: Chromium against a real server."""

import io
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.desk.conftest import PASSWORD, OpenPage, enter
from tests.foreign.client import uuid7
from tests.foreign.crew import applied, one, submit
from tests.foreign.process import Server

pytestmark = pytest.mark.once

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}


@pytest.fixture
def inspected(office: Any, send_crew: Any) -> Any:
    """A visit that was approved with one finding, and the school it was made to."""
    crew = send_crew(16)
    visit = crew.begun()
    crew.leader.do("finding", "record", uuid7(), visit=visit, item="TY-02", text="督查人员不足。", answer_key="TY-02")
    applied(crew.leader)
    crew.leader.pull()
    one(crew.leader, submit(crew.leader, visit))
    office.call("POST", f"/visits/{visit}/approve", {})
    return visit, crew.school["code"].lower()


def reviewed(office: Any, visit: str) -> str:
    notice = str(office.call("POST", "/notices", {"visit": visit})["id"])
    office.call("POST", f"/notices/{notice}/review", {})
    return notice


def issue(office: Any, visit: str) -> Any:
    return office.sign(reviewed(office, visit))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo of about 3 MB, so that it goes up in several pieces."""
    out = io.BytesIO()
    Image.effect_noise((2200, 1600), 80).convert("RGB").save(out, "JPEG", quality=92)
    path = tmp_path / "整改后.jpg"
    path.write_bytes(out.getvalue())
    return path


def sound(page: Page, axe: str) -> None:
    """No violation of accessibility, nothing wider than the screen, targets large enough for a thumb."""
    page.evaluate(axe)
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = """[...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, nav a, .button')]
        .filter((each) => each.checkVisibility() && (each.closest('label') ?? each).getBoundingClientRect().height < 47.5).map((each) => each.outerHTML)"""
    assert page.evaluate(small) == []


def test_a_notice_appears_at_the_school_without_a_reload_and_is_worked_off_to_the_report(
    opened: OpenPage, office: Any, inspected: Any, picture: Path, axe: str
) -> None:
    visit, school = inspected
    page = opened(school)
    expect(page.get_by_text("目前没有整改通知书")).to_be_visible()
    signing = opened("lead1")
    signing.goto(f"/desk/notices/{reviewed(office, visit)}")
    signing.get_by_role("button", name="签发").click()
    expect(signing.get_by_text("已签发，文号")).to_be_visible()
    expect(page.get_by_text("请先签收")).to_be_visible()
    expect(page.locator("[data-unread]")).to_have_text("1")
    sound(page, axe)
    page.get_by_role("link", name=re.compile("请先签收")).click()
    sound(page, axe)
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收。请按期整改并提交报告。")).to_be_visible()
    page.get_by_label("选择照片或 PDF").set_input_files(picture)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("服务器已收到并核验。")).to_be_visible()
    expect(page.locator("[data-proofs] li")).to_contain_text("已核验")
    fill(page)
    sound(page, axe)
    page.get_by_role("button", name="提交问题 1 的整改情况").click()
    expect(page.get_by_text("问题1的整改情况已提交。")).to_be_visible()
    expect(page.get_by_text("目前无需办理")).to_be_visible()
    sound(page, axe)


def fill(page: Page) -> None:
    page.get_by_label("原因分析").fill("值班安排不周。")
    page.get_by_label("整改措施").fill("重新排班并公示。")
    page.get_by_label("责任人（职务）").fill("副校长")
    page.get_by_label("完成日期").fill(page.evaluate("new Date().toLocaleDateString('sv')"))
    page.get_by_label("整改结果").fill("已整改到位。")


def test_a_photo_over_a_line_that_is_cut_arrives_once_and_whole(
    opened: OpenPage, office: Any, inspected: Any, picture: Path
) -> None:
    visit, school = inspected
    notice = issue(office, visit)
    page = opened()
    cuts: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "PATCH" and len(cuts) < 3:
            cuts.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    page.context.route("**/api/v1/uploads/**", cut)  # before the first page, so that none goes by it
    enter(page, school)
    page.get_by_role("link", name=re.compile("请先签收")).click()
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收。请按期整改并提交报告。")).to_be_visible()
    page.get_by_label("选择照片或 PDF").set_input_files(picture)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("服务器已收到并核验。")).to_be_visible(timeout=40_000)
    assert len(cuts) == 3
    [proof] = office.call("GET", f"/notices/{notice['id']}")["items"][0]["evidence"]
    assert (proof["state"], proof["size"]) == ("verified", picture.stat().st_size)


def test_words_survive_a_reload_and_a_session_that_ends(opened: OpenPage, office: Any, inspected: Any) -> None:
    visit, school = inspected
    issue(office, visit)
    page = opened(school)
    page.get_by_role("link", name=re.compile("请先签收")).click()
    page.get_by_role("button", name="签收").click()
    fill(page)
    page.reload()
    expect(page.get_by_text("已恢复您上次未提交的内容。")).to_be_visible()
    expect(page.get_by_label("原因分析")).to_have_value("值班安排不周。")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="提交问题 1 的整改情况").click()
    expect(page.get_by_text("您刚才填写的内容还在")).to_be_visible()
    page.get_by_label("账号").fill(school)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("原因分析")).to_have_value("值班安排不周。")
    page.get_by_role("button", name="提交问题 1 的整改情况").click()
    expect(page.get_by_text("问题1的整改情况已提交。")).to_be_visible()
    page.goto("/unit/")
    expect(page.get_by_text("已提交整改报告")).to_be_visible()


def test_the_public_page_about_a_paper_is_sound_whatever_it_says(
    opened: OpenPage, office: Any, inspected: Any, axe: str, server: Server
) -> None:
    visit, _ = inspected
    notice = issue(office, visit)
    data = Path(server.environment["DUDAO_DATA"]) / "dudao.sqlite3"
    with closing(sqlite3.connect(f"file:{data}?mode=ro", uri=True)) as rows:
        told = rows.execute("SELECT code FROM notices_papercode WHERE subject_id = ?", [notice["id"]])
        [(code,)] = told.fetchall()
    page = opened(width=360)
    page.goto("/p/")
    page.get_by_label("校验码").fill(code.lower())
    page.get_by_role("button", name="查验").click()
    expect(page.get_by_role("heading", name="文书真实有效")).to_be_visible()
    sound(page, axe)
    office.call("POST", f"/notices/{notice['id']}/withdraw", {"reason": "依据有误。"})
    page.reload()
    expect(page.get_by_role("heading", name="此文书已撤回")).to_be_visible()
    sound(page, axe)


@pytest.mark.parametrize("width", [360, 1440])
def test_pages_without_a_script_still_serve_at_every_width(opened: OpenPage, axe: str, width: int) -> None:
    page = opened("sch002", width=width)
    for path in ("/signin", "/unit/", "/unit/inbox", "/unit/inbox/wishes", "/password", "/", "/p/", "/p/0000000000"):
        page.goto(path)
        sound(page, axe)
    page.goto("/unit/inbox/wishes")
    expect(page.get_by_label("电子邮件")).not_to_be_checked()
    bare = opened("sch003", width=width, java_script_enabled=False)
    expect(bare.get_by_role("heading", name="整改通知书")).to_be_visible()
