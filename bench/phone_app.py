"""`python -m bench.phone_app`: figures of the phone's app in Chromium, against a server of its own.

The first load in bytes; the day's list from a cold start without a network, on a processor four times slower; how far
the tab's process grows while sixty photos of twelve megapixels are taken in one visit. To be run on a quiet machine.
"""

import argparse
import gzip
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, expect, sync_playwright

from bench.server import ROOT
from tests.desk.album import MOST, Memory, camera_photo, open_finding, take_many
from tests.desk.handset import DONE, all_is_there_once, arrived
from tests.desk.own_browser import OwnBrowser
from tests.desk.shift import section, sign_in
from tests.foreign.client import Phone
from tests.foreign.crew import Crew
from tests.foreign.office import Office
from tests.foreign.process import Server

SLOWER = 4
LIST_WITHIN = 1500.0
"""Milliseconds."""

FIRST_LOAD = 180 * 1024
BUILD = ROOT / "backend" / "desk" / "static" / "m"

SHOWN = """(name) => {
    const look = () => {
        if (document.querySelector('main')?.textContent.includes(name)) globalThis.shown ??= performance.now();
        else requestAnimationFrame(look);
    };
    look();
}"""
ALL_SENT_WITHIN = 900.0
"""Seconds, on a machine that does much else."""

COLD = "cold"
"""What the empty page is called that a cold start begins on."""


@dataclass
class Bench:
    """A server, and somebody who is sent out."""

    server: Server
    office: Office
    kind: BrowserType
    folder: Path
    phones: list[Phone] = field(default_factory=list)
    browsers: list[OwnBrowser] = field(default_factory=list)

    def crew(self, team: int) -> Crew:
        names = [f"t{team:02}_lead", f"t{team:02}_a"]
        school = self.office.schools.pop()
        phones = [Phone(self.server.base, name) for name in names]
        for phone in phones:
            phone.sign_in()
        self.phones += phones
        sent = self.office.assign(f"T{team:02}", names, school["id"], templates=["TY"])
        crew = Crew(phones[0], phones[1], sent["id"], school)
        crew.depart()
        return crew

    def close(self) -> None:
        """Hang up and end the browsers that still run; the server is ended by whoever started it."""
        for account in (self.office, *self.phones):
            account.close()
        for each in self.browsers:
            if each.process.poll() is None:
                each.kill()

    def browser(self, name: str) -> OwnBrowser:
        self.browsers.append(OwnBrowser.start(self.kind, self.folder / name))
        return self.browsers[-1]


def first_load() -> int:
    """Bytes, compressed, of everything the app is made of."""
    return sum(len(gzip.compress(path.read_bytes())) for path in BUILD.rglob("*") if path.is_file())


def cold_starts(bench: Bench, rounds: int) -> dict[int, list[tuple[float, float]]]:
    """By how much slower the processor was: milliseconds until the list is on the screen, and the page's computing.

    The server is stopped meanwhile, each start is a browser of its own.

    Computing is what its process took of the processor until then; on a machine that does other things, too, four times
    that of the first row says more than the clock of the second.
    """
    crew = bench.crew(1)
    first = bench.browser("cold")
    first.page.goto(f"{bench.server.base}/m/")
    sign_in(first.page, crew.leader.username)
    expect(first.page.get_by_text(crew.school["name"], exact=True)).to_be_visible()
    first.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    arrived(first.page)
    first.close()
    bench.server.stop()
    found = {slower: [_cold_start(bench, crew, slower) for _ in range(rounds)] for slower in (1, SLOWER)}
    bench.server.start_again()
    return found


def _cold_start(bench: Bench, crew: Crew, slower: int) -> tuple[float, float]:
    """Without Playwright at the page: it would parse 330 KB of its own while the app starts, in a world of its own."""
    again = bench.browser("cold")
    again.page.goto(f"data:text/html,{COLD}")
    line = again.alone(COLD)
    line.send("Page.enable")
    line.send("Page.addScriptToEvaluateOnNewDocument", source=f"({SHOWN})({crew.school['name']!r})")
    line.send("Emulation.setCPUThrottlingRate", rate=slower)
    line.send("Page.navigate", url=f"{bench.server.base}/m/")
    line.until("globalThis.shown")
    found = float(line.evaluate("globalThis.shown")), max(_computed(pid) for pid in again.renderers())
    line.close()
    again.process.terminate()
    again.process.wait(30)
    return found


def _computed(pid: int) -> float:
    """Milliseconds of the processor, all threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def album(bench: Bench, count: int, say: Callable[[str], None]) -> int:
    """Bytes that the tab grew by at its highest, uploads and all; all the photos are on the server afterwards."""
    crew = bench.crew(2)
    own = bench.browser("album")
    page = own.page
    page.goto(f"{bench.server.base}/m/")
    section(page, crew, crew.leader.username)
    arrived(page)
    open_finding(page)
    line, memory = own.alone("/m/"), Memory(own)
    take_many(line, camera_photo(bench.folder / "photo.jpg"), count)
    line.until(f"({DONE})()", ALL_SENT_WITHIN)
    grown = memory.growth()
    line.close()
    own.watched(bench.kind, "/m/")
    all_is_there_once(own.page, bench.server)
    say(f"照片{count}张全部在服务器上，哈希一致。")
    own.close()
    return grown


def measure(options: argparse.Namespace, say: Callable[[str], None]) -> bool:
    """Print the figures; whether all of them keep their bounds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = Server.start(folder / "data", None)
        stack.callback(server.stop)
        office = Office(server.base, "office1")
        office.sign_in()
        office.learn()
        play: Any = stack.enter_context(sync_playwright())
        bench = Bench(server, office, play.chromium, folder)
        stack.callback(bench.close)
        size = first_load()
        say(f"首次下载（gzip）：{size / 1024:.0f} KB，上限 {FIRST_LOAD // 1024} KB")
        starts = cold_starts(bench, options.rounds)
        for slower, times in starts.items():
            told = "、".join(f"{each:.0f}" for each, _ in times)
            computed = statistics.median(each for _, each in times)
            say(f"冷启动离线显示今日清单，CPU 放慢 {slower} 倍：中位 {_median(times):.0f} 毫秒（{told}），")
            say(f"  其中页面计算 {computed:.0f} 毫秒")
        grown = album(bench, options.photos, say) if options.photos else 0
        say(f"一次到访 {options.photos} 张照片，标签页内存最多增加 {grown / 2**20:.0f} MB，上限 {MOST >> 20} MB")
    return size <= FIRST_LOAD and _median(starts[SLOWER]) < LIST_WITHIN and grown <= MOST


def _median(times: list[tuple[float, float]]) -> float:
    return statistics.median(each for each, _ in times)


def main() -> int:
    """0 when every bound is kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.phone_app", description="测量手机端。")
    parser.add_argument("--rounds", type=int, default=5, help="冷启动次数")
    parser.add_argument("--photos", type=int, default=60, help="照片张数，0 不测")
    return 0 if measure(parser.parse_args(), print) else 1


if __name__ == "__main__":
    sys.exit(main())
