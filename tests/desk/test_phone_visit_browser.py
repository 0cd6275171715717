"""A whole visit on the phone without a network, and what of it the server holds once there is one again."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.desk.conftest import OpenPage
from tests.desk.screens import fine
from tests.desk.test_phone_browser import enter
from tests.foreign.content import content_hash

pytestmark = pytest.mark.once

UPRIGHT = 0x0112
"""The EXIF tag of a picture's orientation."""

SAVED = "已保存在手机上。"
ANSWERED = "全部工作已在服务器上。"
WORDING = "检查时仅一名人员到场。"
STANDARD = {
    "item": "TY-02",
    "text": WORDING,
    "severity": "minor",
    "due_days": 10,
    "measure": "补足人员。",
}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture that lies on its side and is larger than what is shown of it."""
    exif = Image.Exif()
    exif[UPRIGHT] = 6
    out = io.BytesIO()
    Image.effect_noise((1440, 960), 60).convert("RGB").save(out, "JPEG", quality=80, exif=exif)
    path = tmp_path / "校门.jpg"
    path.write_bytes(out.getvalue())
    return path


def question(page: Page, text: str) -> Locator:
    return page.get_by_role("region", name=text)


def say(page: Page, text: str, answer: str) -> None:
    button = question(page, text).get_by_role("button", name=answer, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def take(page: Page, inside: Locator, words: str, photo: Path) -> None:
    with page.expect_file_chooser() as chooser:
        inside.get_by_role("button", name=re.compile(f"^{words}")).first.click()
    chooser.value.set_files(photo)
    expect(inside.locator("figure img").first).to_be_visible()


def sign(page: Page, label: str) -> None:
    side = page.get_by_role("region", name=label)
    side.get_by_role("button", name=label).click()
    pad = page.get_by_role("img", name=f"签名板：{label}")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 120)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(box["x"] + 40 + 25 * step, box["y"] + (60 if step % 2 else 150))
    page.mouse.up()
    page.get_by_role("button", name="确认签名").click()
    expect(side.locator("figure img")).to_be_visible()


def synced(page: Page) -> None:
    page.get_by_role("tab", name="上传").click()
    page.get_by_role("button", name="立即同步").click()
    expect(page.get_by_role("status")).to_have_text(ANSWERED, timeout=30_000)
    expect(page.get_by_text("服务器已收到", exact=True)).to_have_count(0, timeout=30_000)
    page.get_by_role("tab", name="今日").click()


def begin(page: Page, school: str) -> None:
    page.get_by_role("button", name=f"开始督查：{school}").click()
    expect(page.get_by_role("heading", name=school, level=1)).to_be_visible()


def fill(page: Page, photo: Path, axe: str) -> None:
    """The general page, with one finding and its proof; the app is reloaded on the way."""
    page.get_by_role("link", name=re.compile("^到访")).click()
    say(page, "本次是否未事先通知", "是")
    people = question(page, "督查组到场人数")
    people.get_by_role("textbox").first.fill("1")
    people.get_by_role("button", name=WORDING).click()
    expect(people.get_by_text("送达后10天")).to_be_visible()
    expect(page.get_by_text(SAVED)).to_be_visible()
    fine(page, axe)
    people.get_by_role("button", name="记录问题").click()
    take(page, people, "拍照取证", photo)
    say(page, "是否向被查单位出示督学证", "是")
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.reload()
    expect(question(page, "督查组到场人数").get_by_text(f"{WORDING}（一般）")).to_be_visible()
    say(page, "本组成员有无应回避情形", "否")
    come_back_to_the_camera(page)
    take(page, question(page, "单位门头/校门照片"), "拍照", photo)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("5/5")
    page.get_by_role("button", name="下一节").click()
    say(page, "被查单位有无拒绝", "否")
    page.get_by_role("button", name="返回清单").click()


def come_back_to_the_camera(page: Page) -> None:
    """The phone ends the app while the camera is open; opened from its icon it is back at that question."""
    with page.expect_file_chooser():
        question(page, "单位门头/校门照片").get_by_role("button", name=re.compile("^拍照")).click()
    page.goto("/m/")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("照片没有取到，请重新拍摄")


def conclude(page: Page, axe: str) -> None:
    page.get_by_label("向被查单位反馈的内容").fill("到场人数不足，已当场说明。")
    page.get_by_role("button", name="保存现场反馈").click()
    expect(page.get_by_text("现场反馈已保存。")).to_be_visible()
    page.get_by_role("button", name="离场检查").click()
    expect(page.get_by_role("heading", name="还有2项未完成")).to_be_visible()
    fine(page, axe)
    page.get_by_role("button", name="去补第一项").click()
    sign(page, "督查员签字")
    sign(page, "被查单位签字")
    page.get_by_role("button", name="离场检查").click()
    expect(page.get_by_text("必填项已全部完成，可以提交。")).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("^已提交 ·"))).to_be_visible()


def test_a_visit_made_without_a_network_is_on_the_server_whole_once_there_is_one(
    opened: OpenPage, office: Any, send_crew: Any, photo: Path, axe: str
) -> None:
    office.call("POST", "/standard-findings", STANDARD)
    crew = send_crew(10)
    place = crew.school["location"]
    position = {"longitude": place["lng"], "latitude": place["lat"], "accuracy": 1500}
    page = opened(geolocation=position, permissions=["geolocation"])
    enter(page, crew.leader.username)
    expect(page.get_by_role("button", name=f"开始督查：{crew.school['name']}")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    page.context.set_offline(True)
    begin(page, crew.school["name"])
    page.get_by_role("button", name="签到", exact=True).click()
    expect(page.get_by_text("已签到：")).to_be_visible()
    fill(page, photo, axe)
    conclude(page, axe)
    page.reload()
    expect(page.get_by_role("status").filter(has_text="已提交")).to_be_visible()

    page.context.set_offline(False)
    page.get_by_role("button", name="返回", exact=True).click()
    synced(page)
    visit = arrived(crew, photo, 1)

    office.call("POST", f"/visits/{visit}/return", {"reason": "请补充到场人数的说明。"})
    synced(page)
    page.get_by_role("button", name=f"打开到访：{crew.school['name']}").click()
    expect(page.get_by_role("alert")).to_have_text("已退回，请修改后重新提交。退回理由：请补充到场人数的说明。")
    page.get_by_role("link", name=re.compile("^到访")).click()
    people = question(page, "督查组到场人数")
    people.get_by_role("button", name="写备注：督查组到场人数（检查培训机构须2名以上执法人员）").click()
    people.get_by_label(re.compile("^备注")).fill("另一名人员途中接警离开。")
    page.get_by_role("button", name="返回清单").click()
    page.get_by_role("button", name="离场检查").click()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="已提交")).to_be_visible()
    page.get_by_role("button", name="返回", exact=True).click()
    synced(page)
    assert arrived(crew, photo, 2) == visit


def arrived(crew: Any, photo: Path, round_: int) -> str:
    """The server holds the visit as it was made: answers, finding, files and the hash of it all. Its id."""
    crew.leader.pull()
    [(visit, doc)] = of(crew, "visit", "assignment", crew.assignment).items()
    assert (doc["state"], doc["round"], doc["check_in"]["inside"]) == ("submitted", round_, True)
    assert doc["content_hash"] == content_hash(crew.leader.store, visit)
    values = {key: row["value"] for key, row in doc["answers"].items()}
    [gate] = values.pop("TY-05")
    assert values == {"TY-01": "yes", "TY-02": 1, "TY-03": "yes", "TY-04": "no", "TY-08": "no"}
    assert doc["feedback"]["text"] == "到场人数不足，已当场说明。"
    [(finding, found)] = of(crew, "finding", "visit", visit).items()
    assert (found["text"], found["answer_key"], found["due_days"]) == (WORDING, "TY-02", 10)
    evidence = of(crew, "evidence", "visit", visit)
    assert {row["state"] for row in evidence.values()} == {"verified"}
    assert sorted(row["kind"] for row in evidence.values()) == ["photo", "photo", "signature", "signature"]
    assert [row["finding"] for row in evidence.values() if row["answer_key"] == "TY-02"] == [finding]
    assert evidence[gate]["location"]["accuracy"] == 1500
    assert crew.leader.blob(evidence[gate]["sha256"]) == photo.read_bytes()
    return str(visit)


def of(crew: Any, kind: str, member: str, value: str) -> dict[str, Any]:
    return {key: row for key, row in crew.leader.store.all(kind).items() if row[member] == value}


def test_without_a_place_a_check_in_needs_a_reason_and_a_number_out_of_range_is_not_stored(
    opened: OpenPage, send_crew: Any, axe: str
) -> None:
    crew = send_crew(11)
    page = opened(width=360, permissions=[])
    page.set_viewport_size({"width": 360, "height": 640})
    enter(page, crew.leader.username)
    begin(page, crew.school["name"])
    page.get_by_role("button", name="签到", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("没有取得定位，请写明原因后签到。", timeout=20_000)
    fine(page, axe)
    page.get_by_label("原因").fill("校内无信号。")
    page.get_by_role("button", name="写明原因后签到").click()
    expect(page.get_by_text("已签到：无定位，校内无信号。")).to_be_visible()
    page.get_by_role("link", name=re.compile("^到访")).click()
    people = question(page, "督查组到场人数")
    people.get_by_role("textbox").first.fill("2")
    people.get_by_role("textbox").first.fill("200")
    expect(people.get_by_role("alert")).to_have_text("未保存：数值应在0至99人之间。")
    fine(page, axe)
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.reload()
    expect(question(page, "督查组到场人数").get_by_role("textbox").first).to_have_value("2")


def test_a_new_version_waits_for_a_tap_and_takes_nothing_of_a_half_filled_form(
    opened: OpenPage, send_crew: Any
) -> None:
    crew = send_crew(12)
    page = opened()
    enter(page, crew.leader.username)
    begin(page, crew.school["name"])
    page.get_by_role("link", name=re.compile("^到访")).click()
    people = question(page, "督查组到场人数")
    people.get_by_role("textbox").first.fill("1")
    people.get_by_label("问题描述").fill("到场仅一名人员。")
    again = (
        "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.register('/m/sw.js?later', {scope: '/m/'}))"
    )
    page.evaluate(f"{again}.then(() => true)")
    expect(page.get_by_text("应用有新版本。")).to_be_visible()
    expect(people.get_by_label("问题描述")).to_have_value("到场仅一名人员。")
    with page.expect_navigation():
        page.get_by_role("button", name="更新", exact=True).click()
    expect(people.get_by_label("问题描述")).to_have_value("到场仅一名人员。")
    expect(people.get_by_role("textbox").first).to_have_value("1")
