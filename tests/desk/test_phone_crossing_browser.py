"""A killed browser, a second phone and another crew, in Chromium: nothing is lost and nothing is there twice."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.gate import Gate
from tests.desk.handset import all_is_there_once, arrived, kept, until
from tests.desk.own_browser import OwnBrowser
from tests.desk.photographs import noise
from tests.desk.shift import GATE, SHOWN, TOLD, Go, going, section, snap  # noqa: F401 -- the fixture
from tests.desk.test_phone_visit_browser import question, say
from tests.foreign.process import Server

pytestmark = pytest.mark.once


def test_a_browser_killed_in_the_middle_of_an_upload_goes_on_where_the_server_stands(
    chromium: Browser, server: Server, send_crew: Any, tmp_path: Path
) -> None:
    crew, gate = send_crew(1), Gate(server.base)
    picture = noise(tmp_path / "1.jpg", 1500)
    first = OwnBrowser.start(chromium.browser_type, tmp_path / "profile")
    try:
        first.page.goto(f"{gate.base}/m/")
        section(first.page, crew, crew.leader.username)
        arrived(first.page)
        gate.hold_after(800_000)
        snap(first.page, question(first.page, GATE), picture)
        until(first.page, gate.held.is_set)
    finally:
        first.kill()
    begun, gate.offsets = max(gate.offsets), []
    assert begun > 0
    gate.release()
    again = OwnBrowser.start(chromium.browser_type, tmp_path / "profile")
    try:
        again.page.goto(f"{gate.base}/m/")
        arrived(again.page)
        all_is_there_once(again.page, server)
        [file] = kept(again.page)["files"]
    finally:
        again.kill()
        gate.shut()
    assert file["sha256"] == hashlib.sha256(picture.read_bytes()).hexdigest()
    assert min(gate.offsets) >= begun
    crew.leader.pull()
    assert crew.leader.blob(file["sha256"]) == picture.read_bytes()


def test_two_phones_on_one_visit_keep_both_answers_until_a_person_decides(
    go: Go, send_crew: Any, tmp_path: Path
) -> None:
    crew = send_crew(2)
    lead, mate = go(crew=crew, offline=True), go(crew=crew, username=crew.member.username, offline=True)
    say(lead.page, TOLD, "是")
    say(mate.page, TOLD, "否")
    say(mate.page, SHOWN, "是")
    snap(lead.page, question(lead.page, GATE), noise(tmp_path / "1.jpg", 200))
    mate.context.set_offline(False)
    arrived(mate.page)
    lead.context.set_offline(False)
    arrived(lead.page)
    both = question(lead.page, TOLD).get_by_role("group", name="填写不一致")
    expect(both).to_be_visible()
    both.get_by_role("button").first.click()
    expect(both).to_have_count(0)
    arrived(lead.page)
    arrived(mate.page)
    expect(question(mate.page, GATE).get_by_text("现有1张")).to_be_visible()
    assert conflicts(lead) + conflicts(mate) == 1
    all_is_there_once(lead.page, lead.server, refused=Counter(conflict=conflicts(lead)) + Counter())
    all_is_there_once(mate.page, mate.server, refused=Counter(conflict=conflicts(mate)) + Counter())
    crew.leader.pull()
    [visit] = [
        doc
        for doc in crew.leader.store.all("visit").values()
        if doc["assignment"] == crew.assignment and "same_as" not in doc
    ]
    assert (visit["conflicts"], visit["answers"]["TY-03"]["value"]) == ({}, "yes")
    assert len(visit["answers"]["TY-05"]["value"]) == 1


def conflicts(shift: Any) -> int:
    return sum((op["answer"] or {}).get("status") == "conflict" for op in kept(shift.page)["ops"])


def test_work_of_a_phone_without_a_network_counts_although_others_were_sent_meanwhile(
    go: Go,
    office: Any,
    tmp_path: Path,
) -> None:
    shift = go(3)
    page = shift.page
    arrived(page)
    shift.context.set_offline(True)
    said = shift.answer()
    snap(page, question(page, GATE), noise(tmp_path / "1.jpg", 200))
    others = [office.people["t04_lead"], office.people["t04_a"]]
    office.call(
        "POST",
        f"/assignments/{shift.crew.assignment}/reassign",
        {"leader": others[0], "crew": others, "reason": "换人"},
    )
    shift.context.set_offline(False)
    arrived(page)
    all_is_there_once(page, shift.server)
    assert shift.answers()["TY-01"] == said
