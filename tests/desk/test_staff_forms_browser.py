"""What may go wrong with a form between two people and one server, as it is seen in browsers: nothing is lost."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import PASSWORD, OpenPage
from tests.desk.month import deed, told, way
from tests.desk.test_staff_field_browser import WIDE
from tests.foreign.client import Account
from tests.foreign.process import Server

pytestmark = pytest.mark.once


def draft(page: Page, month: str) -> None:
    """A plan, by a button that is pressed twice."""
    way(page, "计划")
    form = deed(page, "起草计划")
    form.get_by_label("月份", exact=True).fill(month)
    form.get_by_role("button").dblclick()
    expect(page).to_have_url(re.compile("/desk/plans/[0-9a-f-]{36}$"))
    told(page, "已起草")


@pytest.fixture
def leadership(server: Server) -> Iterator[Account]:
    person = Account(server.base, "lead2")
    person.sign_in()
    yield person
    person.close()


def test_a_form_between_two_people_loses_no_word(opened: OpenPage, leadership: Account) -> None:
    one, other = (opened(name, width=WIDE[0]) for name in ("office3", "office4"))
    draft(one, "2032-05")
    plan = one.url
    way(one, "计划")
    one.get_by_label("月份", exact=True).last.fill("2032-05")
    one.get_by_role("button", name="筛选").click()
    expect(one.locator("tbody tr")).to_have_count(1)  # pressed twice, drafted once
    for page in (one, other):
        page.goto(plan)
    _both_versions_are_shown(one, other)
    _a_session_ends(other)
    _what_was_opened_stays_open(one, leadership, plan)


def _both_versions_are_shown(one: Page, other: Page) -> None:
    form = deed(other, "修改计划")
    form.get_by_label("名称").fill("五月检查（第二稿）")
    mine = deed(one, "修改计划")
    mine.get_by_label("名称").fill("五月作业专项检查")
    mine.get_by_role("button").click()
    told(one, "已修改")
    form.get_by_role("button").click()
    expect(other.get_by_role("alert")).to_contain_text("已被他人修改")
    form = deed(other, "修改计划")
    expect(form.get_by_label("名称")).to_have_value("五月检查（第二稿）")
    expect(form.locator(".theirs").first).to_contain_text("五月作业专项检查")


def _a_session_ends(page: Page) -> None:
    form = deed(page, "修改计划")
    form.get_by_label("主题").fill("作业管理\n考试管理")
    page.context.clear_cookies(name="sessionid")
    form.get_by_role("button").click()
    expect(page.get_by_text("您刚才填写的内容还在")).to_be_visible()
    page.get_by_label("账号").fill("office4")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    form = deed(page, "修改计划")
    expect(form.get_by_label("名称")).to_have_value("五月检查（第二稿）")
    expect(form.get_by_label("主题")).to_have_value("作业管理\n考试管理")
    form.get_by_role("button").click()
    told(page, "已修改")
    expect(page.get_by_role("heading", level=1)).to_contain_text("五月检查（第二稿）")


def _what_was_opened_stays_open(page: Page, leadership: Account, plan: str) -> None:
    """While news arrives: what was only unfolded is there anew and unfolded, what was typed into is not touched."""
    page.goto(plan)
    target = deed(page, "调入或调出对象").get_by_label("对象（代码或全称）")
    page.evaluate("document.querySelector('[data-live] h1').dataset.old = ''")
    about = f"/instructions/about/inspection_plan/{plan.rpartition('/')[2]}"
    leadership.call("POST", about, {"text": "请抓紧办理。"})
    expect(page.locator("[data-live] h1[data-old]")).to_have_count(0)
    expect(target).to_be_visible()
    target.fill("SCH001")
    leadership.call("POST", about, {"text": "请月底前办结。"})
    expect(page.get_by_text("有新的消息，您正在填写的内容不会丢失。")).to_be_visible()
    expect(target).to_have_value("SCH001")
