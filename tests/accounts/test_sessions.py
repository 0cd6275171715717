"""Sign-in, token rotation, revocation (protocol, Transport)."""

import uuid

from rest_framework.test import APIClient

from backend.accounts.models import DeviceSession, User
from backend.accounts.services import sessions
from backend.core import clock
from tests.fixtures.people import PASSWORD, Cast, Client
from tests.fixtures.phones import Phone

LOGIN = "/api/v1/auth/login"


def login(user: User, device: str | None = None, password: str = PASSWORD) -> tuple[int, dict[str, object]]:
    answer = APIClient().post(
        LOGIN,
        {
            "username": user.username,
            "password": password,
            "device": {"id": device or str(uuid.uuid4()), "name": "手机", "platform": "android"},
        },
        format="json",
    )
    return answer.status_code, answer.json()


def refresh(token: str) -> tuple[int, dict[str, str]]:
    answer = APIClient().post("/api/v1/auth/refresh", {"refresh": token}, format="json")
    return answer.status_code, answer.json()


def test_sign_in_answers_tokens_person_and_device(inspector: User) -> None:
    device = str(uuid.uuid4())
    status, body = login(inspector, device)
    assert status == 200
    assert body["device"] == device
    assert body["user"] == {
        "id": inspector.pk,
        "username": inspector.username,
        "name": inspector.name,
        "county": inspector.county_id,
        "county_name": "云川县",
        "roles": ["inspector"],
    }


def test_wrong_password_and_unknown_name_are_answered_alike(inspector: User) -> None:
    wrong = login(inspector, password="not-the-password")
    inspector.username = "nobody_here"
    unknown = login(inspector)
    assert wrong == unknown
    assert wrong[0] == 401
    assert wrong[1]["code"] == "bad_credentials"


def test_a_lost_refresh_answer_does_not_sign_the_phone_out(inspector_client: Client) -> None:
    old = inspector_client.tokens.refresh
    status, lost = refresh(old)
    assert status == 200
    status, again = refresh(old)
    assert status == 200
    assert again["refresh"] == lost["refresh"]
    assert refresh(again["refresh"])[0] == 200


def test_however_many_refresh_answers_in_a_row_are_lost_the_phone_stays_signed_in(inspector_client: Client) -> None:
    old, newest = inspector_client.tokens.refresh, ""
    for _ in range(3):  # three times the phone meanwhile has nothing but the token it began with
        answers = [refresh(old) for _ in range(4)]
        assert [status for status, _ in answers] == [200] * 4
        assert len({pair["refresh"] for _, pair in answers}) == 1
        old, newest = answers[-1][1]["refresh"], answers[-1][1]["access"]
    inspector_client.credentials(HTTP_AUTHORIZATION=f"Bearer {newest}")
    assert inspector_client.get("/api/v1/auth/me").status_code == 200


def test_a_phone_whose_session_has_ended_signs_in_again_under_its_device_and_sends_what_it_kept(
    inspector: User, inspector_client: Client
) -> None:
    """A copied token ends a session and nothing else: device, numbers and outbox go on with the next one."""
    phone = Phone(inspector_client)
    phone.push(phone.op("no.such", uuid.uuid4()))
    unsent = phone.op("no.such", uuid.uuid4())
    first = inspector_client.tokens.refresh
    second = refresh(refresh(first)[1]["refresh"])[1]["refresh"]
    with clock.fixed(clock.now()) as hand:
        hand.move(minutes=3)
        assert refresh(first)[1]["code"] == "token_reused"
    assert refresh(second)[1]["code"] == "session_ended"
    status, pair = login(inspector, str(inspector_client.device.pk))
    assert status == 200
    inspector_client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    answer = phone.push(unsent)
    assert ([row["code"] for row in answer["results"]], answer["have"], answer["missing"]) == (["unknown_kind"], 2, [])


def test_the_token_before_is_dead_once_its_successor_was_used_and_ends_the_session(inspector_client: Client) -> None:
    first = inspector_client.tokens.refresh
    second = refresh(first)[1]["refresh"]
    third = refresh(second)[1]["refresh"]
    with clock.fixed(clock.now()) as hand:
        hand.move(minutes=3)
        status, body = refresh(first)
    assert (status, body["code"]) == (401, "token_reused")
    assert refresh(third)[1]["code"] == "session_ended"


def test_a_copy_of_an_old_request_that_comes_late_ends_nothing(inspector_client: Client) -> None:
    first = inspector_client.tokens.refresh
    third = refresh(refresh(first)[1]["refresh"])[1]["refresh"]
    status, body = refresh(first)
    assert (status, body["code"]) == (401, "token_reused")
    assert refresh(third)[0] == 200


def test_forged_refresh_tokens_are_refused(inspector_client: Client) -> None:
    good = inspector_client.tokens.refresh
    head, counter, seal = good.split(".")
    for bad in (
        "",
        "x",
        f"{head}.{counter}.{seal[:-1]}x",
        f"{head}.5.{seal}",
        f"{int(head) + 7}.{counter}.{seal}",
        "1.2.密",
    ):
        assert refresh(bad)[0] in {400, 401}
    assert refresh(good)[0] == 200


def test_an_access_token_ends_after_ten_minutes(inspector_client: Client) -> None:
    with clock.fixed(clock.now()) as hand:
        assert inspector_client.get("/api/v1/auth/me").status_code == 200
        hand.move(minutes=11)
        answer = inspector_client.get("/api/v1/auth/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_a_device_belongs_to_one_person(inspector: User, office: User) -> None:
    device = str(uuid.uuid4())
    assert login(inspector, device)[0] == 200
    status, body = login(office, device)
    assert (status, body["code"]) == (409, "device_taken")


def test_a_revoked_device_may_only_deposit(inspector_client: Client, office_client: Client) -> None:
    path = f"/api/v1/devices/{inspector_client.device.pk}/revoke"
    assert office_client.post_json(path).status_code == 200
    answer = inspector_client.get("/api/v1/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (403, "deposit_only")
    assert refresh(inspector_client.tokens.refresh)[0] == 200
    with clock.fixed(clock.now()) as hand:
        hand.move(days=91)
        assert refresh(inspector_client.tokens.refresh)[0] == 401


def test_signing_out_ends_access_at_once(inspector_client: Client) -> None:
    assert inspector_client.post_json("/api/v1/auth/logout").status_code == 204
    assert inspector_client.get("/api/v1/auth/me").json()["code"] == "session_ended"


def test_ten_wrong_passwords_lock_the_pair_of_name_and_address(inspector: User, office: User) -> None:
    for _ in range(10):
        status, body = login(inspector, password="wrong")
    assert (status, body["code"]) == (429, "locked_out")
    assert login(inspector)[0] == 429
    assert login(office)[0] == 200


def test_an_account_of_another_county_cannot_be_revoked(
    cast: Cast, office_client: Client, other_county: object
) -> None:
    stranger = cast.client(cast.person("inspector", county=cast.county("linshui", "邻水区")))
    answer = office_client.post_json(f"/api/v1/devices/{stranger.device.pk}/revoke")
    assert answer.status_code == 404
    assert sessions.refresh(token=stranger.tokens.refresh).session.counter == 1


def test_a_token_from_after_the_backup_is_good_in_the_restored_database(inspector_client: Client) -> None:
    """The session is behind its phone: nobody is signed out by a restore, and older copies stay worthless."""
    session = inspector_client.tokens.session
    old, ahead = inspector_client.tokens.refresh, inspector_client.tokens.refresh
    for _ in range(5):
        ahead = refresh(ahead)[1]["refresh"]
    DeviceSession.objects.filter(pk=session.pk).update(counter=1)
    status, pair = refresh(ahead)
    assert status == 200
    assert refresh(pair["refresh"])[0] == 200
    assert refresh(old)[0] == 401
