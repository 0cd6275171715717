"""A browser with a process and a profile of its own, so that it can be killed as a system kills it."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, Page

from tests.desk.bare_line import BareLine
from tests.desk.conftest import FLAGS

STARTS_WITHIN = 60


@dataclass
class OwnBrowser:
    process: subprocess.Popen[bytes]
    browser: Browser
    page: Page
    port: int
    """Where it listens to whoever drives it."""

    @classmethod
    def start(cls, kind: BrowserType, profile: Path) -> "OwnBrowser":
        """On a profile, which may be that of a browser that was killed."""
        told = profile / "DevToolsActivePort"
        told.unlink(missing_ok=True)
        path = shutil.which("chromium")
        assert path
        headless = ["--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            [path, *FLAGS, *headless], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        end = time.monotonic() + STARTS_WITHIN
        while not (told.exists() and told.read_text().count("\n")):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        port = int(told.read_text().splitlines()[0])
        browser = kind.connect_over_cdp(f"http://127.0.0.1:{port}")
        page = browser.contexts[0].new_page()
        page.set_default_timeout(15_000)
        return cls(process, browser, page, port)

    def alone(self, part: str) -> BareLine:
        """Playwright hangs up, the page whose address has this in it goes on; `page` is no more until `watched`."""
        self.browser.close()
        return BareLine(self.port, part)

    def watched(self, kind: BrowserType, part: str) -> None:
        """Playwright is back on that page."""
        self.browser = kind.connect_over_cdp(f"http://127.0.0.1:{self.port}")
        [self.page] = [each for each in self.browser.contexts[0].pages if part in each.url]

    def renderers(self) -> list[int]:
        """The processes of its pages and workers."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command, group = (folder / "cmdline").read_bytes(), os.getpgid(int(folder.name))
            except OSError:  # it is over
                continue
            if group == self.process.pid and b"--type=renderer" in command:
                found.append(int(folder.name))
        return found

    def close(self) -> None:
        """As a person closes it: what it has to write it writes."""
        self.browser.close()
        self.process.terminate()
        self.process.wait(30)

    def kill(self) -> None:
        """SIGKILL for all its processes at once: none can save anything."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
