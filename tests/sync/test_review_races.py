"""Reviewers, phones and workers at the same instant (real threads; PostgreSQL lets them truly meet)."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.ids import uuid7
from backend.inspections.models import AnswerRevision, VisitAddendum
from backend.journal.models import AuditLine, Outbox
from backend.sync.models import Operation, Review, Verdict
from backend.sync.services.review_calls import call_reviewers
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.work_under_review import Desk, given
from tests.sync.test_races import at_once, pushing

pytestmark = pytest.mark.django_db(transaction=True)


def deciding(client: Client, op: dict[str, Any], verb: str, **body: Any) -> Callable[[], Any]:
    """With a client of its own: one is not for several threads."""
    speaker = Client()
    speaker.credentials(HTTP_AUTHORIZATION=f"Bearer {client.tokens.access}")

    def decide() -> Any:
        answer = speaker.post_json(f"/api/v1/sync/reviews/{op['op']}/{verb}", body)
        return answer.status_code, answer.json()["code"]

    return decide


def test_of_two_reviewers_at_once_one_decides_and_one_is_told_that_it_is_decided(desk: Desk) -> None:
    leader = desk.cast.client(desk.visit.assignment.leader)
    office = desk.cast.client(desk.cast.person(Role.OFFICE))
    for step in range(4):
        op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
        verb, body = ("accept", {}) if step % 2 else ("dismiss", {"reason": "重复"})
        answers = at_once(
            deciding(leader, op, "accept"),
            deciding(office, op, verb, **body),
            deciding(leader, op, "accept"),
        )
        assert sorted(answers) == [(200, "late_lock"), (409, "already_decided"), (409, "already_decided")]
        assert VisitAddendum.objects.filter(operation=op["op"]).count() == (
            Review.objects.get(pk=op["op"]).outcome == "accepted"
        )
        assert AuditLine.objects.filter(verb__startswith="operation.", object_id=op["op"]).count() == 1
        assert Outbox.objects.filter(subject_id=op["op"], recipient_id=desk.member.client.user.pk).count() == 1


def test_a_decision_and_the_parent_that_was_waited_for_at_once_have_one_effect(desk: Desk) -> None:
    office = desk.cast.person(Role.OFFICE)
    other = desk.fieldwork.begun()
    for _ in range(3):
        assignment = desk.fieldwork.released()
        visit_id = uuid7()
        with clock.fixed(clock.now()) as hand:
            phone = Phone(desk.cast.client(assignment.leader))
            early = phone.op("answer.set", visit_id, given(TY_01="yes"))
            start = phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)})
            phone.push(early)
            hand.move(hours=24)
            desk.sign_in_again(phone)
            refile = deciding(desk.cast.client(office), early, "refile", to=str(other.pk), reason="属于另一次到访")
            decided, _ = at_once(refile, pushing(phone, start))
        verdict = Verdict.objects.get(pk=early["op"])
        on_other = AnswerRevision.objects.filter(visit=other, n=early["n"], author_id=assignment.leader_id).count()
        on_own = AnswerRevision.objects.filter(visit_id=visit_id, key="TY-01").count()
        if decided[0] == 200:
            assert (verdict.status, on_other, on_own) == ("held", 1, 0)
        else:
            assert (decided, verdict.status, on_other, on_own) == ((409, "not_open"), "applied", 0, 1)
        assert Operation.objects.filter(pk=uuid.UUID(start["op"]), verdict__status="applied").exists()


def test_of_two_workers_at_once_one_calls_the_reviewers(desk: Desk) -> None:
    for _ in range(3):
        desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    assert sorted(at_once(call_reviewers, call_reviewers, call_reviewers)) == [0, 0, 3]
    rows = Outbox.objects.filter(kind="operation.quarantined")
    assert [(row.recipient_id, row.detail["count"]) for row in rows] == [(desk.leader.user_id, 3)]
