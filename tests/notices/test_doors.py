"""Who tries what is not for him stays on record, also where no service is asked: the role is refused at the door."""

import datetime as dt
import uuid
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.ids import uuid7
from backend.journal.models import AuditLine
from backend.notices.services import signing
from backend.notices.services.refusals import KINDS
from tests.fixtures.people import Client
from tests.fixtures.rectification import World, fresh
from tests.walls.addresses import Address, addresses

UNSAFE = ("post", "patch", "put", "delete")
ROOMS = ("notices/", "escalations/", "look-back-items/", "unit/notices/")


def doors() -> list[tuple[Address, str, str]]:
    """Every address at which somebody acts on a notice, one of its papers or looks: with the name of its key."""
    return [
        (each, method, name)
        for each in addresses()
        if each.route.startswith(ROOMS)
        for _, name in each.parameters
        for method in UNSAFE
        if name in KINDS and method in each.methods
    ]


def lines(client: Client) -> list[AuditLine]:
    return list(AuditLine.objects.filter(verb="notice.refused", actor_id=client.user.pk).order_by("pk"))


def tried(client: Client, address: Address, method: str, key: Any) -> Any:
    path = address.path({name: key for _, name in address.parameters})
    return getattr(client, method)(path, {}, format="json")


def test_whoever_is_turned_away_at_the_door_of_a_notice_stays_on_record(world: World) -> None:
    notice = world.acknowledged()
    before = fresh(notice).__dict__ | {"_state": None}
    unit, inspector = world.cast.client(world.liaison), world.cast.client(world.person(Role.INSPECTOR))
    office = world.cast.client(world.person(Role.OFFICE))
    for address, method, name in doors():
        key = notice.pk if name == "notice_id" else uuid7()
        for client in (inspector, office if address.route.startswith("unit/") else unit):
            answer = tried(client, address, method, key)
            assert (address.route, answer.status_code, answer.json()["code"]) == (address.route, 403, "forbidden")
            last = lines(client)[-1]
            assert (last.object_id, last.kind) == (str(key), KINDS[name].journal_kind), address.route
            assert last.detail["code"] == "forbidden"
    assert len(lines(inspector)) == len(doors()) >= 25
    assert fresh(notice).__dict__ | {"_state": None} == before


def test_the_line_says_what_was_tried_and_how_the_notice_stood(world: World) -> None:
    unit, notice = world.cast.client(world.liaison), world.acknowledged()
    assert unit.post_json(f"/api/v1/notices/{notice.pk}/close").status_code == 403
    assert unit.patch(f"/api/v1/notices/{notice.pk}", {}, format="json").status_code == 403
    assert [line.detail for line in lines(unit)] == [
        {"action": "close", "code": "forbidden", "state": "acknowledged"},
        {"action": "patch", "code": "forbidden", "state": "acknowledged"},
    ]


def test_who_may_not_draft_stays_on_record_under_the_visit_that_was_named(world: World) -> None:
    unit, visit = world.cast.client(world.liaison), uuid7()
    assert unit.post_json("/api/v1/notices", {"visit": str(visit)}).status_code == 403
    assert [(line.kind, line.object_id, line.detail["action"]) for line in lines(unit)] == [
        ("visit", str(visit), "draft")
    ]


@pytest.mark.parametrize("body", [{}, [], {"visit": "x"}, {"visit": None}])
def test_a_draft_without_a_visit_is_refused_all_the_same(body: Any, world: World) -> None:
    unit = world.cast.client(world.liaison)
    assert unit.post_json("/api/v1/notices", body).status_code == 403
    assert lines(unit) == []


def test_looking_is_no_attempt(world: World) -> None:
    unit, notice = world.cast.client(world.liaison), world.acknowledged()
    assert unit.get(f"/api/v1/notices/{notice.pk}").status_code == 403
    assert lines(unit) == []


def test_nobody_signed_in_leaves_no_line(world: World, anonymous: Any) -> None:
    answer = anonymous.post(f"/api/v1/notices/{uuid.uuid4()}/close")
    assert (answer.status_code, AuditLine.objects.filter(verb="notice.refused").count()) == (401, 0)


def signing_lines(actor_id: int) -> list[tuple[str, str, str, str]]:
    """Of what somebody tried about who may sign: the kind and id of what it was about, the deed, the reason."""
    rows = AuditLine.objects.filter(verb="signing.refused", actor_id=actor_id).order_by("pk")
    return [(row.kind, row.object_id, row.detail["action"], row.detail["code"]) for row in rows]


def test_whoever_tries_to_say_who_signs_and_may_not_stays_on_record(world: World) -> None:
    colleague, today = world.person(Role.OFFICE), clock.today()
    deputy = signing.appoint(actor=world.leader, user_id=colleague.pk, starts_on=today, ends_on=today)
    term = {"user": colleague.pk, "starts_on": today.isoformat(), "ends_on": today.isoformat()}
    for person in (world.liaison, world.cast.person(Role.OFFICE, county=world.county)):
        client = world.cast.client(person)
        answers = [
            client.put(f"/api/v1/notice-signers/{colleague.pk}", {"allowed": True}, format="json"),
            client.post_json("/api/v1/signing-deputies", term),
            client.post_json(f"/api/v1/signing-deputies/{deputy.pk}/end"),
        ]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
        assert signing_lines(person.pk) == [
            ("user", str(colleague.pk), "allow_signing", "forbidden"),
            ("user", str(colleague.pk), "appoint_deputy", "forbidden"),
            ("signing_deputy", str(deputy.pk), "end_deputy", "forbidden"),
        ]
    deputy.refresh_from_db()
    assert (deputy.ended_at, colleague.has_perm("notices.sign_notice")) == (None, False)


def test_what_leadership_may_not_do_with_the_right_to_sign_stays_on_record(world: World) -> None:
    leader, today, nobody = world.cast.client(world.person(Role.LEADERSHIP)), clock.today(), uuid7()
    away = (today - dt.timedelta(days=3)).isoformat()
    office, school = world.person(Role.OFFICE).pk, world.liaison.pk
    tried_about: list[tuple[Any, str]] = [
        (leader.put(f"/api/v1/notice-signers/{school}", {"allowed": True}, format="json"), "not_of_the_office"),
        (leader.put(f"/api/v1/notice-signers/{10**60}", {"allowed": True}, format="json"), "not_found"),
        (leader.post_json("/api/v1/signing-deputies", {"user": school, "starts_on": away, "ends_on": away}),
         "not_of_the_office"),
        (leader.post_json("/api/v1/signing-deputies", {"user": office, "starts_on": away, "ends_on": away}),
         "deputy_dates"),
        (leader.post_json(f"/api/v1/signing-deputies/{nobody}/end"), "not_found"),
    ]  # fmt: skip
    assert [answer.json()["code"] for answer, _ in tried_about] == [code for _, code in tried_about]
    assert signing_lines(leader.user.pk) == [
        ("user", str(school), "allow_signing", "not_of_the_office"),
        ("user", str(10**60)[:40], "allow_signing", "not_found"),
        ("user", str(school), "appoint_deputy", "not_of_the_office"),
        ("user", str(office), "appoint_deputy", "deputy_dates"),
        ("signing_deputy", str(nobody), "end_deputy", "not_found"),
    ]


@pytest.mark.parametrize("body", [{}, [], {"user": "x"}, {"user": None}])
def test_a_deputy_without_a_name_is_refused_all_the_same(body: Any, world: World) -> None:
    unit = world.cast.client(world.liaison)
    assert unit.post_json("/api/v1/signing-deputies", body).status_code == 403
    assert signing_lines(world.liaison.pk) == []
