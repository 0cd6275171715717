"""The operations of this room over the real push and pull."""

import hashlib
import uuid
from typing import Any

import pytest

from backend.core.ids import uuid7
from backend.inspections.models import Answer, Evidence, Visit
from backend.inspections.selectors.content import content_hash
from backend.media.models import Expectation
from backend.registry.models import Target
from backend.sync.registry import registry
from tests.fixtures.phones import Phone
from tests.fixtures.visits import GENERAL, Fieldwork

OPERATIONS = {
    *("assignment.accept", "assignment.decline", "assignment.depart", "recusal.declare"),
    *("visit.start", "visit.check_in", "visit.sample", "visit.amend", "visit.feedback", "visit.sign"),
    *("visit.submit", "visit.cancel", "visit.alarm", "answer.set"),
    *("finding.record", "finding.amend", "finding.withdraw", "evidence.add", "review.decide", "target.report"),
}


@pytest.fixture
def crew(fieldwork: Fieldwork) -> tuple[Any, Phone, Phone]:
    """A released assignment, the leader's phone and the member's."""
    assignment = fieldwork.released()
    leader, member = (Phone(fieldwork.cast.client(user)) for user in fieldwork.crew(assignment))
    return assignment, leader, member


def photo(visit_id: uuid.UUID, evidence_id: uuid.UUID, **more: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(evidence_id.bytes).hexdigest()
    return {"visit": str(visit_id), "sha256": sha256, "size": 9, "filetype": "image/jpeg", **more}


def given(**answers: Any) -> dict[str, Any]:
    return {"answers": {key.replace("_", "-"): {"value": value} for key, value in answers.items()}}


def test_the_room_declares_its_operations_and_documents() -> None:
    assert set(registry.operations) >= OPERATIONS
    assert {"template", "assignment", "visit", "finding", "evidence", "finding_library"} <= set(registry.documents)


def test_a_phone_carries_a_visit_from_acceptance_to_submission(crew: tuple[Any, Phone, Phone]) -> None:
    assignment, phone, _ = crew
    visit_id = uuid7()
    phone.pull()
    rev = phone.documents("assignment")[str(assignment.pk)]["rev"]
    photos = [uuid7() for _ in range(3)]
    filled = GENERAL | {"TY-05": [str(photos[0])], "TY-09": [str(photos[1])], "TY-10": [str(photos[2])]}
    ops = [
        phone.op("assignment.accept", assignment.pk),
        phone.op("assignment.depart", assignment.pk),
        phone.op("visit.start", visit_id, {"assignment": str(assignment.pk), "rev": rev}),
        phone.op("visit.check_in", visit_id, {"location": {"lng": 108.7132, "lat": 30.9322, "accuracy": 15}}),
        *(phone.op("evidence.add", one, photo(visit_id, one)) for one in photos),
        phone.op("answer.set", visit_id, {"answers": {key: {"value": value} for key, value in filled.items()}}),
        phone.op("finding.record", uuid7(), {"visit": str(visit_id), "item": "TY-08", "text": "拒绝提供台账。"}),
        phone.op("visit.feedback", visit_id, {"text": "已口头反馈。"}),
    ]
    results = phone.push(*ops)["results"]
    assert [result["status"] for result in results] == ["applied"] * len(ops)
    assert results[7]["answers"]["TY-02"] == {"status": "applied", "rev": 1}
    wrong = phone.send("visit.submit", visit_id, {"hash": "0" * 64})
    assert (wrong["status"], wrong["code"]) == ("conflict", "content_differs")
    data = {"hash": content_hash(Visit.objects.get(pk=visit_id)), "upto": len(ops)}
    assert phone.send("visit.submit", visit_id, data)["status"] == "applied"
    phone.pull()
    shown = phone.documents("visit")[str(visit_id)]
    assert (shown["state"], shown["score"], shown["answers"]["TY-02"]["value"]) == ("submitted", 80, 2)
    assert len(phone.documents("evidence")) == 3
    assert phone.sums[f"crew:{assignment.pk}"] == phone.sum_of(f"crew:{assignment.pk}")


def test_a_batch_pushed_twice_has_one_effect(crew: tuple[Any, Phone, Phone]) -> None:
    assignment, phone, _ = crew
    visit_id = uuid7()
    ops = [
        phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)}),
        phone.op("answer.set", visit_id, given(TY_01="yes")),
    ]
    assert phone.push(*ops)["results"] == phone.push(*ops)["results"]
    assert Answer.objects.get(visit_id=visit_id).rev == 1


def test_answers_that_arrive_before_their_visit_are_held_and_applied_when_it_comes(
    crew: tuple[Any, Phone, Phone],
) -> None:
    assignment, phone, _ = crew
    visit_id = uuid7()
    start = phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)})
    evidence_id = uuid7()
    early = [
        phone.op("answer.set", visit_id, given(TY_01="yes")),
        phone.op("evidence.add", evidence_id, photo(visit_id, evidence_id)),
    ]
    assert [result["status"] for result in phone.push(*early)["results"]] == ["held", "held"]
    assert Expectation.objects.filter(evidence_id=str(evidence_id)).exists()
    assert phone.push(start)["results"][0]["status"] == "applied"
    assert Answer.objects.get(visit_id=visit_id).value == "yes"
    assert Evidence.objects.get(pk=evidence_id).state == "awaited"


def test_a_submission_waits_for_work_of_its_device_that_is_still_on_the_way(crew: tuple[Any, Phone, Phone]) -> None:
    assignment, phone, _ = crew
    visit_id = uuid7()
    phone.push(phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)}))
    missing = phone.op("answer.set", visit_id, given(TY_01="yes"))
    submit = phone.op("visit.submit", visit_id, {"hash": "0" * 64, "upto": missing["n"]})
    assert phone.push(submit)["results"][0]["status"] == "held"
    assert phone.push(missing)["results"][0]["status"] == "applied"
    phone.pull()
    fate = phone.documents("operation")[submit["op"]]
    assert (fate["status"], fate["code"]) == ("quarantined", "bad_state")


def test_two_phones_that_answer_differently_conflict_and_a_person_picks(
    crew: tuple[Any, Phone, Phone], fieldwork: Fieldwork
) -> None:
    assignment, leader, member = crew
    visit_id = uuid7()
    leader.push(leader.op("visit.start", visit_id, {"assignment": str(assignment.pk)}))
    member.pull()
    assert leader.send("answer.set", visit_id, given(TY_01="yes"))["status"] == "applied"
    result = member.send("answer.set", visit_id, given(TY_01="no"))
    assert (result["status"], result["answers"]["TY-01"]["status"]) == ("conflict", "conflict")
    leader.pull()
    shown = leader.documents("visit")[str(visit_id)]
    rival = shown["conflicts"]["TY-01"][0]
    assert (shown["answers"]["TY-01"]["value"], rival["value"]) == ("yes", "no")
    picked = {"value": "no", "base": shown["answers"]["TY-01"]["rev"], "settles": [rival["id"]]}
    assert leader.send("answer.set", visit_id, {"answers": {"TY-01": picked}})["status"] == "applied"
    member.pull()
    assert member.documents("visit")[str(visit_id)]["conflicts"] == {}


def test_a_second_phone_that_began_the_visit_itself_loses_nothing_and_learns_which_it_became(
    crew: tuple[Any, Phone, Phone],
) -> None:
    assignment, leader, member = crew
    visit_id, other_id = uuid7(), uuid7()
    leader.push(leader.op("visit.start", visit_id, {"assignment": str(assignment.pk)}))
    start = member.op("visit.start", other_id, {"assignment": str(assignment.pk)})
    early = member.op("answer.set", other_id, given(TY_01="yes"))
    assert member.push(early)["results"][0]["status"] == "held"
    joined = member.push(start)["results"][0]
    assert (joined["status"], joined["visit"]) == ("merged", str(visit_id))
    assert Answer.objects.get(visit_id=visit_id).value == "yes"
    member.pull()
    shown = member.documents("visit")
    assert shown[str(other_id)]["same_as"] == str(visit_id)
    assert shown[str(visit_id)]["answers"]["TY-01"]["value"] == "yes"


@pytest.mark.parametrize(
    ("name", "data", "path"),
    [
        ("answer.set", given(TY_01="maybe"), "answers.TY-01.value"),
        ("answer.set", {"answers": {}}, "answers"),
        ("answer.set", {"answers": []}, "$.answers"),
        ("visit.check_in", {}, "reason"),
        ("visit.check_in", {"location": {"lng": 500, "lat": 0}}, "$.location.lng"),
        ("visit.sample", {"classes": [{"grade": 4, "number": 1, "pupils": ["某某"]}]}, "$.classes[0].pupils[0]"),
        ("visit.sign", {}, "inspectors"),
        ("visit.submit", {"hash": "kurz"}, "$.hash"),
    ],
)
def test_bad_content_is_quarantined_invalid_with_its_path(
    crew: tuple[Any, Phone, Phone], name: str, data: Any, path: str
) -> None:
    assignment, phone, _ = crew
    visit_id = uuid7()
    phone.push(phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)}))
    result = phone.send(name, visit_id, data)
    assert (result["status"], result["code"]) == ("quarantined", "invalid")
    assert result["path"] == path


def test_late_work_is_quarantined_with_its_code(crew: tuple[Any, Phone, Phone], fieldwork: Fieldwork) -> None:
    _, phone, _ = crew
    visit = fieldwork.submitted()
    leader = Phone(fieldwork.cast.client(visit.assignment.leader))
    assert leader.send("answer.set", visit.pk, given(TY_01="no"))["code"] == "late_lock"
    assert phone.send("visit.start", uuid7(), {"assignment": str(visit.assignment_id)})["code"] == "late_assignment"
    assert phone.send("visit.start", "not-an-id", {})["code"] == "invalid"


def test_a_suspected_site_is_reported_visited_and_known_to_few(fieldwork: Fieldwork) -> None:
    fieldwork.county()
    leader, inspector = fieldwork.places.people(fieldwork.places.team())
    stranger = Phone(fieldwork.cast.client(fieldwork.places.people(fieldwork.places.team())[1]))
    phone, leaders_phone = Phone(fieldwork.cast.client(inspector)), Phone(fieldwork.cast.client(leader))
    site_id, visit_id = uuid7(), uuid7()
    begun = phone.op("visit.start", visit_id, {"target": str(site_id)})
    assert phone.push(begun)["results"][0]["status"] == "held"
    report = {"name": "临江路民宅疑似学科培训", "location": {"lng": 108.71, "lat": 30.93}}
    assert phone.send("target.report", site_id, report)["status"] == "applied"
    site = Target.objects.get(pk=site_id)
    assert (site.kind, site.reported_by) == ("suspected_site", inspector.pk)
    assert phone.push(begun)["results"][0]["status"] == "applied"
    assert [code for code, _ in Visit.objects.get(pk=visit_id).templates] == ["TY", "YX"]
    for each, sees in ((phone, True), (leaders_phone, True), (stranger, False)):
        each.pull()
        assert (str(site_id) in each.documents("target"), str(visit_id) in each.documents("visit")) == (sees, sees)
    assert stranger.send("visit.start", uuid7(), {"target": str(site_id)})["status"] == "held"


def test_every_operation_survives_being_sent_to_nothing_with_nothing(crew: tuple[Any, Phone, Phone]) -> None:
    _, phone, _ = crew
    results = [phone.send(name, uuid7(), {}) for name in sorted(OPERATIONS)]
    assert {result["status"] for result in results} <= {"held", "quarantined"}


@pytest.mark.parametrize("taken_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_nobody_could_read_again_does_not_get_into_a_visit(
    crew: tuple[Any, Phone, Phone], fieldwork: Fieldwork, taken_at: str
) -> None:
    assignment, phone, _ = crew
    visit = fieldwork.begun(assignment)
    told = phone.send("evidence.add", uuid7(), photo(visit.pk, uuid7(), taken_at=taken_at))
    assert (told["status"], told["code"], told["path"]) == ("quarantined", "invalid", "taken_at")


def test_a_time_without_a_zone_is_one_in_china(crew: tuple[Any, Phone, Phone], fieldwork: Fieldwork) -> None:
    assignment, phone, _ = crew
    visit, evidence_id = fieldwork.begun(assignment), uuid7()
    phone.send("evidence.add", evidence_id, photo(visit.pk, evidence_id, taken_at="2026-11-20T09:12:33"))
    taken_at = Evidence.objects.get(pk=evidence_id).taken_at
    assert taken_at is not None
    assert taken_at.isoformat() == "2026-11-20T01:12:33+00:00"


def test_an_absurd_accuracy_does_not_make_the_visit_unreadable(
    crew: tuple[Any, Phone, Phone], fieldwork: Fieldwork
) -> None:
    """PostgreSQL gives 1e308 back as a whole number of 309 digits, which no document can hold."""
    assignment, phone, _ = crew
    visit = fieldwork.begun(assignment)
    there = {"lng": 108.7132, "lat": 30.9322, "accuracy": 1e308}
    told = phone.send("visit.check_in", visit.pk, {"location": there})
    assert (told["status"], told["code"]) == ("quarantined", "invalid")
    assert phone.send("visit.amend", visit.pk, {"remarks": "补充"})["status"] == "applied"


@pytest.mark.parametrize(
    "odd",
    [
        {"taken_at": "yesterday"},
        {"location": {"lng": 400, "lat": 0}},
        {"answer_key": "K" * 17},
        {"kind": "hologram"},
        {"filetype": 7},
        {"finding": "none"},
        {"visit": None},
        {"of_a_newer_phone": {"deep": [1, "\x00"]}, "kind": ["photo"]},
    ],
)
def test_bytes_are_welcome_although_the_rest_of_their_fact_cannot_be_read(phone: Phone, odd: dict[str, Any]) -> None:
    new = uuid7()
    result = phone.send("evidence.add", new, photo(uuid7(), new) | odd)
    assert (result["status"], result["code"]) == ("quarantined", "invalid")
    promised = Expectation.objects.get(evidence_id=str(new))
    assert (promised.sha256, promised.size, promised.owner_id) == (
        hashlib.sha256(new.bytes).hexdigest(),
        9,
        phone.client.user.pk,
    )


@pytest.mark.parametrize("odd", [{"sha256": "none"}, {"size": "9"}, {"size": -1}, {"sha256": None}])
def test_bytes_that_nothing_says_how_to_know_are_not_expected(phone: Phone, odd: dict[str, Any]) -> None:
    new = uuid7()
    assert phone.send("evidence.add", new, photo(uuid7(), new) | odd)["status"] == "quarantined"
    assert not Expectation.objects.exists()
