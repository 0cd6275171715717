"""A month by clicks alone: planned, approved, drawn before a witness, visited, mended, closed, reported and signed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.conftest import browsing
from tests.desk.month import (
    DRAFTING,
    HALF_MONTH,
    REPORTING,
    VISIT_DAY,
    VISITING,
    Month,
    compiled,
    deed,
    press,
    search,
    told,
    way,
)
from tests.desk.photographs import noise
from tests.desk.shift import sign_in
from tests.desk.test_phone_visit_browser import SAVED, begin, question, say, sign, synced, take
from tests.engines.county import AUTUMN, county
from tests.foreign.process import Server

pytestmark = pytest.mark.once


@pytest.fixture
def month(chromium: Browser, tmp_path: Path) -> Iterator[Month]:
    county("sqlite", AUTUMN).copy_to(tmp_path / "data")
    server = Server.start(tmp_path / "data", None, DRAFTING)
    try:
        with browsing(chromium, server) as open_page:
            yield Month(server, open_page)
    finally:
        server.stop()


def test_a_month_from_the_plan_to_the_signed_bulletin_by_clicks_alone(month: Month, tmp_path: Path) -> None:
    plan(month)
    approve(month)
    school, leader = draw(month)
    release(month)
    month.morning(VISITING)
    phone = visit(month, school, account(month, leader), noise(tmp_path / "校门.jpg", 200))
    send_back(month, phone, school)
    accept(month, school)
    notice = issue(month, school)
    mend(month, code(month, school), noise(tmp_path / "整改后.jpg", 200))
    close(month, notice)
    month.morning(REPORTING)
    report(month)
    read(month)


def plan(month: Month) -> None:
    """Drafted for the next month, its checklists chosen, handed in."""
    page = month.desk("office1")
    way(page, "计划")
    form = deed(page, "起草计划")
    form.get_by_label("月份", exact=True).fill("2026-11")
    form.get_by_role("button").click()
    told(page, "已起草")
    form = deed(page, "修改计划")
    form.get_by_label("主题").fill("作业管理\n入校检查")
    form.get_by_role("button").click()
    told(page, "已修改")
    form = deed(page, "选定清单")
    form.get_by_label("TY 督查通用页").check()
    form.get_by_role("button").click()
    told(page, "已选定清单")
    press(page, "报审", "已报审")


def approve(month: Month) -> None:
    page = month.desk("lead1")
    page.locator(".awaited").get_by_role("link", name=re.compile("11月")).click()
    press(page, "批准", "已批准，范围已固定")


def draw(month: Month) -> tuple[str, str]:
    page = month.desk("office1")
    page.reload()
    page.locator("#main").get_by_role("link", name="抽取", exact=True).click()
    form = deed(page, "封存并准备抽取")
    form.get_by_label("计划", exact=True).select_option(label="2026年11月督查计划")
    form.get_by_label("抽取数量").fill("1")
    form.get_by_label("每组最多人数").fill("2")
    form.get_by_label("检查日期").fill(VISIT_DAY)
    form.get_by_label("督查组").select_option(label="第三督查组")
    form.get_by_label("机构").uncheck()
    form.get_by_role("button").click()
    told(page, "已封存")
    form = deed(page, "当场抽取")
    form.get_by_label("见证人", exact=True).select_option(index=1)
    form.get_by_label("见证词").fill("公开、公平、公正")
    form.get_by_role("button").click()
    told(page, "已抽取")
    press(page, "公布种子", "种子已公布")
    page.get_by_role("link", name="核验", exact=True).click()
    expect(page.get_by_text("核验一致：按记录重新抽取")).to_be_visible()
    page.get_by_role("link", name="‹ 本次抽取").click()
    press(page, "确认并安排任务", "已安排1项任务")
    [line] = page.locator("section", has_text="结果").locator("tbody tr").all()
    return line.locator("[data-label=对象]").inner_text(), line.locator("[data-label=组长]").inner_text()


def release(month: Month) -> None:
    page = month.desk("office1")
    page.get_by_role("link", name="查看计划").click()
    press(page, "下达", "已下达，1项任务已发到各组")


def account(month: Month, name: str) -> str:
    """What somebody signs in with."""
    page = month.desk("office1")
    page.goto("/")
    page.get_by_role("link", name="进入我的工作台").click()
    way(page, "人员和设备")
    search(page, "姓名、账号或电话", name)
    return (
        page.get_by_role("row")
        .filter(has=page.get_by_role("link", name=name, exact=True))
        .locator("[data-label=账号]")
        .inner_text()
    )


def code(month: Month, school: str) -> str:
    page = month.desk("office1")
    way(page, "单位")
    search(page, "名称或编码", school)
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=school, exact=True))
    return row.locator("[data-label=编码]").inner_text().lower()


def visit(month: Month, school: str, leader: str, photo: Path) -> Page:
    """On the leader's phone, without a place; one finding; submitted."""
    page = month.open_page()
    page.clock.install(time=VISITING)
    page.goto("/")
    page.get_by_role("link", name="督查员手机端").click()
    sign_in(page, leader)
    page.get_by_role("button", name=f"接受任务：{school}").click()
    page.get_by_role("button", name=f"出发：{school}").click()
    begin(page, school)
    page.get_by_role("button", name="签到", exact=True).click()
    page.get_by_label("原因").fill("校内无信号。", timeout=30_000)
    page.get_by_role("button", name="写明原因后签到").click()
    page.get_by_role("link", name=re.compile("^到访")).click()
    say(page, "本次是否未事先通知", "是")
    people = question(page, "督查组到场人数")
    people.get_by_role("textbox").first.fill("1")
    people.get_by_label("问题描述").fill("检查时仅一名人员到场。")
    people.get_by_role("button", name="记录问题").click()
    take(page, people, "拍照取证", photo)
    say(page, "是否向被查单位出示督学证", "是")
    say(page, "本组成员有无应回避情形", "否")
    take(page, question(page, "单位门头/校门照片"), "拍照", photo)
    page.get_by_role("button", name="下一节").click()
    say(page, "被查单位有无拒绝", "否")
    page.get_by_role("button", name="返回清单").click()
    conclude(page)
    return page


def conclude(page: Page) -> None:
    page.get_by_label("向被查单位反馈的内容").fill("到场人数不足，已当场说明。")
    page.get_by_role("button", name="保存现场反馈").click()
    page.get_by_role("button", name="离场检查").click()
    page.get_by_role("button", name="去补第一项").click()
    sign(page, "督查员签字")
    sign(page, "被查单位签字")
    submit(page)


def submit(page: Page) -> None:
    page.get_by_role("button", name="离场检查").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("^已提交 ·"))).to_be_visible()
    page.get_by_role("button", name="返回", exact=True).click()
    synced(page)


def send_back(month: Month, phone: Page, school: str) -> None:
    """The office asks for more; the crew adds it and submits again."""
    page = month.desk("office1")
    way(page, "到访")
    page.get_by_role("link", name=school, exact=True).click()
    form = deed(page, "退回重报")
    form.get_by_label("理由").fill("请补充到场人数的说明。")
    form.get_by_role("button").click()
    told(page, "已退回检查组")
    synced(phone)
    phone.get_by_role("button", name=f"打开到访：{school}").click()
    phone.get_by_role("link", name=re.compile("^到访")).click()
    people = question(phone, "督查组到场人数")
    people.get_by_role("button", name=re.compile("^写备注")).click()
    people.get_by_label(re.compile("^备注")).fill("另一名人员途中接警离开。")
    expect(phone.get_by_text(SAVED)).to_be_visible()
    phone.get_by_role("button", name="返回清单").click()
    submit(phone)


def accept(month: Month, school: str) -> None:
    page = month.desk("office1")
    way(page, "到访")
    page.get_by_role("link", name=school, exact=True).click()
    expect(page.get_by_text("另一名人员途中接警离开。")).to_be_visible()
    press(page, "审核通过", "已审核通过，问题已确认")


def issue(month: Month, school: str) -> str:
    """Drafted and reviewed by the office, signed by leadership; its number."""
    page = month.desk("office1")
    way(page, "整改通知书")
    page.get_by_role("link", name="次检查待起草").click()
    page.get_by_role("link", name=school, exact=True).click()
    press(page, "起草整改通知书", "已起草，请核对后送审。")
    press(page, "审核通过", "已审核，等待签发。")
    signing = month.desk("lead1")
    signing.goto("/")
    signing.get_by_role("link", name="进入我的工作台").click()
    signing.locator(".awaited").get_by_role("link", name=re.compile(school)).click()
    press(signing, "签发", "已签发，文号")
    return signing.get_by_role("heading", level=1).inner_text().split("\n")[0]


def mend(month: Month, school: str, photo: Path) -> None:
    """The school acknowledges, shows what was done, and reports."""
    page = month.desk(school, width=390)
    page.get_by_role("link", name=re.compile("请先签收")).click()
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_text("已签收。请按期整改并提交报告。")).to_be_visible()
    page.get_by_label("选择照片或 PDF").set_input_files(photo)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("服务器已收到并核验。")).to_be_visible(timeout=30_000)
    page.get_by_label("原因分析").fill("值班安排不周。")
    page.get_by_label("整改措施").fill("重新排班并公示。")
    page.get_by_label("责任人（职务）").fill("副校长")
    page.get_by_label("完成日期").fill(VISIT_DAY)
    page.get_by_label("整改结果").fill("已整改到位。")
    page.get_by_role("button", name="提交问题 1 的整改情况").click()
    expect(page.get_by_text("问题1的整改情况已提交。")).to_be_visible()


def close(month: Month, notice: str) -> None:
    """The report judged beside its photo, and the notice closed out."""
    page = month.desk("office1")
    way(page, "整改通知书")
    page.get_by_role("link", name="待复查").click()
    page.get_by_role("link", name=notice).click()
    form = deed(page, "复查此问题")
    form.get_by_label("已整改", exact=True).check()
    form.get_by_role("button").click()
    told(page, "复查结果已记录。")
    press(page, "销号", "已销号，编号")


def report(month: Month) -> None:
    """The half-month as it was compiled at its end, its words edited, reviewed, signed and published."""
    page = month.desk("office1")
    page.goto("/")
    page.get_by_role("link", name="进入我的工作台").click()
    way(page, "半月报")
    compiled(page, HALF_MONTH).click()
    page.get_by_role("link", name="编辑文字和图片").click()
    form = deed(page, "保存文字")
    form.get_by_label("下步安排").fill("继续抓好作业管理。")
    form.get_by_role("button", name="保存文字").click()
    told(page, "文字已保存。")
    page.get_by_role("link", name="‹ 返回本期").click()
    press(page, "审核通过", "已审核，等待签发。")
    signing = month.desk("lead1")
    signing.goto("/")
    signing.get_by_role("link", name="进入我的工作台").click()
    signing.locator(".awaited").get_by_role("link", name=HALF_MONTH).click()
    press(signing, "签发", "已签发，")
    page.reload()
    press(page, "印发", "已印发，读者已收到消息。")


def read(month: Month) -> None:
    """Leadership reads the issue on a phone."""
    page = month.open_page("lead2", width=360)
    page.get_by_role("link", name="目录", exact=True).click()
    way(page, "半月报")
    page.get_by_role("link", name=HALF_MONTH).click()
    expect(page.get_by_role("heading", name="2026年第1期（总第1期）")).to_be_visible()
    expect(page.locator(".figures li").first).to_contain_text("1次")
    expect(page.get_by_text("继续抓好作业管理。")).to_be_visible()
