"""The office's day in a browser: a board that moves by itself, a draw before a witness, a visit approved; for everybody."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend.core import clock
from tests.desk.conftest import OpenPage
from tests.foreign.client import uuid7
from tests.foreign.crew import applied, one, submit

pytestmark = pytest.mark.once

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
WIDE, NARROW = (1440, 900), (360, 640)

FAULTS = """async (rules) => {
  const found = (await axe.run(document, rules)).violations.map((each) => [each.id, each.nodes.map((node) => node.html)]);
  const wide = document.documentElement.scrollWidth;
  return wide > innerWidth ? [...found, ['sideways', wide]] : found;
}"""


def sound(page: Page, axe: str, *addresses: str, size: tuple[int, int]) -> None:
    """No violation of accessibility and nothing wider than the screen, with every form opened."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        page.evaluate(axe)
        assert (address, page.evaluate(FAULTS, RULES)) == (address, [])


def test_a_day_of_the_office(opened: OpenPage, office: Any, send_crew: Any, axe: str) -> None:
    page = opened("office1", width=WIDE[0])
    out = page.locator("li", has_text="组在外").locator("b")
    before = int(out.inner_text())
    crew = send_crew(13)
    expect(out).to_have_text(str(before + 1), timeout=40_000)
    expect(page.get_by_role("link", name=crew.school["name"])).to_be_visible()
    visit = crew.begun()
    crew.leader.do("finding", "record", uuid7(), visit=visit, item="TY-02", text="督查人员不足。", answer_key="TY-02")
    applied(crew.leader)
    crew.leader.pull()
    one(crew.leader, submit(crew.leader, visit))
    page.goto("/desk/visits?state=submitted")
    page.get_by_role("link", name=crew.school["name"]).click()
    page.locator("summary", has_text="审核通过").click()
    page.get_by_role("button", name="审核通过").click()
    expect(page.get_by_text("已审核通过，问题已确认")).to_be_visible()
    reviewed = page.url
    drawn = draw(page)
    lists = "today plans draws assignments visits evidence held phones burden checklists".split()
    sound(page, axe, *(f"/desk/{name}" for name in lists), reviewed, drawn, f"{drawn}/check", size=WIDE)
    sound(page, axe, "/desk/today", "/desk/assignments", "/desk/draws", reviewed, drawn, size=NARROW)


def draw(page: Page) -> str:
    """A draw sealed and drawn by buttons; its address."""
    page.goto("/desk/draws")
    page.locator("summary", has_text="封存并准备抽取").click()
    form = page.locator("form[action$='/do/seal']")
    form.locator("[name=month]").fill(f"{clock.today().replace(day=1) + dt.timedelta(days=32):%Y-%m}")
    form.locator("[name=count]").fill("3")
    form.get_by_role("button").click()
    expect(page.get_by_text("已封存：名录和种子不能再改")).to_be_visible()
    page.locator("summary", has_text="当场抽取").click()
    form = page.locator("form[action$='/do/run']")
    form.locator("[name=witness]").select_option(index=1)
    form.locator("[name=contribution]").fill("公开、公平、公正")
    form.get_by_role("button").click()
    expect(page.locator("section", has_text="结果").locator("tbody tr")).to_have_count(3)
    return page.url
