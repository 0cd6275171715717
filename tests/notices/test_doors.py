"""Who tries what is not for him stays on record, also where no service is asked: the role is refused at the door."""

import uuid
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core.ids import uuid7
from backend.journal.models import AuditLine
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
