"""Opening, changing and closing accounts; start codes; roles."""

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import County, RoleAssignment, User
from backend.accounts.roles import Role
from backend.accounts.selectors import people as selectors
from backend.accounts.services import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from backend.journal import grants
from backend.journal.models import AuditLine
from tests.accounts.test_sessions import login
from tests.fixtures.people import Cast, Client

NEW_PASSWORD = "qinghe-7-tiantai"


def start(username: str, code: str, password: str = NEW_PASSWORD) -> tuple[int, str]:
    body = {"username": username, "code": code, "password": password}
    answer = APIClient().post("/api/v1/auth/start", body, format="json")
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


def newcomer(office_client: Client, username: str = "t99_a") -> tuple[User, str]:
    body = {"username": username, "name": "督查员甲", "roles": ["inspector"]}
    answer = office_client.post_json("/api/v1/users", body)
    assert answer.status_code == 201
    return User.objects.get(username=username), answer.json()["start_code"]


def test_a_new_person_starts_with_a_code_that_works_once(office_client: Client) -> None:
    user, code = newcomer(office_client)
    assert login(user, password=NEW_PASSWORD)[0] == 401
    assert start("t99_a", code.lower()) == (204, "")
    assert login(user, password=NEW_PASSWORD)[0] == 200
    assert start("t99_a", code) == (401, "start_code")


def test_a_wrong_code_an_unknown_name_and_an_old_code_are_answered_alike(office_client: Client) -> None:
    _, code = newcomer(office_client)
    assert start("t99_a", "WRONG234") == start("nobody", code) == (401, "start_code")
    with clock.fixed(clock.now()) as hand:
        hand.move(days=8)
        assert start("t99_a", code) == (401, "start_code")


def test_five_wrong_tries_end_a_code(office_client: Client) -> None:
    _, code = newcomer(office_client)
    for _ in range(5):
        assert start("t99_a", "WRONG234")[0] == 401
    assert start("t99_a", code) == (401, "start_code")


@pytest.mark.parametrize("password", ["short1", "12345678901", "password", "t99_a"])
def test_weak_passwords_are_refused_with_reasons_and_the_code_lives(office_client: Client, password: str) -> None:
    _, code = newcomer(office_client)
    assert start("t99_a", code, password) == (400, "password")
    assert start("t99_a", code) == (204, "")


def test_a_reset_ends_password_and_sessions_and_opens_with_a_code(
    office_client: Client, inspector: User, inspector_client: Client
) -> None:
    answer = office_client.post_json(f"/api/v1/users/{inspector.pk}/reset-password")
    assert answer.status_code == 200
    assert login(inspector)[0] == 401
    assert inspector_client.get("/api/v1/auth/me").json()["code"] == "session_ended"
    assert start(inspector.username, answer.json()["start_code"]) == (204, "")
    assert login(inspector, password=NEW_PASSWORD)[0] == 200


def test_people_change_their_own_password(inspector: User, inspector_client: Client) -> None:
    wrong = inspector_client.post_json("/api/v1/auth/password", {"old": "x", "new": NEW_PASSWORD})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "old_password")
    right = inspector_client.post_json("/api/v1/auth/password", {"old": "Yunchuan-2026", "new": NEW_PASSWORD})
    assert right.status_code == 204
    assert login(inspector, password=NEW_PASSWORD)[0] == 200


def test_only_the_office_opens_accounts(cast: Cast, inspector: User, county: County) -> None:
    with pytest.raises(Forbidden):
        people.create_user(actor=cast.actor(inspector), username="x_1", name="x", roles=[Role.OFFICE])


def test_names_are_unique_and_roles_known(office_actor: Actor, office: User) -> None:
    with pytest.raises(Conflict):
        people.create_user(actor=office_actor, username=office.username, name="x", roles=[Role.OFFICE])
    for roles in ([], ["emperor"], [Role.SCHOOL_LIAISON, Role.INSPECTOR]):
        with pytest.raises(Invalid):
            people.create_user(actor=office_actor, username="x_1", name="x", roles=roles)


def test_roles_are_dated_and_what_was_held_stays_on_record(office_actor: Actor, inspector: User) -> None:
    with clock.fixed(clock.now()) as hand:
        hand.move(days=1)
        people.set_roles(actor=office_actor, user_id=inspector.pk, roles=[Role.TEAM_LEADER])
    assert selectors.roles_of(inspector) == frozenset({"inspector"})
    with clock.fixed(clock.now()) as hand:
        hand.move(days=2)
        assert selectors.roles_of(inspector) == frozenset({"team_leader"})
    assert RoleAssignment.objects.filter(user=inspector).count() == 2


def test_somebody_who_no_longer_visits_loses_the_county_scope(office_actor: Actor, inspector: User) -> None:
    assert f"county:{inspector.county_id}" in grants.scope_names(inspector.pk)
    people.set_roles(actor=office_actor, user_id=inspector.pk, roles=[Role.LEADERSHIP])
    assert grants.scope_names(inspector.pk) == {f"user:{inspector.pk}"}


def test_a_closed_account_cannot_sign_in_until_it_is_opened_again(office_actor: Actor, inspector: User) -> None:
    people.disable(actor=office_actor, user_id=inspector.pk)
    assert login(inspector)[0] == 401
    people.enable(actor=office_actor, user_id=inspector.pk)
    assert login(inspector)[0] == 200
    verbs = AuditLine.objects.filter(kind="user", object_id=str(inspector.pk)).values_list("verb", flat=True)
    assert {"user.created", "user.disabled", "user.enabled"} <= set(verbs)


def test_nobody_closes_the_own_account(office_actor: Actor, office: User) -> None:
    with pytest.raises(Conflict):
        people.disable(actor=office_actor, user_id=office.pk)


def test_people_of_another_county_do_not_exist(cast: Cast, office_actor: Actor, other_county: County) -> None:
    stranger = cast.person(Role.INSPECTOR, county=other_county)
    for act in (people.disable, people.enable, people.reset_password, people.issue_start_code):
        with pytest.raises(NotFound):
            act(actor=office_actor, user_id=stranger.pk)


def test_a_code_of_a_closed_account_is_worth_nothing(office_actor: Actor, inspector: User) -> None:
    code = people.issue_start_code(actor=office_actor, user_id=inspector.pk)
    people.disable(actor=office_actor, user_id=inspector.pk)
    with pytest.raises(Unauthorized):
        people.redeem_start_code(username=inspector.username, code=code, password=NEW_PASSWORD)


def test_lists_of_people_cost_the_same_for_one_and_for_many(cast: Cast, office_client: Client) -> None:
    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            assert office_client.get("/api/v1/users").status_code == 200
        return len(seen)

    before = queries()
    for _ in range(3):
        cast.person(Role.INSPECTOR)
    assert queries() == before


def test_passwords_are_kept_with_argon2(settings: object) -> None:
    from backend import settings as ours

    assert ours.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
