"""A month in a county by clicks and typing alone: its people, each with a browser of their own, and its days."""

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.desk.conftest import OpenPage
from tests.foreign.process import Server

DRAFTING = "2026-10-23T09:00:00+08:00"
VISITING = "2026-11-04T09:00:00+08:00"
REPORTING = "2026-11-16T09:00:00+08:00"
VISIT_DAY = "2026-11-04"
HALF_MONTH = "2026年11月1日至15日"


@dataclass
class Month:
    """The server at its days, and who sits where."""

    server: Server
    open_page: OpenPage
    seats: dict[str, Page] = field(default_factory=dict)

    def desk(self, username: str, *, width: int = 1440) -> Page:
        """Somebody's desk, at the page on which their day begins."""
        if username not in self.seats:
            self.seats[username] = self.open_page(username, width=width)
        return self.seats[username]

    def morning(self, clock: str) -> None:
        """Another day: everybody finds their desk as they left it."""
        for page in self.seats.values():
            page.goto("about:blank")
        self.server.travel(clock)


def way(page: Page, label: str) -> None:
    """A page by the way around that stands on every desk."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=label, exact=True).click()


def deed(page: Page, label: str) -> Locator:
    """The form of a deed, opened."""
    summary = page.locator("summary").filter(has_text=re.compile(rf"^\s*{re.escape(label)}\s*$")).first
    folded = page.locator("details").filter(has=summary).last
    if folded.get_attribute("open") is None:
        summary.click()
    return folded.locator("form")


def press(page: Page, label: str, said: str) -> None:
    """The button of a deed that is sent as it stands, with its form opened where it has one."""
    button = page.get_by_role("button", name=label, exact=True)
    page.locator("summary, button").filter(has_text=re.compile(rf"^\s*{re.escape(label)}\s*$")).first.wait_for()
    if not button.first.is_visible():
        deed(page, label)
    button.first.click()
    told(page, said)


def search(page: Page, label: str, words: str) -> None:
    """A list narrowed by words."""
    page.get_by_label(label).fill(words)
    page.get_by_label(label).press("Enter")


def told(page: Page, said: str) -> None:
    expect(page.locator("[data-said]")).to_contain_text(said)


def compiled(page: Page, period: str) -> Locator:
    """The issue that the product compiles by itself soon after its period, in the list of issues."""
    link, ends = page.get_by_role("link", name=period), time.monotonic() + 60
    while not link.count() and time.monotonic() < ends:
        page.reload()
    return link
