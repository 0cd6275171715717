"""The thin way from assignment to approval, once through the services and once through the phone's operations."""

import hashlib
import uuid
from typing import Any

import pytest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.ids import uuid7
from backend.inspections import sync as handlers
from backend.inspections.models import Evidence, Finding, Visit, VisitRound
from backend.inspections.selectors.content import content_hash
from backend.inspections.services import reviews
from backend.journal import grants
from backend.journal.models import FeedRow
from backend.sync.registry import Command, Outcome, registry
from tests.fixtures.visits import GENERAL, Fieldwork


class Phone:
    """Sends operations to the handlers as the engine does, numbered."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.n = actor, 0

    def send(self, name: str, id: object, **data: Any) -> Outcome:
        import msgspec

        self.n += 1
        declared = registry.operations[name]
        now = clock.now()
        command = Command(
            self.actor, uuid7(), self.n, str(id), now, now, 0, msgspec.convert(data, declared.payload, str_keys=True)
        )
        return declared.handler(command)


def document(kind: str, id: object) -> dict[str, Any]:
    import json

    row = FeedRow.objects.exclude(document=None).get(kind=kind, object_id=str(id))
    found: dict[str, Any] = json.loads(row.document or "")
    return found


def test_the_services_carry_a_visit_from_assignment_to_approval(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun()
    leader = fieldwork.leader(visit.assignment)
    finding = fieldwork.finding(visit, leader)
    visit = fieldwork.approved(fieldwork.submitted(fieldwork.filled(visit)))
    finding.refresh_from_db()
    assert (visit.state, visit.round, visit.score, visit.counts_for_coverage) == ("approved", 1, 99, True)
    assert visit.assignment.state == "done"
    assert finding.state == "confirmed"
    verbs = list(visit.transitions.order_by("pk").values_list("verb", "before", "after"))
    assert verbs == [
        ("start", "released", "departed"),
        ("work", "departed", "in_progress"),
        ("check_in", "in_progress", "in_progress"),
        ("submit", "in_progress", "submitted"),
        ("approve", "submitted", "approved"),
    ]


def test_a_phone_carries_a_visit_from_acceptance_to_submission(fieldwork: Fieldwork) -> None:
    assignment = fieldwork.released()
    phone = Phone(fieldwork.leader(assignment))
    visit_id = uuid7()
    phone.send("assignment.accept", assignment.pk)
    phone.send("assignment.depart", assignment.pk)
    started = phone.send("visit.start", visit_id, assignment=str(assignment.pk), rev=2)
    assert (started.status, started.about.journal_id) == ("applied", str(visit_id))
    phone.send("visit.check_in", visit_id, location={"lng": 108.7132, "lat": 30.9322, "accuracy": 15.0})
    photos = [uuid7() for _ in range(3)]
    for photo in photos:
        sha256 = hashlib.sha256(photo.bytes).hexdigest()
        data = {"visit": str(visit_id), "sha256": sha256, "size": 9, "filetype": "image/jpeg"}
        assert phone.send("evidence.add", photo, **data).detail == {"state": "awaited"}
    given = GENERAL | {"TY-05": [str(photos[0])], "TY-09": [str(photos[1])], "TY-10": [str(photos[2])]}
    answered = phone.send("answer.set", visit_id, answers={key: {"value": value} for key, value in given.items()})
    assert answered.status == "applied"
    assert answered.detail["answers"]["TY-02"] == {"status": "applied", "rev": 1}
    recorded = phone.send("finding.record", uuid7(), visit=str(visit_id), item="TY-08", text="拒绝提供台账。")
    assert recorded.detail == {"number": 1, "severity": "veto"}
    phone.send("visit.feedback", visit_id, text="已口头反馈。")
    wrong = phone.send("visit.submit", visit_id, hash="0" * 64)
    assert (wrong.status, wrong.code) == ("conflict", "content_differs")
    visit = Visit.objects.get(pk=visit_id)
    assert visit.state == "feedback_given"
    done = phone.send("visit.submit", visit_id, hash=content_hash(visit))
    assert done.status == "applied"
    visit.refresh_from_db()
    assert (visit.state, visit.score, visit.counts_for_coverage) == ("submitted", 80, True)
    shown = document("visit", visit_id)
    assert shown["answers"]["TY-02"]["value"] == 2
    assert shown["answers"]["TY-02"]["rev"] == 1
    assert shown["state"] == "submitted"


def test_a_return_opens_a_new_round_and_leaves_the_hash_of_the_first(fieldwork: Fieldwork, office: Any) -> None:
    visit = fieldwork.submitted()
    first = visit.content_hash
    actor = fieldwork.cast.actor(office)
    visit = reviews.return_visit(actor=actor, visit_id=visit.pk, reason="照片不清")
    assert (visit.state, visit.round) == ("returned", 2)
    leader = fieldwork.leader(visit.assignment)
    fieldwork.finding(visit, leader)
    visit = fieldwork.submitted(visit)
    hashes = list(VisitRound.objects.filter(visit=visit).order_by("round").values_list("round", "content_hash"))
    assert hashes == [(1, first), (2, visit.content_hash)]
    assert first != visit.content_hash
    with pytest.raises(TypeError, match="never changed"):
        VisitRound.objects.get(visit=visit, round=1).save()


def test_the_feed_holds_the_whole_visit_in_one_scope_of_its_crew(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    scope = f"crew:{visit.assignment_id}"
    kinds = FeedRow.objects.filter(scope__name=scope, document__isnull=False).values_list("kind", flat=True)
    assert sorted(kinds) == ["assignment", "evidence", "evidence", "evidence", "finding", "visit"]
    crew = {user.pk for user in fieldwork.crew(visit.assignment)}
    assert crew < grants.readers(scope)
    assert Finding.objects.count() == 1
    assert Evidence.objects.count() == 3


def test_every_operation_of_the_protocol_that_is_this_rooms_is_declared() -> None:
    assert handlers.expect_bytes is not None
    expected = {
        *("assignment.accept", "assignment.decline", "assignment.depart", "recusal.declare"),
        *("visit.start", "visit.check_in", "visit.sample", "visit.amend", "visit.feedback", "visit.sign"),
        *("visit.submit", "visit.cancel", "visit.alarm", "answer.set"),
        *("finding.record", "finding.amend", "finding.withdraw", "evidence.add", "review.decide", "target.report"),
    }
    assert expected <= set(registry.operations)
    uuid.UUID(int=0)
