"""Every screen of the phone by its address, at 360 pixels: contrast and targets computed, also at the largest letters."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.desk.album import open_finding
from tests.desk.handset import arrived, kept
from tests.desk.photographs import noise
from tests.desk.readable import faults
from tests.desk.shift import GATE, Go, going, snap  # noqa: F401 -- the fixture
from tests.desk.test_phone_visit_browser import question

pytestmark = pytest.mark.once

LARGEST = "150%"
"""The largest of the settings' letters (src/around/settings.ts)."""

SOURCES = Path(__file__).resolve().parents[2] / "phone" / "src"


def names(path: str, constant: str) -> list[str]:
    """The screens that the sources list, so that none is forgotten here."""
    [listed] = re.findall(rf"{constant} = \[(.*?)\]", (SOURCES / path).read_text())
    return re.findall(r'"(\w+)"', listed)


def addresses(visit: str, assignment: str) -> list[str]:
    tabs = names("visit/route.ts", "TABS") + names("around/places.ts", "AROUND")
    parts = [f"{name}/{visit}" for name in names("visit/route.ts", "OF_VISIT")]
    sections = [f"section/{visit}/{section}" for section in ("TY.0", "TY.1", "TY.2")]
    return [*tabs, f"task/{assignment}", *parts, *sections]


def look(page: Page, found: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for address in found:
        page.evaluate("(hash) => { location.hash = hash; }", address)
        expect(page).to_have_url(re.compile(f"#{re.escape(address)}$"))
        expect(page.locator("main h1, main h2, main p").first).to_be_visible()
        if wrong := faults(page):
            told[address] = wrong
    return told


def plant(page: Page) -> None:
    """A text, a button and a line that no screen may have: the judge of them all must see each."""
    page.evaluate("""() => {
        const pale = document.body.appendChild(document.createElement('p'));
        Object.assign(pale, {textContent: '看不清'}).style.color = '#666';
        const small = document.body.appendChild(document.createElement('button'));
        Object.assign(small.style, {width: '47px', height: '60px'});
        Object.assign(document.body.appendChild(document.createElement('div')).style, {width: '900px', height: '1px'});
    }""")


def test_every_screen_can_be_read_in_the_sun_and_hit_with_a_glove(go: Go, tmp_path: Path) -> None:
    shift = go(11)
    page = shift.page
    page.set_viewport_size({"width": 360, "height": 640})
    open_finding(page)
    snap(page, question(page, GATE), noise(tmp_path / "1.jpg", 200))
    arrived(page)
    [visit] = {op["visit"] for op in kept(page)["ops"] if op["name"] == "visit.start"}
    every = addresses(visit, shift.crew.assignment)
    assert look(page, every) == {}
    assert f"{LARGEST[:-1]}]" in (SOURCES / "around" / "settings.ts").read_text()
    page.evaluate("(scale) => { document.documentElement.style.fontSize = scale; }", LARGEST)
    assert look(page, every) == {}
    plant(page)
    found = faults(page)
    assert (set(found), [each[0] for each in found["pale"]], len(found["small"])) == (
        {"pale", "small", "wide"},
        ["看不清"],
        1,
    )
