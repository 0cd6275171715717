"""An inspector in the middle of a visit, in a browser of their own behind a line of its own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.desk.album import PEOPLE, open_finding
from tests.desk.conftest import PASSWORD, PHONE
from tests.desk.gate import Gate
from tests.desk.handset import arrived, kept, rows
from tests.desk.test_phone_visit_browser import SAVED, begin, question
from tests.foreign.client import Phone
from tests.foreign.crew import Crew
from tests.foreign.process import Server

SCREEN: Any = PHONE
TOLD = "本次是否未事先通知"
SHOWN = "是否向被查单位出示督学证"
GATE = "单位门头/校门照片"


@dataclass
class Shift:
    """An inspector's phone in the middle of a visit; `gate` is its line to the server."""

    context: BrowserContext
    page: Page
    gate: Gate
    server: Server
    crew: Any

    def answer(self, text: str = TOLD, page: Page | None = None) -> str:
        """Say yes where it was no and the other way round; in the database when this returns."""
        page = page or self.page
        yes = question(page, text).get_by_role("button", name="是", exact=True)
        answer = "否" if yes.get_attribute("aria-pressed") == "true" else "是"
        button = question(page, text).get_by_role("button", name=answer, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_text(SAVED)).to_be_visible()
        return "yes" if answer == "是" else "no"

    def photo(self, path: Path) -> None:
        """One more for the finding, of which there may be any number."""
        snap(self.page, question(self.page, PEOPLE), path)

    def answers(self) -> dict[str, Any]:
        """As the server has them."""
        [visit] = {row["id"] for row in kept(self.page)["ops"] if row["name"] == "visit.start"}
        return {key: value.strip('"') for key, value in rows(self.server, ANSWERS, visit.replace("-", ""))}


Go = Callable[..., Shift]
ANSWERS = "SELECT key, value FROM inspections_answer WHERE visit_id = ?"


def sign_in(page: Page, username: str) -> None:
    account = page.get_by_label("账号")
    if account.is_editable():  # who has work on this phone signs in again under the same name
        account.fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def section(page: Page, crew: Any, username: str, *, offline: bool = False) -> None:
    """Sign in, begin the visit and open its first section; the app is there without a network from now on."""
    sign_in(page, username)
    expect(page.get_by_role("button", name=f"开始督查：{crew.school['name']}")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    if offline:
        page.context.set_offline(True)
    begin(page, crew.school["name"])
    page.get_by_role("link", name=re.compile("^到访")).click()


def snap(page: Page, inside: Locator, photo: Path) -> None:
    """Give a picture to the camera's button; it is in the database and shown when this returns."""
    shown = inside.locator("figure img")
    before = shown.count()
    inside.locator("input[type=file]").first.set_input_files(photo)
    expect(shown).to_have_count(before + 1)


@pytest.fixture(name="standing", scope="module")
def standing_visit(chromium: Browser, server: Server, office: Any) -> Iterator[Shift]:
    """One visit for all tests that leave it with everything sent."""
    crew, gate = sent(server, office, 13), Gate(server.base)
    context = chromium.new_context(base_url=gate.base, viewport=SCREEN, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/m/")
    section(page, crew, crew.leader.username)
    open_finding(page)
    arrived(page)
    yield Shift(context, page, gate, server, crew)
    context.close()
    gate.shut()
    for phone in (crew.leader, crew.member):
        phone.close()


def sent(server: Server, office: Any, team: int) -> Crew:
    """A crew on its way to a school nobody else is sent to."""
    names = [f"t{team:02}_lead", f"t{team:02}_a"]
    phones = [Phone(server.base, name) for name in names]
    for phone in phones:
        phone.sign_in()
    school = office.schools.pop()
    crew = Crew(phones[0], phones[1], office.assign(f"T{team:02}", names, school["id"], templates=["TY"])["id"], school)
    crew.depart()
    return crew


@pytest.fixture(name="go")
def going(chromium: Browser, server: Server, send_crew: Any) -> Iterator[Callable[..., Shift]]:
    gates, contexts = [], []

    def go(
        team: int = 0,
        *,
        crew: Any = None,
        username: str = "",
        space: int = 0,
        script: str = "",
        offline: bool = False,
        **more: Any,
    ) -> Shift:
        gate = Gate(server.base)
        context = chromium.new_context(base_url=gate.base, viewport=SCREEN, locale="zh-CN", **more)
        gates.append(gate)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if script:
            context.add_init_script(script)
        if space:
            quota(context, page, gate, quotaSize=space)
        crew = crew or send_crew(team)
        page.goto("/m/")
        section(page, crew, username or crew.leader.username, offline=offline)
        return Shift(context, page, gate, server, crew)

    yield go
    for context in contexts:
        context.close()
    for gate in gates:
        gate.shut()


def quota(context: BrowserContext, page: Page, gate: Gate, **told: int) -> None:
    """How many bytes the app may keep; as ever, where nothing is told. Browsers look anew only when it seems too little."""
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": gate.base, **told})
