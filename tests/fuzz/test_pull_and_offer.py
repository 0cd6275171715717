"""Pull and offer under odd input: forged cursors are another epoch, nothing is a 500, bombs are bounded."""

import base64
import gzip
import json
import tracemalloc
import zlib

import pytest

from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fuzz import oracle
from tests.fuzz.messages import text
from tests.fuzz.rounds import BRIEF, offer_ids, pull_pages
from tests.fuzz.world import Field


def test_pulls_with_faults_of_every_kind(field: Field) -> None:
    pull_pages(field, BRIEF)


def test_offers_with_faults_of_every_kind(field: Field) -> None:
    offer_ids(field, BRIEF)


def test_bodies_cut_anywhere_are_refused_and_lose_nothing(phone: Phone) -> None:
    body = text({"ops": [phone.op("visit.amend", "x", {"remarks": "长"}) for _ in range(3)]}).encode()
    for end in range(0, len(body) - 1, 7):
        oracle.refused(oracle.post(phone.client, oracle.PUSH, body[:end]), "invalid")


def test_cursors_that_are_not_ours_mean_another_epoch(phone: Phone, cast: Cast) -> None:
    phone.pull()
    real = phone.cursor or ""
    other = Phone(cast.client(cast.person("inspector", county=cast.county("linshui", "邻水区"))))
    other.pull()
    packed = base64.urlsafe_b64decode(real + "=" * (-len(real) % 4))
    mine = json.dumps([1, phone.client.user.pk, "e1", {}, {}]).encode()
    forged = [
        other.cursor,
        *(real[:end] for end in range(0, len(real), 5)),
        *(real[:place] + ("A" if real[place] != "A" else "B") + real[place + 1 :] for place in range(len(real) - 1)),
        real + real,
        "=" * 60,
        base64.urlsafe_b64encode(bytes(16) + zlib.compress(mine)).decode(),
        base64.urlsafe_b64encode(packed[:16] + zlib.compress(b"[" * 100_000)).decode(),
        "长" * 100,
        "\x00",
    ]
    for cursor in forged:
        phone.cursor = cursor
        answer = phone.pull_page()
        assert (answer.status_code, answer.json()["code"]) == (409, "epoch"), cursor
    phone.cursor = real
    assert phone.pull_page().status_code == 200


BOMB = gzip.compress(bytes(64 * 1024 * 1024), 9)


@pytest.mark.parametrize("path", [oracle.PUSH, oracle.PULL, oracle.OFFER, "/api/v1/auth/login"])
def test_a_bomb_costs_no_more_memory_than_a_body_may(phone: Phone, path: str) -> None:
    """64 MB in 64 KB, and a bomb in every member of a body of many."""
    for body in (BOMB, gzip.compress(b" ") * 1000 + BOMB):
        tracemalloc.start()
        answer = phone.client.post(path, body, content_type="application/json", HTTP_CONTENT_ENCODING="gzip")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert peak < 32 * 1024 * 1024


def test_what_is_not_what_its_encoding_says_is_refused(phone: Phone) -> None:
    whole = gzip.compress(json.dumps({"ops": [phone.op("visit.amend", "x", {})]}).encode())
    wrong = {
        "malformed_gzip": [*(whole[:end] for end in range(1, len(whole), 9)), b"{}", whole + b"x", whole[:40] + whole],
        "invalid": [b""],
    }
    for code, bodies in wrong.items():
        for body in bodies:
            answer = phone.client.post(oracle.PUSH, body, content_type="application/json", HTTP_CONTENT_ENCODING="gzip")
            oracle.refused(answer, code)
    for encoding in ("zstd", "br", "deflate", "gzip, gzip", "长", "x" * 5000):
        answer = phone.client.post(oracle.PUSH, whole, content_type="application/json", HTTP_CONTENT_ENCODING=encoding)
        oracle.refused(answer, "unknown_encoding")
    oracle.refused(phone.client.post(oracle.PUSH, whole, content_type="application/json"), "invalid")


def test_every_member_of_a_gzip_body_is_read(phone: Phone) -> None:
    op = phone.op("visit.amend", "x", {})
    body = text({"ops": [op]}).encode()
    parts = b"".join(gzip.compress(body[start : start + 40]) for start in range(0, len(body), 40))
    answer = phone.client.post(oracle.PUSH, parts, content_type="application/json", HTTP_CONTENT_ENCODING="gzip")
    assert [each["op"] for each in answer.json()["results"]] == [op["op"]]


def test_old_clients_push_what_they_have_and_must_update_to_pull(phone: Phone) -> None:
    for schema in ("0", "00"):
        answer = phone.client.post_json(oracle.PULL, {}, HTTP_SYNC_SCHEMA=schema)
        assert (answer.status_code, answer.json()["code"], answer.json()["min_schema"]) == (426, "upgrade", 1)
        result = phone.push(phone.op("visit.amend", "x", {}), HTTP_SYNC_SCHEMA=schema)["results"][0]
        assert result["status"] == "quarantined"
        assert phone.client.post_json(oracle.OFFER, {"ids": []}, HTTP_SYNC_SCHEMA=schema).json() == {"lack": []}


def test_fields_of_the_future_are_let_pass(field: Field) -> None:
    phone, future = field.phone, {"future": {"of": ["every", 1, None]}}
    op = phone.op("visit.amend", field.known.visit, {"remarks": "长", **future}, **future)
    answer = phone.client.post_json(oracle.PUSH, {"ops": [op], "clock": {"now": 1, **future}, **future})
    assert [each["status"] for each in answer.json()["results"]] == ["applied"]
    assert phone.client.post_json(oracle.PULL, {"limit": 1, **future}, HTTP_ACCEPT_ENCODING="").status_code == 200
    assert phone.client.post_json(oracle.OFFER, {"ids": [], **future}).status_code == 200
