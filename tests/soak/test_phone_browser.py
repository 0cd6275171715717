"""A phone in Chromium beside a real server that is stopped, and whose machine is lost: photo after photo in between."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from bench.phone_app import Bench
from tests.desk.album import MOST, Memory, camera_photo, open_finding, take_many
from tests.desk.bare_line import BareLine
from tests.desk.handset import all_is_there_once, arrived, kept, until
from tests.desk.shift import section
from tests.foreign.office import Office
from tests.foreign.process import Server

SHARE = 0.04
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

PHOTOS = 2
"""Of one turn."""


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    assert shutil.which("chromium")
    server = Server.start(tmp_path / "data", None)
    office = Office(server.base, "office1")
    office.sign_in()
    office.learn()
    with sync_playwright() as play:
        bench = Bench(server, office, play.chromium, tmp_path)
        try:
            yield bench
        finally:
            bench.close()
            server.stop()


@pytest.mark.soak
def test_stops_and_a_lost_machine_cost_no_photo_and_the_tab_stays_small(
    bench: Bench, record_property: Callable[[str, object], None]
) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    crew, own, server = bench.crew(3), bench.browser("phone"), bench.server
    page, photo = own.page, camera_photo(bench.folder / "photo.jpg")
    page.goto(f"{server.base}/m/")
    section(page, crew, crew.leader.username)
    open_finding(page)
    arrived(page)
    line, memory = BareLine(own.port, "/m/"), Memory(own)
    server.manage("backup")
    take_many(line, photo, PHOTOS)
    arrived(page)
    before = kept(page)["meta"]["epoch"]
    server.stop()
    take_many(line, photo, PHOTOS)
    server.manage("restore", str(Path(server.environment["DUDAO_DATA"]) / "backups"), "--replace")
    server.start_again()
    until(page, lambda: kept(page)["meta"]["epoch"] != before, 120)
    arrived(page)
    all_is_there_once(page, server)
    turns = 0
    while time.monotonic() < end:
        server.stop()
        take_many(line, photo, PHOTOS)
        server.start_again()
        arrived(page)
        all_is_there_once(page, server)
        turns += 1
    assert memory.growth() <= MOST
    record_property("phone", {"turns": turns, "photos": len(kept(page)["files"]), "grown": memory.growth() >> 20})
    line.close()
    own.close()
