"""A real server, Debian's Chromium, and people of the demonstration county in front of it."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.foreign.conftest import office, send_crew, server, sign_in  # noqa: F401 -- fixtures
from tests.foreign.process import Server

AS_PLAYWRIGHT = """AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades AimEnabled MediaRouter
    HttpsFirstBalancedModeAutoEnable LensOverlay PaintHolding ThirdPartyStoragePartitioning PreconnectToSearch
    AvoidCorsURLLoaderRestartOnRedirect TcpPortRandomizationWin OptimizationHints NetworkTimeServiceQuerying"""
"""What Playwright turns off by itself: the browser hears only the last of several such lists."""

UNSEEN = "WebUIOmniboxPopup WebUIOmniboxAimPopup WebUIOmniboxFullPopup"
"""Pages of the browser's own behind its line of addresses: they cost more than most of ours, in each new window."""

FLAGS = [
    "--disable-features=" + ",".join([*AS_PLAYWRIGHT.split(), *UNSEEN.split()]),
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera that sees a test card; asking for it stays as it is
]
PHONE = {"width": 390, "height": 844}
PASSWORD = "Yunchuan-2026"

expect.set_options(timeout=15_000)  # a machine that does much else at the same time is no fault of a page

OpenPage = Callable[..., Page]


LOOPS: list[asyncio.AbstractEventLoop] = []
"""That of Playwright while its browser is open: it counts as running in our thread all the time, also between its calls,
and Django asks no database where a loop is running."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The browser stays open for the whole package; its loop is there for those only who look into it."""
    if LOOPS:
        asyncio._set_running_loop(LOOPS[-1] if "chromium" in getattr(item, "fixturenames", ()) else None)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "Chromium is needed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        LOOPS.append(asyncio.get_running_loop())
        yield browser
        asyncio._set_running_loop(LOOPS.pop())
        browser.close()


@pytest.fixture
def opened(chromium: Browser, server: Server) -> Iterator[OpenPage]:  # noqa: F811
    """A browser of somebody's own, with a fresh profile; what its console complains of fails the test."""
    with browsing(chromium, server) as open_page:
        yield open_page


@contextmanager
def browsing(chromium: Browser, server: Server) -> Iterator[OpenPage]:  # noqa: F811
    """The same for as long as a fixture of a wider scope lives."""
    contexts, complaints = [], []

    def open_page(username: str = "", *, width: int = PHONE["width"], **more: Any) -> Page:
        context = chromium.new_context(
            base_url=server.base, viewport={"width": width, "height": PHONE["height"]}, locale="zh-CN", **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("console", lambda said: complaints.append(said.text) if _serious(said) else None)
        if username:
            enter(page, username)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _serious(said: Any) -> bool:
    """Violations of the content security policy; lines that are cut on purpose are told as errors too."""
    return said.type == "error" and "Content Security Policy" in said.text


def enter(page: Page, username: str) -> None:
    page.goto("/signin")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


@pytest.fixture(scope="package")
def axe() -> str:
    """The script that knows the rules of accessibility (WCAG 2.2 AA)."""
    folder = Path(__file__).parent.parent / "media" / "javascript" / "node_modules" / "axe-core"
    return (folder / "axe.min.js").read_text()
