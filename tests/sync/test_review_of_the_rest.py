"""On the desk, too: the errands of assignments, what the server stumbles over, and what came under an id already taken."""

import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.errors import Conflict
from backend.core.ids import uuid7
from backend.inspections.models import Answer, Assignment, CrewMember, Evidence, Recusal
from backend.inspections.services import crews
from backend.journal.models import Outbox
from backend.media.models import Expectation
from backend.sync.models import DeviceLog, Operation, Review, StrayOperation, Verdict
from backend.sync.registry import Command, Outcome, registry
from backend.sync.services import reviewing
from backend.sync.services.review_calls import call_reviewers
from backend.sync.services.strays import adopt
from backend.sync.services.sweeping import sweep
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.work_under_review import Desk, given, photo

REVIEWS = "/api/v1/sync/reviews"


@pytest.fixture
def headquarters(desk: Desk) -> Client:
    return desk.cast.client(desk.cast.person(Role.OFFICE))


def listed(client: Client, **query: Any) -> list[str]:
    return [row["op"] for row in client.get(REVIEWS, query).json()["items"]]


# -- assignments


def sent_by_a_member(desk: Desk, name: str, data: Any = None) -> tuple[Assignment, dict[str, Any]]:
    """What only the leader may say, said by a member of a crew on its way."""
    task = desk.fieldwork.released()
    Phone(desk.cast.client(task.leader)).send("assignment.depart", task.pk)
    member = Phone(desk.cast.client(desk.fieldwork.crew(task)[1]))
    op = member.op(name, task.pk, data)
    [result] = member.push(op)["results"]
    assert (result["status"], result["code"]) == ("quarantined", "no_permission")
    return task, op


def test_a_departure_that_a_member_reported_counts_on_the_reviewers_word(desk: Desk) -> None:
    task, op = sent_by_a_member(desk, "assignment.depart")
    review = reviewing.accept(actor=desk.office, op=desk.op(op), reason="组长手机损坏。")
    assert (review.detail["status"], review.detail["kind"], review.detail["id"]) == (
        "applied",
        "assignment",
        str(task.pk),
    )
    assert Assignment.objects.get(pk=task.pk).state == "departed"


def test_what_the_state_of_an_assignment_forbids_a_reviewers_word_does_not_allow(desk: Desk) -> None:
    task, op = sent_by_a_member(desk, "assignment.accept")
    with pytest.raises(Conflict) as refused:
        reviewing.accept(actor=desk.office, op=desk.op(op), reason="组长手机损坏。")
    assert refused.value.code == "bad_state"
    assert Assignment.objects.get(pk=task.pk).state == "departed"


@pytest.mark.parametrize(
    ("name", "data", "state"),
    [
        ("assignment.accept", {}, "accepted"),
        ("assignment.depart", {}, "departed"),
        ("assignment.decline", {"reason": "车辆故障"}, "planned"),
    ],
)
def test_a_stand_in_for_the_leader_is_vouched_for(desk: Desk, name: str, data: Any, state: str) -> None:
    task = desk.fieldwork.released()
    op = desk.stranger.op(name, task.pk, data)
    with clock.fixed(clock.now()) as hand:
        assert desk.stranger.push(op)["results"][0]["status"] == "held"
        hand.move(hours=24)
        assert reviewing.accept(actor=desk.office, op=desk.op(op), reason="代理组长").detail["status"] == "applied"
    assert Assignment.objects.get(pk=task.pk).state == state


def test_a_recusal_of_somebody_who_was_not_sent_can_be_accepted(desk: Desk) -> None:
    task = desk.fieldwork.released()
    op = desk.stranger.op("recusal.declare", task.pk, {"kind": "own_employer"})
    with clock.fixed(clock.now()) as hand:
        assert desk.stranger.push(op)["results"][0]["status"] == "held"
        hand.move(hours=24)
        reviewing.accept(actor=desk.office, op=desk.op(op), reason="提前申报")
    assert Recusal.objects.get(assignment=task).user_id == desk.stranger.client.user.pk
    assert CrewMember.objects.filter(assignment=task, ended_at__isnull=True).count() == 2


# -- what the server stumbles over


class Stumble(msgspec.Struct):
    pass


@pytest.fixture
def stumbling() -> Iterator[list[bool]]:
    """`stumble.over` fails until the list says otherwise."""
    mended: list[bool] = []

    def stumble(command: Command[Stumble]) -> Outcome:
        if not mended:
            raise ZeroDivisionError
        return Outcome(Operation.objects.select_related("verdict").get(pk=command.op).verdict)

    registry.operation("stumble.over", payload=Stumble)(stumble)
    yield mended
    del registry.operations["stumble.over"]


def test_a_failed_operation_can_be_read_and_dismissed_and_is_never_tried_again(
    desk: Desk, headquarters: Client, stumbling: list[bool]
) -> None:
    op = desk.member.op("stumble.over", uuid7())
    assert desk.member.push(op)["results"][0]["status"] == "error"
    assert listed(headquarters, status="error") == listed(headquarters) == [op["op"]]
    row = headquarters.get(f"{REVIEWS}/{op['op']}").json()
    assert (row["status"], row["body"]) == ("error", op)
    for verb, body in (("accept", {}), ("refile", {"to": str(desk.visit.pk), "reason": "误"})):
        answer = headquarters.post_json(f"{REVIEWS}/{op['op']}/{verb}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_acceptable")
    assert headquarters.post_json(f"{REVIEWS}/{op['op']}/dismiss", {"reason": "内容为空"}).status_code == 200
    assert desk.document(desk.member, op)["fate"]["outcome"] == "dismissed"
    stumbling.append(True)
    with clock.fixed(clock.now()) as hand:
        hand.move(hours=48)
        assert sweep() == 0
    assert Verdict.objects.get(pk=op["op"]).status == "error"
    assert listed(headquarters) == []


def test_a_failed_operation_counts_if_it_can_be_done_when_it_is_accepted(desk: Desk, stumbling: list[bool]) -> None:
    op = desk.member.op("stumble.over", uuid7())
    desk.member.push(op)
    stumbling.append(True)
    assert reviewing.accept(actor=desk.office, op=desk.op(op)).detail["status"] == "applied"


def test_people_hear_of_a_failed_operation_once_the_server_has_tried_three_times(
    desk: Desk, stumbling: list[bool]
) -> None:
    op = desk.member.op("stumble.over", uuid7())
    with clock.fixed(clock.now()) as hand:
        desk.member.push(op)
        called = []
        for _ in range(4):
            called.append(call_reviewers())
            hand.move(minutes=10)
            sweep()
    assert called == [0, 0, 1, 0]
    told = Outbox.objects.filter(kind="operation.error")
    assert {row.recipient_id for row in told} == crews.office(desk.visit.county_id)


# -- what came under an id already taken


def under_a_taken_id(desk: Desk, name: str, object_id: object, data: Any) -> tuple[dict[str, Any], Operation]:
    """An operation of a second phone under the id of another operation, and what lies on the desk for it."""
    taken = desk.member.op("answer.set", uuid7(), given(TY_01="yes"))
    desk.member.push(taken)
    crew = Phone(desk.cast.client(desk.member.client.user))
    op = {**crew.op(name, object_id, data), "op": taken["op"]}
    assert crew.push(op)["results"] == [{"op": taken["op"], "status": "id_reused"}]
    assert [adopt(), adopt()] == [1, 0]
    kept = StrayOperation.objects.get().adopted
    assert kept is not None
    return op, Operation.objects.get(pk=kept)


def test_an_operation_under_a_taken_id_is_read_on_the_desk_under_an_id_of_its_own(
    desk: Desk, headquarters: Client
) -> None:
    visit = desk.fieldwork.begun()
    op, kept = under_a_taken_id(desk, "answer.set", visit.pk, given(TY_01="no"))
    assert listed(headquarters, status="id_reused") == [str(kept.pk)]
    row = headquarters.get(f"{REVIEWS}/{kept.pk}").json()
    assert (row["status"], row["code"], row["body"], row["n"]) == ("id_reused", "", op, op["n"])
    assert row["told"] == {"op": str(kept.pk), "status": "id_reused", "reused": op["op"]}
    assert row["context"]["visit"] == str(visit.pk)
    assert DeviceLog.objects.get(pk=kept.device_id).chain == kept.chain
    assert call_reviewers() == 1
    assert Outbox.objects.get(kind="operation.id_reused").recipient_id == visit.assignment.leader_id


def test_an_operation_under_a_taken_id_counts_once_accepted(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    member = desk.fieldwork.crew(visit.assignment)[1]
    taken = desk.member.op("answer.set", uuid7(), given(TY_01="yes"))
    desk.member.push(taken)
    phone = Phone(desk.cast.client(member))
    op = {**phone.op("answer.set", visit.pk, given(TY_01="no")), "op": taken["op"]}
    phone.push(op)
    adopt()
    kept = StrayOperation.objects.get().adopted
    assert kept is not None
    review = reviewing.accept(actor=desk.office, op=kept, reason="编号重复，内容属实")
    assert review.detail["status"] == "applied"
    assert Answer.objects.get(visit=visit).value == "no"
    assert phone.push(op)["results"] == [{"op": op["op"], "status": "id_reused"}]
    assert Answer.objects.get(visit=visit).rev == 1
    phone.pull()
    document = phone.documents("operation")[str(kept)]
    assert (document["status"], document["reused"], document["fate"]["outcome"]) == (
        "id_reused",
        op["op"],
        "accepted",
    )


def test_an_operation_under_a_taken_id_can_be_refiled_or_dismissed(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    _, kept = under_a_taken_id(desk, "answer.set", uuid7(), given(TY_01="no"))
    assert reviewing.refile(actor=desk.office, op=kept.pk, to=str(visit.pk), reason="属于此次").detail["to"] == str(
        visit.pk
    )
    assert Answer.objects.get(visit=visit).value == "no"
    with pytest.raises(Conflict, match="already_decided"):
        reviewing.dismiss(actor=desk.office, op=kept.pk, reason="再次")


def test_nobody_accepts_the_own_operation_under_a_taken_id(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    phone = Phone(desk.cast.client(visit.assignment.leader))
    taken = phone.op("answer.set", visit.pk, given(TY_01="yes"))
    phone.push(taken, {**phone.op("answer.set", visit.pk, given(TY_03="no")), "op": taken["op"]})
    adopt()
    kept = StrayOperation.objects.get().adopted
    assert kept is not None
    with pytest.raises(Conflict, match="own_operation"):
        reviewing.accept(actor=desk.cast.actor(visit.assignment.leader), op=kept)


def test_the_photo_of_an_operation_under_a_taken_id_is_welcome(desk: Desk) -> None:
    visit, new = desk.fieldwork.begun(), uuid7()
    _, kept = under_a_taken_id(desk, "evidence.add", new, photo(visit.pk, new))
    assert Expectation.objects.get(evidence_id=str(new)).owner_id == kept.user_id
    reviewing.accept(actor=desk.office, op=kept.pk)
    assert Evidence.objects.get(pk=new).visit_id == visit.pk


@pytest.mark.parametrize("body", [{"any": 1}, {"kind": "NOT A KIND"}, {"data": {"text": "\x00"}}])
def test_nonsense_under_a_taken_id_is_on_the_desk_and_can_be_dismissed(desk: Desk, body: dict[str, Any]) -> None:
    taken = desk.member.op("answer.set", uuid7(), given(TY_01="yes"))
    desk.member.push(taken, {"op": taken["op"], **body})
    adopt()
    kept = StrayOperation.objects.get().adopted
    assert kept is not None
    with pytest.raises(Conflict, match="not_acceptable"):
        reviewing.accept(actor=desk.office, op=kept)
    reviewing.dismiss(actor=desk.office, op=kept, reason="无法识别")


# -- many decisions at once


def test_of_many_decisions_each_is_judged_on_its_own(desk: Desk, headquarters: Client) -> None:
    ops = [desk.late("answer.set", desk.visit.pk, given(TY_01=value))["op"] for value in ("no", "yes", "no")]
    visit = desk.fieldwork.begun()
    photo_id = uuid7()
    moved = desk.late("evidence.add", photo_id, photo(desk.visit.pk, photo_id))["op"]
    unknown = str(uuid.uuid4())
    answer = headquarters.post_json(
        f"{REVIEWS}/decisions",
        {
            "items": [
                {"op": ops[0], "outcome": "accepted"},
                {"op": unknown, "outcome": "accepted"},
                {"op": ops[1], "outcome": "dismissed", "reason": "重复"},
                {"op": ops[1], "outcome": "accepted"},
                {"op": ops[2], "outcome": "dismissed"},
                {"op": moved, "outcome": "refiled", "to": str(uuid.uuid4()), "reason": "误"},
                {"op": moved, "outcome": "refiled", "to": str(visit.pk), "reason": "误"},
            ]
        },
    )
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [(row["op"], row["status"], row["code"]) for row in items] == [
        (ops[0], 200, ""),
        (unknown, 404, "not_found"),
        (ops[1], 200, ""),
        (ops[1], 409, "already_decided"),
        (ops[2], 400, "reason_missing"),
        (moved, 400, "unknown_object"),
        (moved, 200, ""),
    ]
    assert [row["fate"]["outcome"] if row["fate"] else None for row in items] == [
        "accepted",
        None,
        "dismissed",
        None,
        None,
        None,
        "refiled",
    ]
    assert listed(headquarters) == [ops[2]]
    assert Review.objects.count() == 3


def test_many_decisions_of_a_stranger_find_nothing_and_of_a_unit_are_refused(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))["op"]
    items = {"items": [{"op": each, "outcome": "dismissed", "reason": "x"} for each in (op, str(uuid.uuid4()))]}
    answer = desk.stranger.client.post_json(f"{REVIEWS}/decisions", items).json()["items"]
    assert [(row["status"], row["code"], row["detail"]) for row in answer] == [
        (404, "not_found", "未找到相关内容。")
    ] * 2
    school = desk.cast.client(desk.cast.person(Role.SCHOOL_LIAISON))
    refused = school.post_json(f"{REVIEWS}/decisions", items)
    assert (refused.status_code, refused.json()["code"]) == (403, "no_sync")
    assert Review.objects.count() == 0


@pytest.mark.parametrize("count", [0, 101])
def test_a_request_takes_one_to_a_hundred_decisions(headquarters: Client, count: int) -> None:
    item = {"op": str(uuid.uuid4()), "outcome": "dismissed", "reason": "x"}
    assert headquarters.post_json(f"{REVIEWS}/decisions", {"items": [item] * count}).status_code == 400
