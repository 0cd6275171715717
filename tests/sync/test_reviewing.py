"""Deciding about held and quarantined operations (protocol, Review)."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.accounts.services import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import Answer, Assignment, CrewMember, Evidence, Finding, Visit, VisitAddendum
from backend.inspections.selectors.content import content_hash
from backend.inspections.services import recusals, reviews
from backend.journal import grants, upkeep
from backend.journal.models import AuditLine, Outbox
from backend.sync.models import Operation, Review, Verdict
from backend.sync.services import reviewing
from backend.sync.services.review_calls import call_reviewers
from backend.sync.services.sweeping import sweep
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork

A_DAY = dt.timedelta(hours=24)


def given(**answers: Any) -> dict[str, Any]:
    return {"answers": {key.replace("_", "-"): {"value": value} for key, value in answers.items()}}


def photo(visit_id: object, evidence_id: uuid.UUID, **more: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(evidence_id.bytes).hexdigest()
    return {"visit": str(visit_id), "sha256": sha256, "size": 9, "filetype": "image/jpeg", **more}


@dataclass
class Desk:
    """A submitted visit of one crew, a stranger of another team, and the office."""

    cast: Cast
    fieldwork: Fieldwork
    visit: Visit
    member: Phone
    stranger: Phone
    office: Actor

    @property
    def leader(self) -> Actor:
        return self.cast.actor(self.visit.assignment.leader)

    def late(self, name: str, object_id: object, data: Any) -> dict[str, Any]:
        """Work of a member that arrives after the submission."""
        op = self.member.op(name, object_id, data)
        answer = self.member.push(op)["results"][0]
        assert (answer["status"], answer["code"]) == ("quarantined", "late_lock")
        return op

    def document(self, phone: Phone, op: dict[str, Any]) -> dict[str, Any]:
        phone.pull()
        return phone.documents("operation")[op["op"]]

    def op(self, op: dict[str, Any]) -> uuid.UUID:
        return uuid.UUID(op["op"])


@pytest.fixture
def desk(cast: Cast, fieldwork: Fieldwork) -> Desk:
    visit = fieldwork.submitted()
    member = Phone(cast.client(fieldwork.crew(visit.assignment)[1]))
    stranger = Phone(cast.client(fieldwork.places.people(fieldwork.places.team())[1]))
    return Desk(cast, fieldwork, visit, member, stranger, cast.actor(cast.person(Role.OFFICE)))


def test_late_work_stands_beside_the_round_and_its_author_learns_of_it(desk: Desk) -> None:
    before = content_hash(desk.visit)
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    review = reviewing.accept(actor=desk.leader, op=desk.op(op), reason="手机没电，次日补传。")
    row = VisitAddendum.objects.get()
    assert (row.operation, row.round, row.author_id) == (desk.op(op), 1, desk.member.client.user.pk)
    assert row.content() == op["data"]
    assert (review.outcome, review.detail["status"], review.detail["addendum"]) == ("accepted", "addendum", str(row.pk))
    visit = Visit.objects.get(pk=desk.visit.pk)
    assert (visit.state, visit.content_hash, content_hash(visit)) == ("submitted", before, before)
    assert Answer.objects.get(visit=visit, key="TY-01").value == "yes"
    told = desk.document(desk.member, op)
    assert (told["status"], told["code"]) == ("quarantined", "late_lock")
    assert (told["fate"]["outcome"], told["fate"]["by"], told["fate"]["reason"]) == (
        "accepted",
        desk.leader.user_id,
        "手机没电，次日补传。",
    )
    shown = desk.member.documents("visit")[str(visit.pk)]
    assert [each["data"] for each in shown["addenda"]] == [op["data"]]
    assert upkeep.verify(repair=False).wrong_documents == []


def test_what_was_answered_is_never_rewritten_and_a_resend_hears_the_fate_beside_it(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    first = desk.member.push(op)["results"][0]
    reviewing.dismiss(actor=desk.leader, op=desk.op(op), reason="重复填写。")
    again = desk.member.push(op)["results"][0]
    assert again == first | {"fate": "dismissed"}
    assert not VisitAddendum.objects.exists()
    assert Review.objects.count() == 1


def test_nobody_decides_twice(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    reviewing.dismiss(actor=desk.leader, op=desk.op(op), reason="重复填写。")
    for decide in (
        lambda: reviewing.accept(actor=desk.office, op=desk.op(op)),
        lambda: reviewing.refile(actor=desk.office, op=desk.op(op), to=str(desk.visit.pk), reason="误"),
        lambda: reviewing.dismiss(actor=desk.leader, op=desk.op(op), reason="再次"),
    ):
        with pytest.raises(Conflict) as refused:
            decide()
        assert refused.value.code == "already_decided"


def test_only_the_crews_leader_and_the_office_may_decide(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    other_leader = desk.cast.actor(desk.fieldwork.places.people(desk.fieldwork.places.team())[0])
    for actor in (
        other_leader,
        desk.cast.actor(desk.member.client.user),
        desk.cast.actor(desk.cast.person(Role.LEADERSHIP)),
        desk.cast.actor(desk.cast.person(Role.OFFICE, county=desk.cast.county("linshui", "邻水区"))),
    ):
        with pytest.raises(NotFound):
            reviewing.dismiss(actor=actor, op=desk.op(op), reason="越权")
    reviewing.dismiss(actor=desk.office, op=desk.op(op), reason="重复")
