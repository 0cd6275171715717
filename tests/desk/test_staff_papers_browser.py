"""Papers and lists in a browser: a notice drafted, signed and in the ledger; a list tried; every page sound for all."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import OpenPage
from tests.desk.test_staff_field_browser import NARROW, WIDE, sound
from tests.foreign.client import uuid7
from tests.foreign.crew import applied, one, submit

pytestmark = pytest.mark.once


@pytest.fixture
def school(office: Any, send_crew: Any) -> str:
    """The name of a school whose visit was approved with one finding."""
    crew = send_crew(14)
    visit = crew.begun()
    crew.leader.do("finding", "record", uuid7(), visit=visit, item="TY-02", text="督查人员不足。", answer_key="TY-02")
    applied(crew.leader)
    crew.leader.pull()
    one(crew.leader, submit(crew.leader, visit))
    office.call("POST", f"/visits/{visit}/approve", {})
    return str(crew.school["name"])


def press(page: Page, label: str) -> None:
    """Open the form of a deed, and send it as it is."""
    page.locator("summary", has_text=label).click()
    page.get_by_role("button", name=label, exact=True).click()


def test_a_notice_is_made_and_signed_by_clicks_and_every_page_is_sound(
    opened: OpenPage, school: str, axe: str, tmp_path: Path
) -> None:
    page = opened("office1", width=WIDE[0])
    page.goto("/desk/notices/candidates")
    page.get_by_role("link", name=school).click()
    candidate = page.url
    press(page, "起草整改通知书")
    expect(page.get_by_text("已起草，请核对后送审。")).to_be_visible()
    notice = page.url
    page.locator("summary", has_text="修改草稿").click()
    page.get_by_label("检查内容").fill("作业管理<b>情况</b>")
    page.get_by_role("button", name="修改草稿").click()
    expect(page.get_by_text("作业管理<b>情况</b>").first).to_be_visible()
    press(page, "审核通过")
    expect(page.get_by_text("已审核，等待签发。")).to_be_visible()
    signing = opened("lead1")
    signing.goto(notice)
    signing.get_by_role("button", name="签发").click()
    expect(signing.get_by_text("已签发，文号")).to_be_visible()
    page.goto("/desk/ledger")
    expect(page.get_by_role("row", name=re.compile(school))).to_be_visible()
    with page.expect_download() as file:
        page.get_by_role("link", name="导出 XLSX").click()
    assert file.value.suggested_filename.startswith("ledger-")
    unit = try_list(page, tmp_path, school)
    look(page, axe, notice, unit)
    assert page.goto(candidate).status == 404  # type: ignore[union-attr]


def try_list(page: Page, folder: Path, school: str) -> str:
    """A list with a fault is tried; the address of the page of the school."""
    listed = folder / "名单<1>.csv"
    listed.write_text("code,name,stage,district\nSCH999,甲小学,大学,没有的学区\n", encoding="utf-8")
    page.goto("/desk/registry")
    page.locator("summary", has_text="导入名单").click()
    page.get_by_label("文件").set_input_files(listed)
    page.get_by_role("button", name="导入名单").click()
    expect(page.get_by_text("没有写入任何内容")).to_be_visible()
    expect(page.locator("table.rows tbody tr")).to_have_count(1)
    page.goto("/desk/units")
    page.get_by_label("名称或编码").fill(school)
    page.get_by_label("名称或编码").press("Enter")
    page.get_by_role("link", name=school).click()
    expect(page.get_by_role("heading", name="检查记录")).to_be_visible()
    return page.url


def look(page: Page, axe: str, notice: str, unit: str) -> None:
    """Every page of this part, with every form opened, wide and narrow."""
    lists = "notices escalations ledger inbox inbox/wishes audit units registry registry/teams people".split()
    wide = [f"/desk/{name}" for name in lists]
    ones = [notice, unit, f"{unit}/edit", "/desk/registry/places/districts", "/desk/people/2"]
    sound(page, axe, *wide, *ones, size=WIDE)
    sound(page, axe, "/desk/notices", "/desk/ledger", "/desk/inbox", "/desk/audit", *ones[:3], size=NARROW)
