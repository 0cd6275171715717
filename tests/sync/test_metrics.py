"""What is stuck, what differs and what phones still hold is seen: by the office, in the terminal and by monitoring."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.core import clock
from backend.journal.models import Scope
from backend.journal.writing import write
from backend.sync.models import DeviceReport, ScopeReset
from tests.fixtures.people import Cast, Client
from tests.fixtures.phones import Phone, Probe

PUSH, PULL, DEVICES = "/api/v1/sync/push", "/api/v1/sync/pull", "/api/v1/sync/devices"
SCOPE = "crew:a"
WORK = {"ops": 3, "uploads": 2, "bytes": 2_500_000, "oldest": 1795370999000}
NOTHING = {"ops": 0, "uploads": 0, "bytes": 0, "oldest": None}

Grant = Callable[..., None]


@pytest.fixture
def held(phone: Phone, cast: Cast, inspector: User, grant: Grant, probes: list[str]) -> None:
    """A document in a scope of the phone, and the phone up to date."""
    grant(inspector, SCOPE)
    with write(actor=cast.actor(inspector)) as change:
        change.put(Probe("one", SCOPE, 1))
    phone.pull()


def tell(phone: Phone, pending: Any, path: str = PULL) -> None:
    body = {"pending": pending, **({"ops": []} if path == PUSH else {})}
    assert phone.client.post_json(path, body, HTTP_ACCEPT_ENCODING="").status_code == 200


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [each["sql"] for each in queries.captured_queries if re.match(r"\s*(INSERT|UPDATE|DELETE)", each["sql"])]


def row_of(phone: Phone, office: Client, query: str = "") -> Any:
    rows = office.get(f"{DEVICES}{query}").json()["items"]
    return next((row for row in rows if row["device"] == str(phone.client.device.pk)), None)


@pytest.mark.parametrize("path", [PUSH, PULL])
def test_the_office_sees_what_a_phone_says_it_still_holds(phone: Phone, office_client: Client, path: str) -> None:
    tell(phone, WORK, path)
    row = row_of(phone, office_client)
    assert {name: row["pending"][name] for name in WORK} == WORK
    assert (row["user"], row["user_name"]) == (phone.client.user.pk, phone.client.user.name)
    assert (row["name"], row["platform"], row["revoked"]) == ("测试手机", "test", False)


def test_since_when_work_is_unsent_is_our_own_time_and_ends_when_all_is_sent(
    phone: Phone, office_client: Client
) -> None:
    with clock.fixed(clock.now()) as hand:
        begin = clock.now()
        tell(phone, WORK)
        hand.move(minutes=5)
        tell(phone, WORK | {"ops": 9})
        assert dt.datetime.fromisoformat(row_of(phone, office_client)["pending"]["since"]) == begin
        tell(phone, NOTHING)
        assert row_of(phone, office_client)["pending"]["since"] is None
        assert row_of(phone, office_client, "?unsent=true") is None
        hand.move(minutes=1)
        tell(phone, WORK)
        assert (
            dt.datetime.fromisoformat(row_of(phone, office_client, "?unsent=true")["pending"]["since"]) == clock.now()
        )


def test_the_office_sees_last_contact_and_gaps(phone: Phone, office_client: Client, probes: list[str]) -> None:
    first, _, third = (phone.op("probe.put", name, {"scope": "crew:none"}) for name in "abc")
    with clock.fixed(clock.now() + dt.timedelta(minutes=3)):
        phone.push(first, third)
        pushed_at = clock.now()
    row = row_of(phone, office_client)
    assert (row["have"], row["lacking"], row["pending"]) == (1, True, None)
    assert dt.datetime.fromisoformat(row["last_contact"]) == pushed_at


def test_devices_come_in_pages_and_only_those_of_the_county(
    cast: Cast, office_client: Client, other_county: Any, phone: Phone, second_phone: Phone
) -> None:
    elsewhere = Phone(cast.client(cast.person("inspector", county=other_county)))
    for each in (phone, second_phone, elsewhere):
        tell(each, WORK)
    first = office_client.get(f"{DEVICES}?limit=1").json()
    second = office_client.get(f"{DEVICES}?limit=1&after={first['next']}").json()
    assert second["next"] is None
    found = {row["device"] for page in (first, second) for row in page["items"]}
    assert found == {str(phone.client.device.pk), str(second_phone.client.device.pk)}


def test_only_the_office_sees_devices(phone: Phone, school_client: Client, leadership_client: Client) -> None:
    told = {each.get(DEVICES).status_code for each in (phone.client, school_client, leadership_client)}
    assert told == {403}


@pytest.mark.parametrize("pending", [None, 7, [], "x", {"ops": -1}, {"ops": 2**60}, {"ops": "3"}, {"oldest": 1.5}])
def test_a_report_that_cannot_be_read_fails_nothing_and_says_nothing(phone: Phone, pending: Any) -> None:
    for path in (PUSH, PULL):
        tell(phone, pending, path)
    assert DeviceReport.objects.count() == 0


def test_a_pull_that_tells_nothing_new_writes_nothing(phone: Phone, held: None) -> None:
    tell(phone, WORK)
    with CaptureQueriesContext(connection) as queries:
        tell(phone, WORK)
        phone.pull()
    assert writes(queries) == []


def test_a_sum_that_differs_is_counted_by_device_and_scope(phone: Phone, held: None, office_client: Client) -> None:
    for _ in range(2):
        phone.rows.clear()
        phone.sums[SCOPE] = phone.sum_of(SCOPE)
        phone.pull()
    told = ScopeReset.objects.values_list("device_id", "scope", "cause", "count")
    assert list(told) == [(phone.client.device.pk, SCOPE, "sum", 2)]
    assert row_of(phone, office_client) is None  # it neither pushed nor reported
    tell(phone, NOTHING)
    assert row_of(phone, office_client)["resets"] == 2


def test_a_risen_floor_is_counted_apart(phone: Phone, held: None, cast: Cast, inspector: User) -> None:
    with write(actor=cast.actor(inspector)) as change:
        change.put(Probe("two", SCOPE, 2))
    with write(actor=cast.actor(inspector)):
        Scope.objects.filter(name=SCOPE).update(floor=2)
    phone.pull()
    phone.pull()
    assert list(ScopeReset.objects.values_list("cause", "count")) == [("floor", 1)]


def test_a_phone_in_order_is_never_counted(phone: Phone, held: None) -> None:
    for _ in range(3):
        phone.pull()
    assert ScopeReset.objects.count() == 0


def exposed(browser: Browser, **headers: str) -> dict[str, float]:
    answer = browser.get("/metrics", **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def stuck(phone: Phone, held: None) -> Iterator[None]:
    """One operation held, one quarantined, a gap, a mismatch, and unsent work: an hour ago."""
    phone.push(phone.op("probe.put", "x", {"scope": "crew:of-others"}), phone.op("no.such", "y"))
    next(phone.numbers)
    phone.push(phone.op("probe.put", "z", {"scope": SCOPE}))
    phone.pull()
    phone.sums[SCOPE] = "0" * 16
    phone.pull()
    tell(phone, WORK)
    with clock.fixed(clock.now() + dt.timedelta(hours=1)):
        yield


def test_monitoring_reads_what_is_stuck_and_for_how_long(stuck: None) -> None:
    found = exposed(Browser())
    assert found['dudao_sync_open_operations{status="held"}'] == 1
    assert found['dudao_sync_open_operations{status="quarantined"}'] == 1
    assert found['dudao_sync_open_operations{status="unjudged"}'] == 0
    for status in ("held", "quarantined"):
        assert 3600 <= found[f'dudao_sync_oldest_open_operation_seconds{{status="{status}"}}'] < 3700
    assert found["dudao_sync_operations"] == 3
    assert found['dudao_sync_scope_resets_total{cause="sum"}'] == 1
    assert found['dudao_sync_scope_resets_total{cause="floor"}'] == 0
    assert (found["dudao_sync_devices_with_gaps"], found["dudao_sync_devices_with_unsent_work"]) == (1, 1)
    assert (found["dudao_sync_unsent_operations"], found["dudao_sync_unsent_uploads"]) == (3, 2)
    assert found["dudao_sync_unsent_bytes"] == 2_500_000
    assert 3600 <= found["dudao_sync_oldest_unsent_seconds"] < 3700


def test_metrics_of_an_empty_deployment_are_all_there(db: None) -> None:
    assert set(exposed(Browser()).values()) == {0.0}


def test_metrics_say_nothing_of_anybody(stuck: None, phone: Phone) -> None:
    text = Browser().get("/metrics").content.decode()
    user = phone.client.user
    for secret in (user.name, user.username, str(phone.client.device.pk), SCOPE, phone.client.tokens.access):
        assert secret not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "10.0.0.8"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.8"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": "10.0.0.8"},
        {"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "10.0.0.8", "HTTP_AUTHORIZATION": "Bearer 密"},
    ],
)
def test_to_others_the_address_does_not_exist(db: None, headers: dict[str, str]) -> None:
    answer = Browser().get("/metrics", **headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_whoever_brings_the_token_may_read(db: None, settings: Any) -> None:
    settings.METRICS_TOKEN = "a long token for monitoring"
    assert exposed(Browser(), REMOTE_ADDR="10.0.0.8", HTTP_AUTHORIZATION="Bearer a long token for monitoring")
    wrong = Browser().get("/metrics", REMOTE_ADDR="10.0.0.8", HTTP_AUTHORIZATION="Bearer another token")
    assert wrong.status_code == 404


def test_behind_declared_proxies_the_callers_own_address_counts(db: None, settings: Any) -> None:
    settings.TRUSTED_PROXIES, settings.METRICS_FROM = 1, ["10.0.0.8"]
    assert exposed(Browser(), HTTP_X_FORWARDED_FOR="127.0.0.1, 10.0.0.8")
    assert Browser().get("/metrics", HTTP_X_FORWARDED_FOR="10.0.0.8, 10.0.0.9").status_code == 404


def printed() -> list[str]:
    out = StringIO()
    call_command("sync", "stats", stdout=out)
    return out.getvalue().splitlines()


def test_the_terminal_shows_it_in_chinese_and_in_columns(stuck: None, phone: Phone) -> None:
    lines = printed()
    text = "\n".join(lines)
    assert re.search(r"等待所依赖的内容 +1  自 \d{4}-\d\d-\d\d \d\d:\d\d（1 小时 0 分）", text)
    assert re.search(r"校验和不一致 +1 次", text)
    assert re.search(r"有未上交的工作 +1 台  自 ", text)
    assert re.search(r"　其中文件 +2 个，共 2\.5 MB", text)
    assert re.search(rf"{phone.client.user.name} +连续至 2，最大 4，最近上交 ", text)


def test_the_figures_stand_below_one_another(stuck: None) -> None:
    ends = {
        sum(2 if ord(sign) > 0x2E7F else 1 for sign in found.group(1))
        for line in printed()
        if (found := re.match(r"(  \S+ +[\d,]+)(?: |$)", line))
    }
    assert len(ends) == 1
