"""The parts of the day's phone that keep an inspector's work safe."""

import datetime as dt
import random

import httpx
import pytest

from bench.clocks import CHINA, Clock
from bench.line import BadLine
from bench.outbox import Outbox
from bench.phone import Phone
from bench.photos import Picture
from bench.session import Session
from bench.store import Store

PAGE = {
    "rows": [["crew:1", "visit", "v", {"rev": 3}], ["county:1", "target", "t", {"rev": 1}]],
    "drop": [],
    "reset": [],
    "cursor": "c1",
    "csum": {"crew:1": "0" * 16, "county:1": "0" * 16},
}


def page(**other):
    return {**PAGE, **other}


def add(outbox: Outbox, op: str, name: str = "answer.set", visit: str = "v"):
    return outbox.add(op=op, name=name, object_id=visit, at="", data={"visit": visit, "answers": {}})


def test_applying_a_page_twice_is_the_same_as_once():
    once, twice = Store(), Store()
    once.apply(PAGE)
    twice.apply(PAGE)
    twice.apply(PAGE)
    assert (twice.rows, twice.cursor) == (once.rows, once.cursor)


def test_a_removal_touches_only_the_scope_it_names():
    store = Store()
    store.apply(PAGE)
    store.apply(page(rows=[["team:1", "visit", "v", None], ["county:1", "target", "t", None]]))
    assert set(store.rows) == {("visit", "v")}


def test_a_dropped_scope_leaves_nothing_behind():
    store = Store()
    store.apply(PAGE)
    store.apply(page(rows=[], drop=["crew:1"], csum={"county:1": ""}))
    assert set(store.rows) == {("target", "t")}


def test_a_phone_notices_that_it_lacks_a_row():
    store = Store()
    store.apply(PAGE)
    store.apply(page(rows=[], csum=store.sums()))
    assert store.differing() == []
    del store.rows["visit", "v"]
    assert store.differing() == ["crew:1"]


def test_an_operation_is_byte_identical_at_every_attempt():
    outbox = Outbox()
    entry = add(outbox, "a")
    first = entry.freeze()
    entry.op["data"]["answers"]["ZY-01"] = {"value": "yes"}
    assert entry.freeze() == first


def test_only_an_operation_that_was_never_attempted_takes_more_answers():
    outbox = Outbox()
    add(outbox, "a")
    assert outbox.last_unsent("answer.set", "v") is outbox.waiting[0]
    assert outbox.last_unsent("answer.set", "other") is None
    outbox.batch()
    assert outbox.last_unsent("answer.set", "v") is None


def test_numbers_have_no_gaps_and_leave_the_queue_only_with_an_answer():
    outbox = Outbox()
    for op in "abc":
        add(outbox, op)
    outbox.settle(outbox.batch(2), [{"op": "a", "status": "applied"}, {"op": "b", "status": "held"}])
    assert [entry.op["n"] for entry in [*outbox.done, *outbox.waiting]] == [1, 2, 3]
    assert [entry.id for entry in outbox.waiting] == ["c"]


def test_upto_is_the_last_number_that_belongs_to_the_visit():
    outbox = Outbox()
    add(outbox, "a")
    add(outbox, "b", name="finding.record")
    add(outbox, "c", visit="w")
    assert (outbox.highest_about({"v"}), outbox.highest_about({"w"}), outbox.highest_about({"x"})) == (2, 3, 0)


@pytest.fixture
async def phone():
    rng = random.Random(1)
    line = BadLine(httpx.AsyncHTTPTransport(), rng)
    async with httpx.AsyncClient(transport=line, base_url="http://127.0.0.1") as http:
        session = Session(http, "t03_a", "", rng)
        yield Phone(session, line, Clock(dt.datetime(2026, 11, 30, 8, tzinfo=CHINA)), rng)


@pytest.mark.parametrize("status", ["conflict", "held", "quarantined", "error", "id_reused"])
async def test_whatever_was_not_carried_out_is_trouble(phone, status):
    done = phone.do("visit.submit", "v")
    phone.outbox.settle(phone.outbox.batch(), [{"op": done.id, "status": status}])
    phone.have = 1
    [trouble] = phone.troubles()
    assert trouble.startswith(f"t03_a：visit.submit {done.id}")


async def test_a_phone_whose_work_is_safe_has_no_trouble(phone):
    done = phone.do("visit.submit", "v")
    phone.outbox.settle(phone.outbox.batch(), [{"op": done.id, "status": "applied"}])
    phone.have = 1
    assert phone.troubles() == []


async def test_unsent_work_and_unverified_photos_are_trouble(phone):
    phone.do("visit.submit", "v")
    phone.keep("e", Picture(b"bytes", "image/jpeg"))
    assert len(phone.troubles()) == 3  # the operation, the photo, and that the server has no number 1


async def test_a_held_operation_is_fine_once_its_fate_was_pulled(phone):
    done = phone.do("visit.submit", "v")
    phone.outbox.settle(phone.outbox.batch(), [{"op": done.id, "status": "held"}])
    phone.have = 1
    phone.store.rows["operation", done.id] = ("user:1", {"rev": 2, "op": done.id, "status": "applied"})
    phone.follow()
    assert phone.troubles() == []


async def test_unsent_answers_of_a_visit_travel_in_one_operation(phone):
    phone.answer("v", {"ZY-01": {"value": "yes"}})
    phone.answer("v", {"ZY-02": {"value": "no"}})
    phone.answer("w", {"ZY-01": {"value": "yes"}})
    assert [sorted(entry.op["data"]["answers"]) for entry in phone.outbox.waiting] == [["ZY-01", "ZY-02"], ["ZY-01"]]
