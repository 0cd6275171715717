"""Promises of bytes: what is taken down of a fact in custody, and what is passed over."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from backend.media.models import Blob, Expectation
from backend.media.services import expectations
from backend.media.services.expectations import expect
from tests.media.conftest import sha256
from tests.media.pictures import noise

FACT: dict[str, Any] = {
    "county_id": 1,
    "owner_id": 11,
    "evidence_id": "E1",
    "sha256": sha256(b"x"),
    "size": 1,
    "filetype": "image/png",
}


@pytest.mark.parametrize(
    "strange",
    [
        {"sha256": ""},
        {"sha256": "x" * 64},
        {"sha256": "0" * 65},
        {"size": -1},
        {"size": 2**80},
        {"evidence_id": ""},
        {"evidence_id": "E" * 65},
        {"evidence_id": "E\0"},
    ],
)
def test_a_promise_that_no_bytes_can_keep_is_passed_over_and_harms_no_custody(db, strange):
    expect(**{**FACT, **strange})
    assert Expectation.objects.count() == 0


def test_a_hash_in_capitals_and_a_strange_type_are_taken_down_plainly(db):
    expect(**{**FACT, "sha256": sha256(b"x").upper(), "filetype": "Image/\0JPG; a=b" + "c" * 300})
    found = Expectation.objects.get()
    assert (found.sha256, found.filetype) == (sha256(b"x"), "image/jpg")


def test_the_first_word_about_a_hash_stands(db):
    expect(**FACT)
    expect(**{**FACT, "size": 7, "county_id": 2})
    found = Expectation.objects.get()
    assert (found.size, found.county_id) == (1, 1)


def arrived(data: bytes) -> bool:
    with transaction.atomic():
        came = expectations.receipts(["E1"])
        return ("E1", sha256(data), len(data)) in {(each.evidence_id, each.sha256, each.size) for each in came}


def test_bytes_may_be_faster_than_the_judgement_of_their_fact(tus, promise):
    data = noise(500)
    promise(data)
    assert arrived(data) is False
    assert tus.patch(tus.create(data).headers["location"], data).status_code == 204
    assert (arrived(data), arrived(b"other")) == (True, False)


def test_a_receipt_and_a_judgement_at_the_same_time_do_not_miss_each_other(tus, promise, heard):
    """While a judgement that has asked is not committed, the receipt waits: its listener then finds the evidence."""
    data = noise(500)
    promise(data)
    location = tus.create(data).headers["location"]
    answers: list[int] = []
    sender = in_thread(lambda: answers.append(tus.patch(location, data).status_code))
    with transaction.atomic():
        assert arrived(data) is False
        sender.start()
        sender.join(0.5)
        assert (heard, answers) == ([], [])
    sender.join(20)
    assert (answers, [news["intact"] for news in heard], Blob.objects.count()) == ([204], [True], 1)


def in_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return threading.Thread(target=run)
