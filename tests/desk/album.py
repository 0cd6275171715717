"""Many photos in one visit, and what the tab's process holds in memory meanwhile."""

import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import CDPSession, Page, expect

from tests.desk.own_browser import OwnBrowser
from tests.desk.test_phone_visit_browser import SAVED, question

PEOPLE = "督查组到场人数"
MOST = 400 * 2**20
"""Bytes that a tab may grow by, sixty photos long."""


def camera_photo(path: Path, megapixels: int = 12) -> Path:
    """What a phone's camera makes: 4:3, about 4 MB at 12 megapixels."""
    height = int((megapixels * 1_000_000 * 3 / 4) ** 0.5)
    Image.effect_noise((height * 4 // 3, height), 22).convert("RGB").save(path, "JPEG", quality=88)
    return path


def open_finding(page: Page) -> None:
    """A finding takes as many photos as there are."""
    people = question(page, PEOPLE)
    people.get_by_role("textbox").first.fill("1")
    people.get_by_label("问题描述").fill("到场仅一名人员。")
    expect(page.get_by_text(SAVED)).to_be_visible()
    people.get_by_role("button", name="记录问题").click()
    expect(people.get_by_role("button", name="拍照取证").first).to_be_visible()


def take_many(page: Page, photo: Path, count: int) -> None:
    """Each a file of its own: other bytes behind the end of the same picture."""
    people, whole = question(page, PEOPLE), photo.read_bytes()
    shown, line = people.locator("figure img"), page.context.new_cdp_session(page)
    before = shown.count()
    for number in range(1, count + 1):
        another = photo.with_name(f"{before + number}.jpg")
        another.write_bytes(whole + os.urandom(16))
        _choose(line, another)
        expect(shown).to_have_count(before + number, timeout=60_000)
    line.detach()


def _choose(line: CDPSession, photo: Path) -> None:
    """As a camera hands a file over: by its place on the disk, never through the page's own memory."""
    wanted = f"[...document.querySelectorAll('.question')].find((each) => each.ariaLabel.startsWith('{PEOPLE}'))"
    told = line.send("Runtime.evaluate", {"expression": f"{wanted}.querySelector('input[type=file]')"})
    line.send("DOM.setFileInputFiles", {"files": [str(photo)], "objectId": told["result"]["objectId"]})


class Memory:
    """Of the page's process: how far it grew since now, at its highest."""

    def __init__(self, browser: OwnBrowser) -> None:
        self.process = max(browser.renderers(), key=lambda pid: _held(pid, "VmRSS"))
        Path(f"/proc/{self.process}/clear_refs").write_text("5")
        self.before = _held(self.process, "VmRSS")

    def growth(self) -> int:
        """Bytes."""
        return _held(self.process, "VmHWM") - self.before


def _held(pid: int, name: str) -> int:
    [line] = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024
