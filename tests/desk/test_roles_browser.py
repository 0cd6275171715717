"""Leadership, leaders of teams, heads of stations and departments at their desks in a browser: their main ways by
clicks, every page of theirs sound for everybody, by keyboard, without a script, and on paper."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.conftest import PASSWORD, OpenPage, browsing
from tests.desk.month import deed, press, told, way
from tests.desk.test_staff_field_browser import FAULTS, NARROW, RULES, WIDE, sound
from tests.foreign.client import Phone, uuid7
from tests.foreign.crew import Crew, applied, one, submit
from tests.foreign.process import Server
from tests.foreign.store import Document
from tests.foreign.times import totp

pytestmark = pytest.mark.once

REFUSED = "拒绝提供台账。"


@pytest.fixture(scope="module")
def candidate(server: Server, office: Any) -> Iterator[Document]:
    """A school with a submitted visit and a candidate for a veto, whose unit was heard; and what is drafted about it."""
    leader, member = (Phone(server.base, name) for name in ("t15_lead", "t15_a"))
    for phone in (leader, member):
        phone.sign_in()
    school = office.schools.pop()
    assignment = office.assign("T15", ["t15_lead", "t15_a"], school["id"], templates=["TY"])
    crew = Crew(leader, member, assignment["id"], school)
    crew.depart()
    visit = crew.begun()
    leader.do("finding", "record", uuid7(), visit=visit, item="TY-08", text=REFUSED, answer_key="TY-08")
    applied(leader)
    leader.pull()
    one(leader, submit(leader, visit))
    today = dt.date.fromisoformat(assignment["scheduled_on"])
    half = today.replace(day=1 if today.day < 16 else 16)
    office.call("POST", "/bulletins/compile", {"period_start": half.isoformat()})
    office.call("POST", "/circulars/compile", {"month": f"{today:%Y-%m}"})
    yield dict(school)
    for phone in (leader, member):
        phone.close()


@pytest.fixture(scope="module")
def desks(chromium: Browser, server: Server) -> Iterator[OpenPage]:
    """Browsers that several tests sit down at."""
    with browsing(chromium, server) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def lead(desks: OpenPage) -> Page:
    return desks("lead1", width=WIDE[0])


@pytest.fixture(scope="module")
def clerk(desks: OpenPage) -> Page:
    return desks("office1", width=WIDE[0])


def test_a_veto_is_heard_confirmed_by_two_and_instructed_about(
    candidate: Document, lead: Page, clerk: Page, axe: str
) -> None:
    school = candidate["name"]
    way(clerk, "一票否决")
    clerk.get_by_role("link", name=school).click()
    form = deed(clerk, "登记单位意见")
    form.get_by_label("陈述意见").fill("校长已当面说明。")
    form.get_by_role("button").click()
    told(clerk, "已登记")
    opinion(clerk)
    lead.goto("/desk/lead")
    lead.locator(".awaited").get_by_role("link", name=school).click()
    address = lead.url
    sound(lead, axe, address, size=NARROW)
    sound(lead, axe, address, size=WIDE)
    opinion(lead)
    expect(lead.locator("h1 .state")).to_contain_text("一票否决")
    lead.get_by_role("link", name="写批示").click()
    form = deed(lead, "写批示")
    form.get_by_label("批示内容").fill("请督导站一周内回访。")
    form.get_by_role("button").click()
    told(lead, "批示已送督导办")
    way(clerk, "领导批示")
    clerk.get_by_role("link", name=school).click()
    form = deed(clerk, "填写办理情况")
    form.get_by_label("办理情况").fill("已安排第二片区督导站。")
    form.get_by_role("button").click()
    told(clerk, "办理情况已记录")
    expect(clerk.get_by_text("请督导站一周内回访。")).to_be_visible()
    sound(lead, axe, lead.url, "/desk/instructions", "/desk/vetoes", size=NARROW)
    sound(clerk, axe, clerk.url, "/desk/instructions", "/desk/vetoes", size=WIDE)


def opinion(page: Page) -> None:
    form = deed(page, "认定一票否决")
    form.get_by_label("认定理由").fill("事实清楚。")
    form.get_by_role("button").click()
    told(page, "您的意见已记录。")


def test_every_number_of_leaderships_page_opens_a_page(candidate: Document, lead: Page, axe: str) -> None:
    sound(lead, axe, "/desk/lead", "/desk/coverage", "/desk/bulletins", "/desk/circulars", size=NARROW)
    sound(lead, axe, "/desk/coverage", "/desk/bulletins", "/desk/circulars", "/desk/lead", size=WIDE)
    figures = lead.locator(".figures a")
    expect(figures).to_have_count(4)
    found = lead.locator("#main a").evaluate_all("(all) => all.map((each) => each.getAttribute('href'))")
    answers = {address: lead.request.get(address).status for address in set(found)}
    assert {address: status for address, status in answers.items() if status != 200} == {}
    assert len(answers) > 25
    figures.first.click()
    expect(lead.get_by_role("heading", level=1)).to_contain_text("覆盖")


@pytest.mark.parametrize("username", ["t15_lead", "st2_head", "k03_head"])
def test_the_desk_of_a_leader_is_sound(candidate: Document, opened: OpenPage, axe: str, username: str) -> None:
    page = opened(username, width=NARROW[0])
    expect(page.get_by_role("heading", level=1)).to_contain_text("本组")
    pages = ("/desk/team", "/desk/team/tracks", "/desk/visits", "/desk/held", "/desk/bulletins", "/desk/circulars")
    sound(page, axe, *pages, "/desk/vetoes", "/desk/inbox", size=NARROW)
    sound(page, axe, "/desk/team", "/desk/team/tracks", size=WIDE)


def test_the_half_month_and_the_circular_are_sound_to_write_and_to_read(
    candidate: Document, clerk: Page, axe: str
) -> None:
    clerk.goto("/desk/bulletins")
    clerk.locator("tbody a").first.click()
    issue = clerk.url
    clerk.goto("/desk/circulars")
    clerk.locator("tbody a").first.click()
    sound(clerk, axe, issue, f"{issue}/words", clerk.url, size=NARROW)
    sound(clerk, axe, f"{issue}/words", clerk.url, "/desk/look_backs", issue, size=WIDE)


def test_a_second_step_is_set_up_and_asked_for(opened: OpenPage, axe: str) -> None:
    page = opened("lead3", width=NARROW[0])
    page.goto("/second-step")
    page.get_by_role("button", name="开始设置").click()
    bare(page, axe)
    secret = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label(re.compile("6 位验证码")).fill(totp(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".codes code")).to_have_count(8)
    bare(page, axe)
    recovery = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="已保存，返回").click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_label("账号").fill("lead3")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="二次验证")).to_be_visible()
    bare(page, axe)
    page.get_by_label(re.compile("备用码")).fill("0000")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("验证码")
    page.get_by_label(re.compile("备用码")).fill(recovery)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="总览")).to_be_visible()


def bare(page: Page, axe: str) -> None:
    """The page as it stands, at both widths, without asking for it again."""
    for size in (NARROW, WIDE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.evaluate(axe)
        assert (page.url, page.evaluate(FAULTS, RULES)) == (page.url, [])


STANDS = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect(), line = getComputedStyle(at);
  const seen = box.width > 0 && box.left >= 0 && box.top < innerHeight && box.bottom > 0;
  return [at.innerText || at.id, seen && (line.outlineStyle !== 'none' || at.classList.contains('skip'))];
}"""


def test_everything_is_reached_by_keyboard_in_its_order_and_seen(lead: Page, opened: OpenPage, axe: str) -> None:
    lead.goto("/desk/lead")
    lead.keyboard.press("Tab")
    assert lead.evaluate(STANDS) == ["跳到正文", True]
    lead.keyboard.press("Enter")
    lead.keyboard.press("Tab")
    assert lead.evaluate("document.activeElement === document.querySelector('.figures a')")
    walked = [lead.evaluate(STANDS)]
    for _ in range(lead.locator("#main a:visible, #main summary:visible").count() - 1):
        lead.keyboard.press("Tab")
        walked.append(lead.evaluate(STANDS))
    assert [name for name, seen in walked if not seen] == []
    assert lead.evaluate("Boolean(document.activeElement.closest('#main'))")
    lead.keyboard.press("Tab")
    assert lead.evaluate("Boolean(document.activeElement.closest('#ways'))")
    start = opened(width=NARROW[0])
    sound(start, axe, "/", "/signin", size=WIDE)
    sound(start, axe, "/signin", "/", size=NARROW)
    start.get_by_role("link", name="登录工作台").focus()
    start.keyboard.press("Enter")
    start.get_by_label("账号").press_sequentially("lead2")
    start.keyboard.press("Tab")
    start.keyboard.type(PASSWORD)
    start.keyboard.press("Enter")
    expect(start.get_by_role("heading", name="总览")).to_be_visible()


def test_without_a_script_a_plan_is_drafted_handed_in_and_sent_back(opened: OpenPage) -> None:
    page = opened("office2", width=WIDE[0], java_script_enabled=False)
    way(page, "计划")
    form = deed(page, "起草计划")
    form.get_by_label("月份", exact=True).fill("2031-03")
    form.get_by_role("button").click()
    told(page, "已起草")
    press(page, "报审", "已报审")
    form = deed(page, "退回")
    form.get_by_role("button").click()  # without a reason: the browser itself says what is missing
    form.get_by_label("理由").fill("主题不明。")
    form.get_by_role("button").click()
    told(page, "已退回起草人")
    expect(page.get_by_text("退回：主题不明。")).to_be_visible()


def test_a_printed_page_is_the_paper_alone(candidate: Document, clerk: Page) -> None:
    clerk.goto("/desk/bulletins")
    clerk.locator("tbody a").first.click()
    clerk.emulate_media(media="print")
    try:
        for left_out in (".top", ".side", ".deeds", ".buttons"):
            expect(clerk.locator(left_out).first).to_be_hidden()
        expect(clerk.get_by_role("heading", level=1)).to_be_visible()
        expect(clerk.locator(".figures")).to_be_visible()
        assert clerk.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    finally:
        clerk.emulate_media(media="screen")
