"""Pictures on the phone, in Chromium: the camera in the page, what the preview says, and what happens without either."""

import hashlib
import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.desk.handset import all_is_there_once, arrived, kept, preview, rows
from tests.desk.photographs import noise
from tests.desk.shift import GATE, TOLD, Go, going  # noqa: F401 -- the fixture
from tests.desk.test_phone_visit_browser import SAVED, question

pytestmark = pytest.mark.once

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
)
PEOPLE = "督查组到场人数"
HERE = {"longitude": 108.71, "latitude": 30.93, "accuracy": 12}

AHEAD = 2 * 3600_000 + 13 * 60_000
"""Milliseconds that a clock is fast."""

FAST = f"""(() => {{
    const Real = Date;
    const ahead = () => Real.now() + {AHEAD};
    globalThis.Date = class extends Real {{
        constructor(...given) {{ super(...(given.length ? given : [ahead()])); }}
        static now() {{ return ahead(); }}
    }};
}})()"""

HANGS = """() => {
    const put = IDBObjectStore.prototype.put;
    let hanging = true;
    globalThis.hung = 0;
    IDBObjectStore.prototype.put = function (...given) {
        const again = () => { this.count().onsuccess = () => hanging && again(); };
        if (hanging) { hung += 1; again(); }
        return put.apply(this, given);
    };
    globalThis.goOn = () => { hanging = false; };
}"""
"""A transaction that wants to write stays open, and all that want the same tables wait behind it, until `goOn()`."""


def test_the_camera_in_the_page_keeps_what_it_took_and_burns_the_facts_into_the_preview_alone(go: Go) -> None:
    shift = go(7, user_agent=ANDROID, permissions=["camera", "geolocation"], geolocation=HERE)
    page, gate = shift.page, question(shift.page, GATE)
    gate.get_by_role("button", name=re.compile("^拍照")).click()
    finder = page.get_by_role("dialog", name=re.compile("^相机"))
    expect(finder.get_by_text("±12米")).to_be_visible()
    expect(finder.get_by_role("button", name="拍下")).to_be_enabled()
    finder.get_by_role("button", name="拍下").click()
    expect(finder.get_by_text("已拍1张，已保存在手机上。")).to_be_visible()
    finder.get_by_role("button", name="完成").click()
    expect(finder).to_have_count(0)
    expect(gate.locator("figure img")).to_be_visible()
    [file] = kept(page)["files"]
    small = Image.open(io.BytesIO(preview(page, file["key"]))).convert("RGB")
    assert small.getpixel((4, small.height - 4)) != small.getpixel((4, 4))
    caption = gate.locator("figcaption")
    expect(caption).to_contain_text("108.71000, 30.93000 ±12米")
    expect(caption).to_contain_text(file["sha256"][:4])
    expect(caption).to_contain_text("距被查单位")
    gate.get_by_role("button", name=re.compile("^放大")).click()
    expect(page.get_by_role("dialog").get_by_text(file["sha256"])).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="关闭").click()
    arrived(page)
    all_is_there_once(page, shift.server)
    shift.crew.leader.pull()
    whole = shift.crew.leader.blob(file["sha256"])
    original = Image.open(io.BytesIO(whole))
    assert (hashlib.sha256(whole).hexdigest(), original.format) == (file["sha256"], "JPEG")
    foot = original.convert("L").crop((0, original.height - 8, 8, original.height))
    assert min(foot.tobytes()) > 60, "the test card is bright at its foot: nothing was burned into the original"


def test_without_a_camera_a_place_or_a_right_clock_there_is_a_sentence_and_a_way_on(go: Go, tmp_path: Path) -> None:
    shift = go(9, user_agent=ANDROID, permissions=[], script=FAST)
    page, gate = shift.page, question(shift.page, GATE)
    gate.get_by_role("button", name=re.compile("^拍照")).click()
    expect(gate.get_by_role("alert")).to_contain_text("没有相机权限。请在系统设置中允许浏览器使用相机")
    expect(gate.get_by_text("没有定位权限：照片照常保存")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        gate.get_by_role("button", name=re.compile("^用系统相机拍照")).click()
    picture = noise(tmp_path / "1.jpg", 200)
    chooser.value.set_files(picture)
    expect(gate.locator("figcaption")).to_contain_text("无定位")
    expect(gate.locator("figcaption")).to_contain_text("手机时钟快约2小时")
    arrived(page)
    all_is_there_once(page, shift.server)
    [file] = kept(page)["files"]
    assert file["sha256"] == hashlib.sha256(picture.read_bytes()).hexdigest()
    device = kept(page)["meta"]["identity"]["device"].replace("-", "")
    told = rows(shift.server, "SELECT offset_ms FROM sync_operation WHERE device_id = ? ORDER BY n", device)
    assert abs(told[-1][0] - AHEAD) < 60_000
    place = "SELECT lng, lat FROM inspections_evidence WHERE id = ?"
    assert rows(shift.server, place, file["key"].replace("-", "")) == [(None, None)]


def test_an_answer_is_on_the_screen_whatever_the_database_does(go: Go) -> None:
    shift = go(10)
    page = shift.page
    arrived(page)
    page.evaluate(HANGS)
    people = question(page, PEOPLE).get_by_role("textbox").first
    for typed in ("1", "12", "3"):
        people.fill(typed)
    for answer in ("是", "否"):
        question(page, TOLD).get_by_role("button", name=answer, exact=True).click()
        expect(question(page, TOLD).get_by_role("button", name=answer, exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
    expect(page.get_by_text("正在保存……")).to_be_visible()
    assert page.evaluate("hung") > 0
    page.evaluate("goOn()")
    expect(page.get_by_text(SAVED)).to_be_visible()
    arrived(page)
    all_is_there_once(page, shift.server)
    answers = shift.answers()
    assert (answers["TY-01"], answers["TY-02"]) == ("no", "3")
