"""Every screen of the phone's app by its address, and what the rules of accessibility say of what is on one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.desk.readable import faults

SOURCES = Path(__file__).resolve().parents[2] / "phone" / "src"

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"color-contrast-enhanced": {"enabled": True}},
}
"""WCAG 2.2 AA, and of AAA the contrast of 7 : 1."""


def names(path: str, constant: str) -> list[str]:
    """The screens that the sources list, so that none is forgotten here."""
    [listed] = re.findall(rf"{constant} = \[(.*?)\]", (SOURCES / path).read_text())
    return re.findall(r'"(\w+)"', listed)


def addresses(visit: str, assignment: str, key: str = "") -> list[str]:
    """All of them, for a visit in progress; with the question `key` the section opens at it."""
    tabs = names("visit/route.ts", "TABS") + names("around/places.ts", "AROUND")
    parts = [f"{name}/{visit}" for name in names("visit/route.ts", "OF_VISIT")]
    sections = [f"section/{visit}/{section}" for section in ("TY.0", "TY.1", "TY.2")]
    return [*tabs, f"task/{assignment}", *parts, *sections, *([f"section/{visit}/{key}"] if key else [])]


def walk(page: Page, found: list[str]) -> Iterator[str]:
    """Each address, when its screen is there."""
    for address in found:
        page.evaluate("(hash) => { location.hash = hash; }", address)
        expect(page).to_have_url(re.compile(f"#{re.escape(address)}$"))
        expect(page.locator("main h1, main h2, main p").first).to_be_visible()
        yield address


def violations(page: Page, axe: str) -> list[Any]:
    """Of accessibility, each with the elements it is about. The rules are brought into a page once."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe)
    found = page.evaluate("(rules) => axe.run(document, {...rules, resultTypes: ['violations']})", RULES)
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


def fine(page: Page, axe: str) -> None:
    """No violation of accessibility, every text at 7 : 1, every target of 48 pixels, nothing wider than the screen."""
    found = (violations(page, axe), faults(page))
    assert found == ([], {}), found
