"""A device that floods is told to wait, cheaply, and loses nothing by it; a phone with a month's work never is."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend import environment
from backend.accounts.models import User
from backend.core.errors import Throttled
from backend.core.throttling import REMEMBERED, Throttle, throttle
from backend.sync.models import Operation
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone

PATHS = ("push", "pull", "offer")
SCOPE = "crew:one"
MEGABYTE = 1024 * 1024

A, B = uuid.UUID(int=1), uuid.UUID(int=2)


class Hand:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def shipped(settings: Any) -> None:
    """The limits of a deployment that says nothing about them."""
    settings.DEVICE_REQUESTS = environment.limit("DUDAO_DEVICE_REQUESTS", "20/3000")
    settings.DEVICE_BYTES = environment.limit("DUDAO_DEVICE_BYTES", "2000000/300000000")


def post(client: Client, path: str, body: bytes = b"{}") -> Any:
    return client.post(f"/api/v1/sync/{path}", body, content_type="application/json")


@pytest.mark.parametrize("path", PATHS)
def test_a_device_that_floods_is_told_how_long_to_wait(phone: Phone, settings: Any, path: str) -> None:
    settings.DEVICE_REQUESTS = (0.1, 3.0)
    statuses = [post(phone.client, path).status_code for _ in range(4)]
    assert 429 not in statuses[:3]
    assert statuses[3] == 429
    answer = post(phone.client, path)
    assert answer.json()["code"] == "throttled"
    assert 1 <= int(answer["Retry-After"]) <= 10


def test_the_ways_to_sync_share_one_account(phone: Phone, settings: Any) -> None:
    settings.DEVICE_REQUESTS = (0.1, 3.0)
    assert [post(phone.client, path).status_code == 429 for path in (*PATHS, "push")] == [False, False, False, True]


def test_other_devices_of_the_same_person_and_address_go_on(phone: Phone, second_phone: Phone, settings: Any) -> None:
    settings.DEVICE_REQUESTS = (0.1, 1.0)
    assert [post(phone.client, "offer", b'{"ids":[]}').status_code for _ in range(2)] == [200, 429]
    assert post(second_phone.client, "offer", b'{"ids":[]}').status_code == 200


def test_a_flood_costs_neither_a_query_nor_the_reading_of_its_body(
    phone: Phone, settings: Any, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("the body was read")

    post(phone.client, "offer", b'{"ids":[]}')
    settings.DEVICE_REQUESTS = (0.1, 1.0)
    throttle.forget()
    post(phone.client, "offer", b'{"ids":[]}')
    monkeypatch.setattr("backend.sync.api.views.read_body", never)
    with django_assert_num_queries(0):
        assert post(phone.client, "push", b"{" * MEGABYTE).status_code == 429


def test_what_was_refused_was_not_taken_and_what_was_taken_stays(
    phone: Phone, settings: Any, probes: list[str], grant: Callable[..., None], inspector: User
) -> None:
    grant(inspector, SCOPE)
    settings.DEVICE_REQUESTS = (0.1, 1.0)
    first, second = (phone.op("probe.put", name, {"scope": SCOPE}) for name in "ab")
    assert phone.push(first)["have"] == 1
    assert phone.client.post_json("/api/v1/sync/push", {"ops": [second]}).status_code == 429
    assert [json.loads(body) for body in Operation.objects.values_list("body", flat=True)] == [first]
    throttle.forget()  # as after the time that Retry-After names
    assert phone.push(first, second)["have"] == 2
    assert probes == ["a", "b"]


def test_a_forged_token_uses_up_nothing(phone: Phone, settings: Any) -> None:
    settings.DEVICE_REQUESTS = (0.1, 1.0)
    head, body, _ = phone.client.tokens.access.split(".")
    forged = Client()
    forged.credentials(HTTP_AUTHORIZATION=f"Bearer {head}.{body}.{'A' * 43}")
    assert {post(forged, "pull").status_code for _ in range(5)} == {401}
    assert post(phone.client, "offer", b'{"ids":[]}').status_code == 200


@pytest.mark.usefixtures("shipped")
def test_a_phone_with_a_month_of_work_is_never_told_to_wait(hand: Hand) -> None:
    """Fuller than any month: 100 batches of a megabyte, 900 photos, as many pulls, at twenty a second."""
    one = Throttle(hand)
    for _ in range(100):
        hand.now += 0.05
        one.take(A, MEGABYTE)
    for _ in range(1000):
        hand.now += 0.05
        one.take(A)
    assert one.refused == 0


@pytest.mark.usefixtures("shipped")
def test_a_flood_at_full_speed_is_cut_to_the_lasting_rate(hand: Hand) -> None:
    one, taken = Throttle(hand), 0
    for _ in range(100_000):  # 1000 a second for 100 seconds
        hand.now += 0.001
        try:
            one.take(A)
            taken += 1
        except Throttled:
            pass
    assert 3000 + 20 * 100 - 2 <= taken <= 3000 + 20 * 100 + 2


def test_bytes_are_counted_too_and_one_large_body_always_passes(hand: Hand, settings: Any) -> None:
    settings.DEVICE_BYTES = (100.0, 1000.0)
    one = Throttle(hand)
    one.take(A, 5000)
    with pytest.raises(Throttled) as told:
        one.take(A, 1)
    assert told.value.extra["retry_after"] == 40
    one.take(B, 1)
    hand.now += 40
    one.take(A, 1)


def test_after_the_time_it_was_told_a_device_is_served(hand: Hand, settings: Any) -> None:
    settings.DEVICE_REQUESTS = (0.5, 2.0)
    one = Throttle(hand)
    for _ in range(20):
        try:
            one.take(A)
        except Throttled as told:
            hand.now += told.extra["retry_after"]
            one.take(A)
    assert one.refused >= 9


def test_what_is_remembered_of_devices_is_bounded(hand: Hand, settings: Any) -> None:
    settings.DEVICE_REQUESTS = (1.0, 2.0)
    one = Throttle(hand)
    for number in range(REMEMBERED + 100):
        one.take(uuid.UUID(int=number))
    assert len(one._accounts) == REMEMBERED


def test_without_a_rate_there_is_no_limit(hand: Hand) -> None:
    one = Throttle(hand)
    for _ in range(10_000):
        one.take(A, MEGABYTE)
    assert one.refused == 0


@pytest.mark.parametrize("value", ["x", "1/x", "-1/5", "1/0", "nan/3", "1/inf", "//"])
def test_limits_that_are_none_stop_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DUDAO_DEVICE_REQUESTS", value)
    with pytest.raises(environment.EnvironmentFault, match="DUDAO_DEVICE_REQUESTS"):
        environment.limit("DUDAO_DEVICE_REQUESTS", "20/3000")


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUDAO_DEVICE_REQUESTS", "0.5/40")
    assert environment.limit("DUDAO_DEVICE_REQUESTS", "20/3000") == (0.5, 40.0)
