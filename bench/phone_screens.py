"""`python -m bench.phone_screens`: every screen of the phone's app on one sheet for each size, into docs/images.

To be looked at after a change of the app, and committed with it. `--whole FOLDER`: each screen goes there, too, in
its own size.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from bench.phone_app import Bench
from bench.server import ROOT
from tests.desk.album import open_finding
from tests.desk.handset import arrived, kept
from tests.desk.photographs import noise
from tests.desk.screens import addresses, walk
from tests.desk.shift import GATE, section, snap
from tests.desk.test_phone_visit_browser import question
from tests.foreign.crew import Crew
from tests.foreign.office import Office
from tests.foreign.process import Server

SIZES = ((390, 844), (360, 640))
COLUMNS, GAP, SMALLER = 8, 12, 3
COLOURS = 64
"""Of a sheet: enough for flat screens, and small."""


def sheet(screens: list[bytes]) -> Image.Image:
    """All of them side by side, a third of their size, in rows."""
    pictures = [Image.open(io.BytesIO(one)).convert("RGB") for one in screens]
    small = [one.resize((one.width // SMALLER, one.height // SMALLER), Image.Resampling.LANCZOS) for one in pictures]
    width, height = small[0].width + GAP, small[0].height + GAP
    rows = -(-len(small) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * width + GAP, rows * height + GAP), "#8a8f94")
    for at, one in enumerate(small):
        whole.paste(one, (GAP + at % COLUMNS * width, GAP + at // COLUMNS * height))
    return whole.quantize(COLOURS)


def screens(page: Page, crew: Crew) -> Iterator[tuple[str, bytes]]:
    """Name and picture of each, in the order in which they are listed."""
    [visit] = {op["visit"] for op in kept(page)["ops"] if op["name"] == "visit.start"}
    for address in walk(page, addresses(visit, crew.assignment)):
        page.wait_for_timeout(300)  # the tab bar moves its mark
        yield address.replace(f"/{visit}", "").replace(f"/{crew.assignment}", "").replace("/", "-"), page.screenshot()


def begun(page: Page, bench: Bench, crew: Crew) -> None:
    """A visit in progress, with a finding and a photo; a message has come."""
    page.goto(f"{bench.server.base}/m/")
    section(page, crew, crew.leader.username)
    open_finding(page)
    snap(page, question(page, GATE), noise(bench.folder / "gate.jpg", 200))
    bench.office.call("POST", "/announcements", {"title": "系统维护通知", "body": "本周六晚维护，期间可以离线填写。"})
    arrived(page)


def draw(bench: Bench, folder: Path | None) -> None:
    """Both sheets."""
    crew, own = bench.crew(5), bench.browser("screens")
    page = own.page
    page.context.new_cdp_session(page).send("Emulation.setScrollbarsHidden", {"hidden": True})
    page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Shanghai"})
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{bench.server.base}/m/")
    page.get_by_label("账号").wait_for()
    gates = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        gates[width] = page.screenshot()
    begun(page, bench, crew)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found = [("signin", gates[width]), *screens(page, crew)]
        sheet([picture for _, picture in found]).save(
            ROOT / "docs" / "images" / f"phone-screens-{width}.png", optimize=True
        )
        for name, picture in found if folder else []:
            (Path(str(folder)) / f"{width}-{name}.png").write_bytes(picture)
    own.close()


def main() -> int:
    """0 when both sheets were written."""
    parser = argparse.ArgumentParser(prog="python -m bench.phone_screens", description="拍下手机端的每个页面。")
    parser.add_argument("--whole", type=Path, default=None, help="另存原尺寸图片的文件夹")
    options = parser.parse_args()
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
        draw(bench, options.whole)
    return 0


if __name__ == "__main__":
    sys.exit(main())
