"""Clock, ids, canonical JSON, paging, problems."""

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.core import clock, codec
from backend.core.errors import Invalid
from backend.core.ids import uuid7
from backend.core.pages import page
from tests.fixtures.people import Cast, Client


def test_the_day_changes_at_midnight_in_china() -> None:
    with clock.fixed(dt.datetime(2026, 11, 15, 15, 59, 59, tzinfo=dt.UTC)) as hand:
        assert clock.today() == dt.date(2026, 11, 15)
        hand.move(seconds=1)
        assert clock.today() == dt.date(2026, 11, 16)
        assert clock.midnight(dt.date(2026, 11, 16)) == clock.now()


def test_ids_are_version_seven_and_sort_by_time() -> None:
    with clock.fixed(dt.datetime(2026, 11, 15, tzinfo=dt.UTC)) as hand:
        ids = []
        for _ in range(50):
            ids.append(uuid7())
            hand.move(milliseconds=1)
    assert {each.version for each in ids} == {7}
    assert {each.variant for each in ids} == {"specified in RFC 4122"}
    assert ids == sorted(ids)
    assert ids[0].int >> 80 == 1794700800000


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    value = {"b": [1.0, "é", None], "a": {"10": 1, "9": True}, "€": 1e21}
    assert codec.canonical(value) == '{"a":{"10":1,"9":true},"b":[1,"é",null],"€":1e+21}'.encode()


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(), st.lists))
def test_equal_content_has_an_equal_hash(value: Any) -> None:
    assert codec.content_hash({"a": value, "b": 1}) == codec.content_hash({"b": 1, "a": value})


def test_pages_cover_a_list_once_and_in_order(cast: Cast) -> None:
    people = [cast.person("inspector").pk for _ in range(7)]
    for by, expected in (("id", people), ("-id", people[::-1])):
        seen: list[int] = []
        query = QueryDict("limit=3")
        while True:
            found = page(User.objects.all(), query, by=by)
            seen += [row.pk for row in found.rows]
            if found.next is None:
                break
            query = QueryDict(f"limit=3&after={found.next}")
        assert seen == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=²",
        "limit=0000000019999",
        "limit=" + "1" * 5000,
        "after=x",
        "after=e30",
        "after=%00",
    ],
)
def test_marks_that_are_not_ours_are_refused(query: str) -> None:
    with pytest.raises(Invalid) as refused:
        page(User.objects.all(), QueryDict(query), by="id")
    assert refused.value.code == "bad_page"


PROBLEMS = [
    ("get", "/api/v1/nothing", None, 404, "not_found"),
    ("get", "/api/v1/users", None, 401, "unauthorized"),
    ("post", "/api/v1/auth/login", b"{", 400, "malformed_json"),
    ("post", "/api/v1/auth/login", b"[]", 400, "invalid"),
    ("post", "/api/v1/auth/login", b'{"username": {"a": 1}, "password": [], "device": 3}', 400, "invalid"),
    ("post", "/api/v1/auth/login", b'{"username": "a\\u0000b", "password": "x"}', 400, "invalid"),
    ("put", "/api/v1/auth/login", b"{}", 405, "method_not_allowed"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path", "body", "status", "code"), PROBLEMS)
def test_every_error_is_problem_json_with_a_code_and_a_chinese_sentence(
    method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    answer: Any = APIClient().generic(method.upper(), path, body or b"", content_type="application/json")  # type: ignore[arg-type]
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    problem = codec.loads(answer.content)
    assert problem["code"] == code
    assert any("\u4e00" <= char <= "\u9fff" for char in problem["detail"])


def test_other_content_types_are_refused(inspector_client: Client) -> None:
    answer = inspector_client.post("/api/v1/sync/push", b"a=b", content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.django_db
def test_health() -> None:
    assert APIClient().get("/healthz").json() == {"status": "ok"}
    assert APIClient().get("/readyz").json() == {"status": "ok", "database": "ok"}
