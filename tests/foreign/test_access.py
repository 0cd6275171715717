"""Sign-in, pull, revocation and epochs, as a client sees them that was written from docs/sync-protocol.md alone."""

import pytest

from tests.foreign.client import Refused, close_code, uuid7
from tests.foreign.crew import (
    applied,
    converged,
    one,
    said,
)
from tests.foreign.store import Store


def test_a_phone_that_loses_the_answer_of_a_refresh_stays_signed_in(sign_in):
    phone = sign_in("t01_a")
    first = phone.refresh
    phone.ask_refresh(first)
    second = phone.ask_refresh(first)
    phone.take(second)
    phone.pull()
    phone.take(phone.ask_refresh(second["refresh"]))
    phone.pull()
    with pytest.raises(Refused) as fault:
        phone.ask_refresh(first)
    assert fault.value.status == 401


def test_sync_without_a_token_is_401_and_costs_nothing_of_the_outbox(sign_in):
    phone = sign_in("t01_a")
    phone.do("target", "report", uuid7(), name="无证托管点甲")
    access, phone.access = phone.access, "no.such.token"
    with pytest.raises(Refused) as fault:
        phone.push()
    assert (fault.value.status, len(phone.outbox)) == (401, 1)
    phone.access = access
    applied(phone)


def test_an_account_of_a_school_has_no_part_in_sync(sign_in):
    phone = sign_in("sch001")
    for path in ("/sync/pull", "/sync/push", "/sync/offer"):
        with pytest.raises(Refused) as fault:
            phone.call("POST", path, {"ops": [], "ids": []})
        assert (fault.value.status, fault.value.code) == (403, "no_sync")


def test_a_first_download_in_small_pages_converges_in_every_scope(send_crew):
    phone = send_crew(2).leader
    phone.store = Store()
    pages = [phone.pull_page(limit=40)]
    while pages[-1]["more"]:
        pages.append(phone.pull_page(limit=40))
    assert len(pages) > 5
    assert phone.store.sums() == phone.store.server_sums
    assert {scope.split(":")[0] for scope in phone.store.sums()} == {"county", "crew", "user"}
    rows = dict(phone.store.rows)
    for page in pages:
        phone.store.apply(page)
    assert phone.store.rows == rows
    assert converged(phone)


def test_a_sum_that_differs_at_the_head_is_repaired_by_a_reset(send_crew):
    crew = send_crew(2)
    lost = ("assignment", crew.assignment)
    del crew.leader.store.rows[lost]
    crew.leader.pull()
    assert crew.leader.store.reset == [f"crew:{crew.assignment}"]
    assert lost in crew.leader.store.rows
    assert converged(crew.leader)


def test_a_forged_cursor_is_answered_409_epoch(sign_in):
    phone = sign_in("t01_a")
    phone.pull()
    genuine = phone.store.cursor
    for forged in ("forged", genuine[:-4] + "AAAA", genuine[4:]):
        with pytest.raises(Refused) as fault:
            phone.call("POST", "/sync/pull", {"cursor": forged})
        assert (fault.value.status, fault.value.code) == (409, "epoch")


def test_who_is_taken_off_a_crew_loses_the_scope_and_what_was_begun_before_is_accepted(office, send_crew, sign_in):
    crew = send_crew(3)
    visit = crew.start(crew.leader)
    crew.arrive(crew.leader, visit)
    others = [office.people["t03_b"], office.people["t03_a"]]
    office.call("POST", f"/assignments/{crew.assignment}/reassign", {"leader": others[0], "crew": others})
    crew.leader.pull()
    assert f"crew:{crew.assignment}" in crew.leader.store.dropped
    assert ("assignment", crew.assignment) not in crew.leader.store.rows
    applied(crew.leader)
    assert converged(crew.leader)
    crew.member.pull()
    assert ("visit", visit) not in crew.member.store.rows  # whose new leader has not set out
    leader = sign_in("t03_b")
    leader.pull()
    leader.do("assignment", "depart", crew.assignment)
    applied(leader)
    for phone in (leader, crew.member):
        phone.pull()
        assert phone.store.document("visit", visit)["check_in"]["inside"] is True


def test_bodies_may_be_gzip_and_are_bounded_after_inflation(send_crew):
    crew = send_crew(12)
    crew.start(crew.leader)
    told = crew.leader.send(crew.leader.outbox, zipped=True)
    assert [result["status"] for result in told["results"]] == ["applied"]
    page = crew.leader.call("POST", "/sync/pull", {"cursor": None}, zipped=True)
    assert page["epoch"] == crew.leader.epoch
    crew.leader.outbox.clear()
    huge = crew.leader.do("target", "report", uuid7(), name="x", description="长" * 2_000_000)
    with pytest.raises(Refused) as fault:
        crew.leader.send([huge], zipped=True)
    assert (fault.value.status, fault.value.code, fault.value.problem["op"]) == (413, "op_too_large", huge["op"])


def test_a_revoked_phone_may_hand_in_but_not_take(office, send_crew):
    crew = send_crew(17)
    visit = crew.begun()
    with crew.member.live() as line:
        office.call("POST", f"/devices/{crew.member.device}/revoke")
        assert close_code(line) == 4403
    late = crew.member.do("visit", "amend", visit, remarks="停用后")
    assert said(one(crew.member, late)) == ("quarantined", "author_disabled")
    with pytest.raises(Refused) as fault:
        crew.member.pull()
    assert (fault.value.status, fault.value.code) == (403, "deposit_only")
    crew.member.take(crew.member.ask_refresh(crew.member.refresh))
    assert crew.member.offer([late["op"]]) == []
    crew.leader.pull()
    assert crew.leader.store.document("visit", visit)["details"] == {}


def test_after_a_new_epoch_both_phones_begin_from_null_and_converge(server, send_crew):
    crew = send_crew(17)
    visit = crew.begun()
    crew.leader.do("visit", "amend", visit, remarks="换代前写下")
    epoch = crew.leader.epoch
    server.manage("sync", "epoch", "--bump")
    for phone in (crew.leader, crew.member):
        with pytest.raises(Refused) as fault:
            phone.pull_page()
        assert (fault.value.status, fault.value.code) == (409, "epoch")
        phone.pull()
        assert phone.epoch != epoch
        assert phone.repair() == []
    applied(crew.leader)
    assert converged(crew.leader)
    assert converged(crew.member)
    assert crew.leader.epoch == crew.member.epoch
    assert crew.member.store.document("visit", visit)["details"]["remarks"] == "换代前写下"
    shared = f"crew:{crew.assignment}"
    assert crew.leader.store.sums()[shared] == crew.member.store.sums()[shared]
