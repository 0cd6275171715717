"""Every screen of the phone by its address, at 360 × 640: contrast and targets computed, and axe at the largest letters."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.desk.album import open_finding
from tests.desk.handset import arrived, kept
from tests.desk.photographs import noise
from tests.desk.readable import faults
from tests.desk.screens import SOURCES, addresses, violations, walk
from tests.desk.shift import GATE, Go, going, snap  # noqa: F401 -- the fixture
from tests.desk.test_phone_visit_browser import question

pytestmark = pytest.mark.once

LARGEST = "150%"
"""The largest of the settings' letters (src/around/settings.ts)."""

SMALLEST: Any = {"width": 360, "height": 640}


def look(page: Page, found: list[str], axe: str = "") -> dict[str, Any]:
    """What is wrong, by address; with the rules of accessibility where they are given."""
    told: dict[str, Any] = {}
    for address in walk(page, found):
        wrong = faults(page) | ({"axe": said} if axe and (said := violations(page, axe)) else {})
        if wrong:
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


def test_every_screen_can_be_read_in_the_sun_and_hit_with_a_glove(go: Go, axe: str, tmp_path: Path) -> None:
    shift = go(11)
    page = shift.page
    page.set_viewport_size(SMALLEST)
    open_finding(page)
    snap(page, question(page, GATE), noise(tmp_path / "1.jpg", 200))
    arrived(page)
    [visit] = {op["visit"] for op in kept(page)["ops"] if op["name"] == "visit.start"}
    every = addresses(visit, shift.crew.assignment)
    assert look(page, every) == {}
    assert f"{LARGEST[:-1]}]" in (SOURCES / "around" / "settings.ts").read_text()
    page.evaluate("(scale) => { document.documentElement.style.fontSize = scale; }", LARGEST)
    assert look(page, every, axe) == {}
    plant(page)
    found = faults(page)
    assert (set(found), [each[0] for each in found["pale"]], len(found["small"])) == (
        {"pale", "small", "wide"},
        ["看不清"],
        1,
    )
