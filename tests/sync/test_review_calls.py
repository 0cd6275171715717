"""Whom it is told that an operation waits for a decision."""

import datetime as dt

import pytest

from backend.core import clock
from backend.core.errors import NotFound
from backend.core.ids import uuid7
from backend.journal.models import Outbox
from backend.sync.services import reviewing
from backend.sync.services.review_calls import call_reviewers
from tests.fixtures.work_under_review import Desk, given


def desk_messages(user_id: int | None) -> list[tuple[str, int]]:
    rows = Outbox.objects.filter(recipient_id=user_id or 0, kind__startswith="operation.").order_by("pk")
    return [(row.kind, row.detail.get("count", 0)) for row in rows]


def test_a_leader_to_whom_it_is_not_yet_revealed_hears_nothing_of_it(desk: Desk) -> None:
    with clock.fixed(clock.now()) as hand:
        assignment = desk.fieldwork.released(reveal_at=clock.now() + dt.timedelta(hours=5))
        _, start, _ = desk.begun_by_stranger(assignment)
        leader = desk.cast.actor(assignment.leader)
        call_reviewers()
        assert desk_messages(assignment.leader_id) == []
        with pytest.raises(NotFound):
            reviewing.dismiss(actor=leader, op=desk.op(start), reason="无关")
        hand.move(hours=6)
        reviewing.dismiss(actor=leader, op=desk.op(start), reason="无关")


def test_the_leader_is_told_once_and_a_day_later_the_office_once(desk: Desk) -> None:
    with clock.fixed(clock.now()) as hand:
        ops = [desk.late("answer.set", desk.visit.pk, given(TY_01="no")) for _ in range(3)]
        assert [call_reviewers(), call_reviewers()] == [3, 0]
        assert desk_messages(desk.leader.user_id) == [("operation.quarantined", 3)]
        assert desk_messages(desk.office.user_id) == []
        reviewing.dismiss(actor=desk.leader, op=desk.op(ops[0]), reason="重复")
        hand.move(hours=24)
        assert [call_reviewers(), call_reviewers()] == [2, 0]
    assert desk_messages(desk.office.user_id) == [("operation.undecided", 2)]
    assert desk_messages(desk.leader.user_id) == [("operation.quarantined", 3)]
    assert desk_messages(desk.member.client.user.pk) == [("operation.dismissed", 0)]


def test_what_has_no_crew_known_here_is_told_to_the_office_at_once_and_held_work_after_a_day(desk: Desk) -> None:
    op = desk.member.op("answer.set", uuid7(), given(TY_01="yes"))
    with clock.fixed(clock.now()) as hand:
        desk.member.push(op)
        assert call_reviewers() == 0
        hand.move(hours=24)
        assert [call_reviewers(), call_reviewers()] == [1, 0]
        hand.move(hours=48)
        assert call_reviewers() == 0
    assert desk_messages(desk.office.user_id) == [("operation.held", 1)]
