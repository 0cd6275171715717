"""What a phone finds out about itself reaches the office, the newest in place of the one before."""

from typing import Any

import pytest

from backend.sync.models import SelfCheck
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone

SELFCHECK, DEVICES = "/api/v1/sync/selfcheck", "/api/v1/sync/devices"
SOUND = {"name": "indexed_db", "health": "good", "words": "可以读写。"}
FAULT = {"name": "secure_context", "health": "bad", "words": "此地址未加密。"}


def told(*checks: Any) -> dict[str, Any]:
    return {"app": "04976737d801", "system": "Android 14", "checks": list(checks)}


def row_of(phone: Phone, office: Client, query: str = "") -> Any:
    rows = office.get(f"{DEVICES}{query}").json()["items"]
    return next((row for row in rows if row["device"] == str(phone.client.device.pk)), None)


def test_the_office_reads_the_last_self_check_of_a_device(phone: Phone, office_client: Client) -> None:
    assert phone.client.post_json(SELFCHECK, told(SOUND)).json()["failing"] == 0
    answer = phone.client.post_json(SELFCHECK, told(SOUND, FAULT))
    assert (answer.status_code, answer.json()["failing"]) == (200, 1)
    row = row_of(phone, office_client)
    assert row["self_check"] == answer.json()
    assert (row["user_name"], row["self_check"]["checks"]) == (phone.client.user.name, [SOUND, FAULT])


def test_the_office_asks_for_the_phones_that_have_a_fault(phone: Phone, office_client: Client) -> None:
    phone.client.post_json(SELFCHECK, told(SOUND))
    assert row_of(phone, office_client, "?failing=true") is None
    phone.client.post_json(SELFCHECK, told(FAULT))
    assert row_of(phone, office_client, "?failing=true")["self_check"]["failing"] == 1
    assert row_of(phone, office_client, "?failing=true&unsent=true") is None


def test_a_school_has_no_phone_that_syncs(school_client: Client) -> None:
    answer = school_client.post_json(SELFCHECK, told(SOUND))
    assert (answer.status_code, answer.json()["code"]) == (403, "no_sync")


def test_a_revoked_phone_is_told_that_it_may_only_hand_in(phone: Phone, office_client: Client) -> None:
    office_client.post_json(f"/api/v1/devices/{phone.client.device.pk}/revoke", {})
    answer = phone.client.post_json(SELFCHECK, told(SOUND))
    assert (answer.status_code, answer.json()["code"]) == (403, "deposit_only")


@pytest.mark.parametrize(
    "body",
    [
        {},
        told({**SOUND, "health": "fine"}),
        told({**SOUND, "name": "Not A Name"}),
        told({**SOUND, "words": "x" * 201}),
        told(*[SOUND] * 41),
        {**told(SOUND), "system": "a\x00b"},
    ],
)
def test_what_is_no_self_check_is_refused_and_nothing_is_kept(phone: Phone, body: dict[str, Any]) -> None:
    answer = phone.client.post_json(SELFCHECK, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert SelfCheck.objects.count() == 0
