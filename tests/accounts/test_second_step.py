"""The second step of signing in: RFC 6238 to the letter, each code once, and nothing without its line in the trail."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backend.accounts.models import SecondStep, User
from backend.accounts.roles import Role
from backend.accounts.rules import one_time
from backend.accounts.services import second_steps
from backend.core import clock
from backend.core.errors import Conflict, Forbidden, NotFound, Unauthorized
from backend.journal.models import AuditLine
from tests.desk.clicking import Seat
from tests.fixtures.people import PASSWORD, Cast

NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
SHARED = b"12345678901234567890"


@pytest.fixture(autouse=True)
def hand() -> Iterator[Any]:
    with clock.fixed(NOON) as hand:
        yield hand


@pytest.mark.once
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    assert one_time.code_at(SHARED, one_time.step_at(seconds), digits=8) == code


@pytest.mark.once
@pytest.mark.parametrize(("ahead", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_out_by_one_step(ahead: int, fits: bool) -> None:
    at = 1_700_000_010
    typed = one_time.code_at(SHARED, one_time.step_at(at + ahead))
    assert (one_time.fitting_step(SHARED, typed, at, 0) is not None) is fits


@pytest.mark.once
@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5x"])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert one_time.fitting_step(SHARED, typed, 1_700_000_010, 0) is None


def code(user: User) -> str:
    """What the person's authenticator shows."""
    row = SecondStep.objects.get(user=user)
    return one_time.code_at(second_steps._safe().decrypt(bytes(row.sealed)), one_time.step_at(clock.now().timestamp()))


@pytest.fixture
def chief(cast: Cast) -> User:
    return cast.person(Role.LEADERSHIP)


@pytest.fixture
def codes(cast: Cast, chief: User) -> list[str]:
    """Of the chief, whose second step is set up; the code of this minute is used."""
    second_steps.begin(actor=cast.actor(chief))
    return second_steps.confirm(actor=cast.actor(chief), code=code(chief))


def sign_in(user: User) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(reverse("sign_in"), {"username": user.username, "password": PASSWORD})


def enter(client: Client, word: str) -> Any:
    return client.post(reverse("sign_in_code"), {"code": word})


def test_the_secret_is_sealed_and_never_shown_again(cast: Cast, chief: User, codes: list[str]) -> None:
    row = SecondStep.objects.get(user=chief)
    with pytest.raises(Conflict):
        second_steps.secret_of(row)
    stored = bytes(row.sealed) + repr(row.recovery).encode()
    assert (len(codes), any(word.encode() in stored for word in codes)) == (8, False)


def test_a_password_alone_opens_nothing(chief: User, codes: list[str]) -> None:
    client, answer = sign_in(chief)
    assert (answer.status_code, "验证码" in answer.content.decode()) == (200, True)
    assert client.get(reverse("desk_lead")).status_code == 302


def test_a_code_opens_the_page_that_was_asked_for_and_is_good_once(chief: User, codes: list[str], hand: Any) -> None:
    hand.move(seconds=60)
    shown = code(chief)
    client, _ = sign_in(chief)
    assert enter(client, shown)["Location"] == reverse("desk_lead")
    again, _ = sign_in(chief)
    assert enter(again, shown).status_code == 401


def test_a_recovery_code_is_good_once_and_on_record(chief: User, codes: list[str]) -> None:
    client, _ = sign_in(chief)
    assert enter(client, codes[0].lower()).status_code == 302
    again, _ = sign_in(chief)
    assert enter(again, codes[0]).status_code == 401
    verbs = AuditLine.objects.filter(kind="user", object_id=str(chief.pk), verb__contains="second_step")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "user.second_step_begun",
        "user.second_step_set",
    ]
    used = AuditLine.objects.get(verb="user.recovery_code_used")
    assert (used.actor_id, used.detail) == (chief.pk, {"left": 7})


def test_wrong_codes_lock_like_wrong_passwords(chief: User, codes: list[str]) -> None:
    client, _ = sign_in(chief)
    answers = [enter(client, "000000").status_code for _ in range(10)]
    assert answers[0] == 401
    assert enter(client, codes[0]).status_code == 429


def test_a_right_password_waits_five_minutes_for_its_code(chief: User, codes: list[str], hand: Any) -> None:
    client, _ = sign_in(chief)
    hand.move(minutes=6)
    assert enter(client, codes[0])["Location"] == reverse("sign_in")


def test_phones_and_programs_need_the_code_too(cast: Cast, chief: User, codes: list[str]) -> None:
    device = {"id": "01a0a7ba-4e80-702d-916d-69b2ad039221", "name": "电脑", "platform": "test"}
    sent = {"username": chief.username, "password": PASSWORD, "device": device}
    client = Client()
    answers = [
        client.post("/api/v1/auth/login", sent | more, content_type="application/json").status_code
        for more in ({}, {"code": "000000"}, {"code": codes[1]})
    ]
    assert answers == [401, 401, 200]


def test_it_is_set_up_and_ended_on_its_page(chief: User) -> None:
    client = Client()
    client.force_login(chief)
    address = reverse("second_step")
    client.post(address, {"deed": "begin"})
    page = client.get(address).content.decode()
    assert ("<svg " in page, "扫描" in page) == (True, True)
    answer = client.post(address, {"deed": "confirm", "code": code(chief)}).content.decode()
    told = re.findall(r"<li><code>([^<]+)</code>", answer)
    later = client.get(address).content.decode()
    assert (len(told), any(word in later for word in told), "<svg " in later) == (8, False, False)
    assert client.post(address, {"deed": "end", "code": "000000"}).status_code == 401
    assert client.post(address, {"deed": "end", "code": told[0]}).status_code == 302
    assert not SecondStep.objects.exists()


def test_the_office_takes_it_away_but_not_from_itself_or_another_county(
    cast: Cast, chief: User, codes: list[str]
) -> None:
    office, other = cast.person(Role.OFFICE), cast.person(Role.OFFICE, county=cast.county("B"))
    with pytest.raises(Conflict):
        second_steps.remove(actor=cast.actor(office), user_id=office.pk)
    with pytest.raises(NotFound):
        second_steps.remove(actor=cast.actor(other), user_id=chief.pk)
    with pytest.raises(Forbidden):
        second_steps.remove(actor=cast.actor(cast.person(Role.TEAM_LEADER)), user_id=chief.pk)
    second_steps.remove(actor=cast.actor(office), user_id=chief.pk)
    _, answer = sign_in(chief)
    assert answer["Location"] == reverse("desk_lead")


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SCHOOL_LIAISON])
def test_it_is_for_office_and_leadership(cast: Cast, role: Role) -> None:
    client = Client()
    client.force_login(user := cast.person(role))
    assert client.get(reverse("second_step")).status_code == 403
    with pytest.raises(Forbidden):
        second_steps.begin(actor=cast.actor(user))


def test_a_secret_sealed_by_another_server_leaves_the_recovery_codes(
    chief: User, codes: list[str], settings: Any
) -> None:
    settings.SECRET_KEY = "another key of fifty characters or more, for a test of its own"
    with pytest.raises(Unauthorized):
        second_steps.check(user=chief, code="123456")
    second_steps.check(user=chief, code=codes[2])


def test_the_office_takes_it_away_from_whoever_lost_the_phone(cast: Cast, chief: User, codes: list[str]) -> None:
    desk = Seat(cast.person(Role.OFFICE))
    assert "验证码" in sign_in(chief)[1].content.decode()
    assert "二次验证已解除" in desk.done("second_step", "desk_person", chief.pk, sure="on")
    assert "second_step" not in desk.offers("desk_person", chief.pk)
    assert sign_in(chief)[1]["Location"] == reverse("desk_lead")
    assert AuditLine.objects.filter(verb="user.second_step_removed", object_id=str(chief.pk)).count() == 1
