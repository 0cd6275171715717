"""The review desk over HTTP: who sees what, page by page, and each decision once."""

import hashlib
import uuid
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.media.models import Expectation
from backend.media.models.expectation import ExpectationState
from backend.media.services import blobs
from backend.sync.models import Operation, Review
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.work_under_review import Desk, given

REVIEWS = "/api/v1/sync/reviews"


@pytest.fixture
def office_client(desk: Desk) -> Client:
    return desk.cast.client(desk.cast.person(Role.OFFICE))


@pytest.fixture
def leader_client(desk: Desk) -> Client:
    return desk.cast.client(desk.visit.assignment.leader)


def listed(client: Client, **query: Any) -> list[str]:
    answer = client.get(REVIEWS, query)
    assert answer.status_code == 200, answer.content
    return [row["op"] for row in answer.json()["items"]]


def decide(client: Client, op: dict[str, Any], verb: str, **body: Any) -> tuple[int, str]:
    answer = client.post_json(f"{REVIEWS}/{op['op']}/{verb}", body)
    return answer.status_code, answer.json().get("code", "")


def late(desk: Desk) -> dict[str, Any]:
    return desk.late("answer.set", desk.visit.pk, given(TY_01="no"))


def test_a_row_says_whose_it_is_what_it_is_about_and_what_its_phone_was_told(desk: Desk, leader_client: Client) -> None:
    op = late(desk)
    row = leader_client.get(f"{REVIEWS}/{op['op']}").json()
    author = desk.member.client.user
    assert row["user"] == {"id": author.pk, "name": author.name}
    assert (row["status"], row["code"], row["kind"], row["verb"]) == ("quarantined", "late_lock", "answer", "set")
    assert row["body"] == op
    assert row["context"] == {
        "known": True,
        "kind": "visit",
        "id": str(desk.visit.pk),
        "title": f"{desk.visit.target.name} {desk.visit.plan_month}",
        "assignment": str(desk.visit.assignment_id),
        "visit": str(desk.visit.pk),
    }
    assert row["told"] == desk.member.push(op)["results"][0]
    assert (row["skew_ms"], row["skewed"], row["fate"]) == (None, False, None)
    assert leader_client.get(REVIEWS).json()["items"] == [
        {name: value for name, value in row.items() if name not in ("told", "body")}
    ]


@pytest.mark.parametrize(("offset", "skewed"), [(120_000, False), (-120_001, True)])
def test_a_device_clock_that_was_off_by_more_than_two_minutes_is_pointed_out(
    desk: Desk, leader_client: Client, offset: int, skewed: bool
) -> None:
    op = desk.member.op("answer.set", desk.visit.pk, given(TY_01="no"))
    desk.member.client.post_json("/api/v1/sync/push", {"clock": {"offset": offset}, "ops": [op]})
    row = leader_client.get(f"{REVIEWS}/{op['op']}").json()
    assert (row["skew_ms"], row["skewed"]) == (offset, skewed)


def test_a_leader_sees_the_work_of_his_crews_and_nothing_of_others(
    desk: Desk, leader_client: Client, office_client: Client
) -> None:
    mine = late(desk)
    foreign = desk.stranger.op("nonsense.thing", uuid.uuid4())
    others = desk.fieldwork.submitted()
    member = Phone(desk.cast.client(desk.fieldwork.crew(others.assignment)[1]))
    theirs = member.op("answer.set", others.pk, given(TY_01="no"))
    desk.stranger.push(foreign)
    member.push(theirs)
    assert listed(office_client) == [mine["op"], foreign["op"], theirs["op"]]
    assert listed(leader_client) == [mine["op"]]
    for op in (foreign, theirs, {"op": str(uuid.uuid4())}):
        assert leader_client.get(f"{REVIEWS}/{op['op']}").status_code == 404
        for verb, body in (("accept", {}), ("refile", {"to": "x", "reason": "误"}), ("dismiss", {"reason": "误"})):
            assert decide(leader_client, op, verb, **body) == (404, "not_found")
    assert Review.objects.count() == 0


def test_a_leader_sees_work_about_his_visit_however_its_id_is_written(desk: Desk, leader_client: Client) -> None:
    sent = [desk.late("answer.set", written, given(TY_01="no")) for written in _writings(desk.visit.pk)]
    assert listed(leader_client) == [each["op"] for each in sent]


def _writings(id: uuid.UUID) -> tuple[str, ...]:
    return str(id), str(id).upper(), id.hex


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.TEAM_LEADER, Role.LEADERSHIP, Role.DEPARTMENT_HEAD])
def test_everybody_else_finds_an_empty_desk(desk: Desk, role: Role) -> None:
    op = late(desk)
    client = desk.cast.client(desk.cast.person(role))
    assert listed(client) == []
    assert listed(client, decided="true") == []
    assert client.get(f"{REVIEWS}/{op['op']}").status_code == 404
    assert decide(client, op, "dismiss", reason="越权") == (404, "not_found")


def test_an_author_does_not_decide_about_the_own_work(desk: Desk) -> None:
    op = late(desk)
    assert listed(desk.member.client) == []
    assert decide(desk.member.client, op, "accept") == (404, "not_found")


@pytest.mark.parametrize("role", [Role.SCHOOL_LIAISON, Role.INSTITUTION_CONTACT])
def test_a_unit_is_refused_alike_whatever_there_is(desk: Desk, role: Role) -> None:
    op = late(desk)
    client = desk.cast.client(desk.cast.person(role))
    for path in (REVIEWS, f"{REVIEWS}/{op['op']}", f"{REVIEWS}/{uuid.uuid4()}"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "no_sync")
    assert decide(client, op, "dismiss", reason="越权") == (403, "no_sync")


def test_pages_are_complete_and_in_the_order_of_arrival(desk: Desk, leader_client: Client) -> None:
    ops = [late(desk)["op"] for _ in range(5)]
    desk.stranger.push(*[desk.stranger.op("nonsense.thing", uuid.uuid4()) for _ in range(3)])
    pages, after = [], None
    while True:
        answer = leader_client.get(REVIEWS, {"limit": 2} | ({"after": after} if after else {})).json()
        pages.append([row["op"] for row in answer["items"]])
        after = answer["next"]
        if after is None:
            break
    assert pages == [ops[:2], ops[2:4], ops[4:]]


def test_a_page_is_filled_from_as_many_chunks_as_it_takes(
    desk: Desk, leader_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.sync.services.reviewable.CHUNK", 2)
    monkeypatch.setattr("backend.sync.services.reviewable.LOOKED_THROUGH", 3)
    desk.stranger.push(*[desk.stranger.op("nonsense.thing", uuid.uuid4()) for _ in range(5)])
    ops = [late(desk)["op"] for _ in range(3)]
    assert listed(leader_client) == ops
    assert listed(leader_client, limit=2) == ops[:2]
    assert listed(leader_client, limit=2, after=ops[1]) == ops[2:]


def test_a_leader_is_asked_as_often_for_one_as_beside_many_of_others(
    desk: Desk, leader_client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("backend.sync.services.reviewable.CHUNK", 2)
    desk.stranger.push(*[desk.stranger.op("nonsense.thing", uuid.uuid4()) for _ in range(9)])
    op = late(desk)["op"]
    with django_assert_max_num_queries(12):
        assert listed(leader_client) == [op]


def test_filters_narrow_the_list(desk: Desk, office_client: Client) -> None:
    locked, unknown = late(desk), desk.stranger.op("nonsense.thing", uuid.uuid4())
    desk.stranger.push(unknown)
    with clock.fixed(clock.now()) as hand:
        old, young = (desk.member.op("answer.set", uuid.uuid4(), given(TY_01="yes")) for _ in range(2))
        desk.member.push(old)
        hand.move(hours=24)
        for phone in (desk.member, desk.stranger):
            desk.sign_in_again(phone)
        desk.member.push(young)
        client = desk.cast.client(office_client.user)
        by_arrival = [locked["op"], unknown["op"], old["op"]]
        assert listed(client) == by_arrival
        assert listed(client, waiting="true") == [*by_arrival, young["op"]]
        assert listed(client, status="held") == [old["op"]]
        assert listed(client, status="quarantined", code="unknown_kind") == [unknown["op"]]
        assert listed(client, user=desk.stranger.client.user.pk) == [unknown["op"]]
        assert decide(client, unknown, "dismiss", reason="无法识别") == (200, "unknown_kind")
        assert listed(client) == [locked["op"], old["op"]]
        assert listed(client, decided="true") == [unknown["op"]]


@pytest.mark.parametrize(
    "query", ["after=x", "after=01970000-0000-7000-8000-000000000000", "limit=0", "limit=201", "status=applied"]
)
def test_queries_that_mean_nothing_are_refused(desk: Desk, office_client: Client, query: str) -> None:
    assert office_client.get(f"{REVIEWS}?{query}").status_code == 400


def test_a_decision_answers_with_the_fate_and_a_second_one_conflicts(desk: Desk, leader_client: Client) -> None:
    op = late(desk)
    answer = leader_client.post_json(f"{REVIEWS}/{op['op']}/accept", {"reason": "次日补传。"}).json()
    fate = answer["fate"]
    assert (answer["status"], fate["outcome"], fate["reason"]) == ("quarantined", "accepted", "次日补传。")
    assert (fate["by"], fate["by_name"]) == (leader_client.user.pk, leader_client.user.name)
    assert decide(leader_client, op, "dismiss", reason="重复") == (409, "already_decided")
    shown = leader_client.get(f"/api/v1/visits/{desk.visit.pk}").json()
    assert [(one["op"], one["data"]) for one in shown["addenda"]] == [(op["op"], op["data"])]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("dismiss", {}),
        ("dismiss", {"reason": " "}),
        ("refile", {"reason": "误"}),
        ("refile", {"to": "x"}),
        ("accept", {"reason": "长" * 501}),
        ("dismiss", {"reason": "a\x00b"}),
    ],
)
def test_dismissing_and_refiling_want_a_reason(
    desk: Desk, leader_client: Client, verb: str, body: dict[str, Any]
) -> None:
    assert decide(leader_client, late(desk), verb, **body)[0] == 400
    assert Review.objects.count() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"7",
        b'"x"',
        b'{"op": 7, "n": "x"}',
        b'{"a": ' + b"[" * 400 + b"]" * 400 + b"}",
        b'{"kind": "answer", "verb": "set", "data": 1e999}',
        b'{"kind": "answer", "verb": "set", "id": "\\ud800", "data": {"a": 123456789012345678901234567890}}',
    ],
)
def test_whatever_was_sent_can_be_looked_at_and_dismissed(desk: Desk, office_client: Client, raw: bytes) -> None:
    body = b'{"ops": [' + raw + b"]}"
    answer = desk.member.client.post("/api/v1/sync/push", body, content_type="application/json")
    assert answer.json()["results"][0]["status"] == "quarantined"
    op = {"op": str(Operation.objects.get(verdict__status="quarantined").pk)}
    assert listed(office_client) == [op["op"]]
    assert office_client.get(f"{REVIEWS}/{op['op']}").status_code == 200
    assert decide(office_client, op, "accept") == (409, "not_acceptable")
    assert decide(office_client, op, "refile", to="y", reason="误")[0] in (400, 409)
    assert decide(office_client, op, "dismiss", reason="无法识别")[0] == 200


def test_an_operation_that_was_applied_is_not_on_the_desk(desk: Desk, office_client: Client) -> None:
    visit = desk.fieldwork.begun()
    phone = Phone(desk.cast.client(visit.assignment.leader))
    op = phone.op("answer.set", visit.pk, given(TY_01="yes"))
    phone.push(op)
    assert office_client.get(f"{REVIEWS}/{op['op']}").status_code == 404
    assert decide(office_client, op, "dismiss", reason="无关") == (409, "not_open")


def sent_up(desk: Desk, phone: Phone, evidence_id: uuid.UUID, data: bytes) -> str:
    """The bytes of a photo as they lie on the server after its upload; their hash."""
    digest = blobs.keep(county_id=desk.visit.county_id, data=data, filetype="image/jpeg")
    expected = Expectation.objects.filter(evidence_id=str(evidence_id), owner_id=phone.client.user.pk)
    assert expected.update(state=ExpectationState.VERIFIED) == 1
    return digest


def test_those_who_decide_about_a_photo_may_look_at_it_and_nobody_else(
    desk: Desk, leader_client: Client, office_client: Client
) -> None:
    evidence_id, data = uuid.uuid4(), b"late photo"
    fact = {"visit": str(desk.visit.pk), "sha256": hashlib.sha256(data).hexdigest(), "size": 10}
    desk.late("evidence.add", evidence_id, fact | {"filetype": "image/jpeg"})
    path = f"/api/v1/blobs/{fact['sha256']}"
    assert leader_client.get(path).status_code == 404
    sent_up(desk, desk.member, evidence_id, data)
    others = desk.cast.client(desk.fieldwork.places.people(desk.fieldwork.places.team())[0])
    told = [client.get(path).status_code for client in (leader_client, office_client, others, desk.member.client)]
    assert told == [200, 200, 404, 404]


def test_a_hash_that_somebody_merely_declares_shows_no_reviewer_what_others_sent(
    desk: Desk, leader_client: Client
) -> None:
    other, evidence_id, data = desk.fieldwork.begun(), uuid.uuid4(), b"secret photo"
    owner = Phone(desk.cast.client(other.assignment.leader))
    fact = {"sha256": hashlib.sha256(data).hexdigest(), "size": 12, "filetype": "image/jpeg"}
    owner.send("evidence.add", evidence_id, fact | {"visit": str(other.pk)})
    sent_up(desk, owner, evidence_id, data)
    for claimed in (evidence_id, uuid.uuid4()):
        assert (
            desk.member.send("evidence.add", claimed, fact | {"visit": str(desk.visit.pk)})["status"] == "quarantined"
        )
    assert leader_client.get(f"/api/v1/blobs/{fact['sha256']}").status_code == 404


def test_an_operation_of_another_room_is_for_the_office_and_called_by_its_own_kind(
    desk: Desk, office_client: Client
) -> None:
    op = desk.member.op("inbox.read", "no id at all")
    desk.member.push(op)
    assert office_client.get(f"{REVIEWS}/{op['op']}").json()["context"] == {
        "known": False,
        "kind": "inbox",
        "id": "no id at all",
        "title": "",
        "assignment": None,
        "visit": None,
    }
    assert decide(office_client, op, "accept") == (409, "not_acceptable")
