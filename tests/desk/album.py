"""Many photos in one visit, and what the tab's process holds in memory meanwhile."""

import contextlib
import os
import threading
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.desk.bare_line import LOOK_EVERY, BareLine
from tests.desk.own_browser import OwnBrowser
from tests.desk.test_phone_visit_browser import SAVED, question

PEOPLE = "督查组到场人数"
WANTED = f"[...document.querySelectorAll('.question')].find((each) => each.ariaLabel.startsWith('{PEOPLE}'))"
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


def take_many(line: BareLine, photo: Path, count: int) -> None:
    """Each a file of its own: other bytes behind the end of the same picture."""
    whole, shown = photo.read_bytes(), f"{WANTED}.querySelectorAll('figure img').length"
    before = int(line.evaluate(shown))
    for number in range(before + 1, before + count + 1):
        another = photo.with_name(f"{number}.jpg")
        another.write_bytes(whole + os.urandom(16))
        _choose(line, another)
        line.until(f"{shown} >= {number}")


def _choose(line: BareLine, photo: Path) -> None:
    """As a camera hands a file over: by its place on the disk, never through the page's own memory."""
    told = line.send("Runtime.evaluate", expression=f"{WANTED}.querySelector('input[type=file]')")["result"]
    line.send("DOM.setFileInputFiles", files=[str(photo)], objectId=told["objectId"])
    line.send("Runtime.releaseObject", objectId=told["objectId"])


class Memory:
    """Of the page's process: how far it grew since now, at its highest.

    The system keeps the highest, and browsers begin it anew now and then for figures of their own: it is read often.
    """

    def __init__(self, browser: OwnBrowser) -> None:
        self.process = max(browser.renderers(), key=lambda pid: _held(pid, "VmRSS"))
        Path(f"/proc/{self.process}/clear_refs").write_text("5")
        self.before = self.highest = _held(self.process, "VmRSS")
        threading.Thread(target=self._watch, daemon=True).start()

    def growth(self) -> int:
        """Bytes."""
        return self.highest - self.before

    def _watch(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # until the process is over
            while True:
                self.highest = max(self.highest, _held(self.process, "VmHWM"))
                time.sleep(LOOK_EVERY)


def _held(pid: int, name: str) -> int:
    [line] = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024
