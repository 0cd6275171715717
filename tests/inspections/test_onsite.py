"""At the gate and inside: entry and its refusal, draws, alarm, the time log, the score explained."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.core.ids import uuid7
from backend.inspections.models import Visit
from backend.inspections.rules.class_draw import SchoolClass, draw
from backend.inspections.selectors import visit_log
from backend.inspections.services import answers, onsite, submissions, visits
from backend.inspections.services.answers import NewAnswer
from backend.inspections.services.onsite import Gate
from backend.journal.models import AuditLine, FeedRow, Outbox
from backend.registry.services.certificates import NewCertificate, add_certificates
from tests.fixtures.phones import Phone
from tests.fixtures.visits import AT_SCHOOL, GENERAL, Fieldwork

API = "/api/v1"
TODAY = [SchoolClass(grade, number, 40) for grade in (4, 5) for number in (1, 2, 3)]


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun()


@pytest.fixture
def leader(fieldwork: Fieldwork, visit: Visit) -> Actor:
    return fieldwork.leader(visit.assignment)


def document(visit: Visit) -> dict[str, Any]:
    row = FeedRow.objects.exclude(document=None).get(kind="visit", object_id=str(visit.pk))
    found: dict[str, Any] = codec.loads(str(row.document))
    return found


def test_a_draw_is_stored_with_its_seed_and_list_and_can_be_done_again(visit: Visit, leader: Actor) -> None:
    visit = onsite.draw_classes(actor=leader, visit_id=visit.pk, classes=TODAY, count=2, pupils=3)
    entry = visit.draws[0]
    again = draw(entry["seed"], [SchoolClass(*one) for one in entry["from"]], entry["count"], entry["pupils"])
    assert entry["classes"] == [{"grade": one.grade, "number": one.number, "pupils": list(one.pupils)} for one in again]
    assert (visit.sample, visit.state, entry["by"]) == (entry["classes"], "in_progress", leader.user_id)
    assert document(visit)["draws"] == visit.draws
    line = AuditLine.objects.get(verb="visit.drawn", object_id=str(visit.pk))
    assert line.detail["seed"] == entry["seed"]


def test_a_draw_is_not_silently_repeated_and_both_stay(visit: Visit, leader: Actor) -> None:
    first = onsite.draw_classes(actor=leader, visit_id=visit.pk, classes=TODAY).draws[0]
    with pytest.raises(Invalid) as refused:
        onsite.draw_classes(actor=leader, visit_id=visit.pk, classes=TODAY)
    assert [(one["path"], one["code"]) for one in refused.value.extra["errors"]] == [("reason", "reason_missing")]
    visit = onsite.draw_classes(actor=leader, visit_id=visit.pk, classes=TODAY, reason="四年级外出研学")
    assert [one["number"] for one in visit.draws] == [1, 2]
    assert visit.draws[0] == first
    assert visit.draws[1]["seed"] != first["seed"]
    assert visit.sample == visit.draws[1]["classes"]


def test_of_two_phones_that_drew_unknown_to_each_other_the_second_waits_for_a_person(fieldwork: Fieldwork) -> None:
    assignment = fieldwork.released()
    leader, member = (Phone(fieldwork.cast.client(user)) for user in fieldwork.crew(assignment))
    visit_id = uuid7()
    data = {"classes": [one._asdict() for one in TODAY], "count": 2, "pupils": 2, "number": 1}
    leader.send("visit.start", visit_id, {"assignment": str(assignment.pk)})
    told = leader.send("visit.draw_classes", visit_id, data)
    assert (told["status"], told["draw"]["number"], len(told["draw"]["classes"])) == ("applied", 1, 2)
    late = member.send("visit.draw_classes", visit_id, data)
    assert (late["status"], late["code"]) == ("quarantined", "bad_state")
    assert len(Visit.objects.get(pk=visit_id).draws) == 1


def test_a_refusal_at_the_gate_needs_a_reason_and_a_second_inspector_and_the_office_hears_of_it(
    fieldwork: Fieldwork, visit: Visit, leader: Actor
) -> None:
    office = fieldwork.cast.person(Role.OFFICE)
    liaison = fieldwork.places.liaison(visit.target)
    second = fieldwork.crew(visit.assignment)[1].pk
    wrong = [
        (Gate(False, witness=second), "reason_missing"),
        (Gate(False, reason="大门紧闭", witness=leader.user_id), "witness_missing"),
        (Gate(False, reason="大门紧闭", witness=10**6), "witness_missing"),
    ]
    for gate, code in wrong:
        with pytest.raises(Invalid) as refused:
            onsite.enter(actor=leader, visit_id=visit.pk, gate=gate)
        assert refused.value.extra["errors"][0]["code"] == code
    visit = onsite.enter(actor=leader, visit_id=visit.pk, gate=Gate(False, reason="大门紧闭", witness=second))
    assert (visit.entry or {})["witness"] == second
    told = set(Outbox.objects.filter(kind="visit.refused").values_list("recipient_id", flat=True))
    assert office.pk in told
    assert liaison.pk not in told


def test_who_was_not_let_in_submits_what_there_is_with_two_signatures_and_covers_nothing(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun()
    leader, second = fieldwork.leader(visit.assignment), fieldwork.crew(visit.assignment)[1].pk
    visits.check_in(actor=leader, visit_id=visit.pk, place=AT_SCHOOL)
    onsite.enter(actor=leader, visit_id=visit.pk, gate=Gate(False, reason="拒绝检查", witness=second))
    fieldwork.finding(visit, leader, "TY-08", text="门卫以领导不在为由拒绝进入。")
    pens = [str(fieldwork.evidence(visit, leader, "signature").pk) for _ in range(2)]
    visits.sign(actor=leader, visit_id=visit.pk, inspectors=pens[:1])
    with pytest.raises(Conflict) as refused:
        submissions.submit(actor=leader, visit_id=visit.pk)
    assert [gap["code"] for gap in refused.value.extra["missing"]] == ["two_inspectors"]
    visits.sign(actor=leader, visit_id=visit.pk, inspectors=pens)
    done = submissions.submit(actor=leader, visit_id=visit.pk)
    assert (done.state, done.score, done.counts_for_coverage) == ("submitted", 80, False)


def test_a_covert_visit_that_showed_no_card_is_not_asked_for_the_units_signature(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun(mode="covert")
    leader = fieldwork.leader(visit.assignment)
    visits.check_in(actor=leader, visit_id=visit.pk, place=AT_SCHOOL)
    photo, pen = fieldwork.evidence(visit, leader), fieldwork.evidence(visit, leader, "signature")
    given: dict[str, Any] = GENERAL | {"TY-03": "na", "TY-05": [str(photo.pk)]}
    answers.set_answers(
        actor=leader, visit_id=visit.pk, answers={key: NewAnswer(value) for key, value in given.items()}
    )
    visits.sign(actor=leader, visit_id=visit.pk, inspectors=[str(pen.pk)])
    assert [one["part"] for one in visit_log.parts(visit)] == ["covert"]
    assert submissions.submit(actor=leader, visit_id=visit.pk).counts_for_coverage


def test_an_administrative_check_shows_certificates_and_its_notice_and_is_counted(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    team = fieldwork.places.team(county=fieldwork.county())
    officers = [
        NewCertificate(person.pk, "enforcement_card", f"执法{person.pk}", dt.date(2020, 1, 1))
        for person in fieldwork.places.people(team)
    ]
    add_certificates(actor=office_actor, certificates=officers)
    visit = fieldwork.filled(team=team, kind="administrative_check")
    leader = fieldwork.leader(visit.assignment)
    with pytest.raises(Conflict) as refused:
        submissions.submit(actor=leader, visit_id=visit.pk)
    codes = [gap["code"] for gap in refused.value.extra["missing"]]
    assert codes == ["certificates_missing", "check_notice_missing"]
    visits.amend(actor=leader, visit_id=visit.pk, details={"cards": ["甲1", "甲2"], "notice_number": "检〔2026〕3号"})
    assert submissions.submit(actor=leader, visit_id=visit.pk).state == "submitted"
    client = fieldwork.cast.client(visit.assignment.leader)
    assert client.get(f"{API}/visits/{visit.pk}").json()["checks_this_year"] == 1


def test_every_answer_that_is_refused_has_its_reason_and_none_is_stored(visit: Visit, leader: Actor) -> None:
    sent = {"TY-01": "yes", "TY-02": 10**9, "TY-03": "maybe", "XX-99": 1, "TY-04#3": "no", "无": 1}
    with pytest.raises(Invalid) as refused:
        answers.set_answers(
            actor=leader, visit_id=visit.pk, answers={key: NewAnswer(value) for key, value in sent.items()}
        )
    found = [(one["path"], one["code"]) for one in refused.value.extra["errors"]]
    assert found == [
        ("answers.TY-02.value", "out_of_range"),
        ("answers.TY-03.value", "not_an_option"),
        ("answers.XX-99", "unknown_item"),
        ("answers.TY-04#3", "repeat_not_allowed"),
        ("answers", "bad_key"),
    ]
    assert refused.value.extra["path"] == "answers.TY-02.value"
    assert not visit.answers.exists()


def test_items_and_grades_that_do_not_apply_are_told_apart_from_unknown_ones_and_wait_whole(
    fieldwork: Fieldwork,
) -> None:
    assignment = fieldwork.released(templates=("TY", "ZY"))
    phone = Phone(fieldwork.cast.client(assignment.leader))
    visit_id = uuid7()
    phone.send("visit.start", visit_id, {"assignment": str(assignment.pk)})
    bad = {"answers": {"ZY-07#9": {"value": 60}, "ZY-01": {"value": "yes"}}}
    told = phone.send("answer.set", visit_id, bad)
    assert (told["status"], told["code"]) == ("quarantined", "invalid")
    assert [(one["path"], one["code"]) for one in told["errors"]] == [("answers.ZY-07#9", "repeat_out_of_range")]
    body = phone.send("finding.record", uuid7(), {"visit": str(visit_id), "item": "XX-01"})
    assert body["errors"][0]["code"] == "unknown_item"


def test_an_alarm_over_rest_reaches_office_and_leadership_and_never_the_school(
    fieldwork: Fieldwork, visit: Visit
) -> None:
    chief, office = (fieldwork.cast.person(role) for role in (Role.LEADERSHIP, Role.OFFICE))
    liaison = fieldwork.places.liaison(visit.target)
    client = fieldwork.cast.client(visit.assignment.leader)
    answer = client.post_json(f"{API}/visits/{visit.pk}/alarm", {"text": "楼道堵塞"})
    assert (answer.status_code, answer.content) == (204, b"")
    told = set(Outbox.objects.filter(kind="visit.alarm").values_list("recipient_id", flat=True))
    assert {chief.pk, office.pk} <= told
    assert liaison.pk not in told
    line = AuditLine.objects.get(verb="visit.alarm", object_id=str(visit.pk))
    assert line.actor_id == visit.assignment.leader_id


def test_the_log_tells_every_state_with_people_and_both_clocks(fieldwork: Fieldwork, office_actor: Actor) -> None:
    at = dt.datetime(2026, 3, 10, 1, tzinfo=dt.UTC)
    with clock.fixed(at) as hand:
        assignment = fieldwork.released(mode="covert")
        leader = fieldwork.leader(assignment)
        hand.move(minutes=30)
        visit = visits.start(actor=leader, visit_id=uuid7(), assignment_id=assignment.pk, at=hand.move(minutes=0)).visit
        hand.move(minutes=10)
        visits.check_in(actor=leader, visit_id=visit.pk, place=AT_SCHOOL, at=at)
        hand.move(minutes=5)
        onsite.enter(actor=leader, visit_id=visit.pk, gate=Gate(informed="值班校长"))
        visits.alarm(actor=leader, visit_id=visit.pk, text="线路老化")
        visits.cancel(actor=leader, visit_id=visit.pk, reason="全员疏散")
        client = fieldwork.cast.client(fieldwork.cast.person(Role.OFFICE))
        log = client.get(f"{API}/visits/{visit.pk}/log").json()
    assert [(one["state"], one["seconds"]) for one in log["states"]] == [
        ("planned", 0),
        ("released", 1800),
        ("departed", 600),
        ("arrived", 300),
        ("cancelled", None),
    ]
    steps = {one["verb"]: one for one in log["steps"]}
    assert {"assignment.planned", "assignment.released", "visit.start", "visit.alarm", "visit.enter"} <= set(steps)
    arrival = steps["visit.check_in"]
    assert (arrival["by"], arrival["at"], arrival["device_at"]) == (
        assignment.leader.name,
        "2026-03-10T01:40:00Z",
        "2026-03-10T01:00:00Z",
    )
    assert steps["visit.cancel"]["reason"] == "全员疏散"
    assert [(one["part"], one["since"], one["until"]) for one in log["parts"]] == [
        ("covert", "2026-03-10T01:30:00Z", "2026-03-10T01:45:00Z"),
        ("open", "2026-03-10T01:45:00Z", None),
    ]


def test_the_score_is_explained_finding_by_finding_and_stands_in_the_document(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    visit = fieldwork.filled(templates=("TY", "ZY"))
    leader = fieldwork.leader(visit.assignment)
    fieldwork.finding(visit, leader, "TY-02")
    fieldwork.finding(visit, leader, "ZY-04", severity="moderate", severity_reason="首次发生")
    fieldwork.finding(visit, leader, "TY-08")
    client = fieldwork.cast.client(visit.assignment.leader)
    found = client.get(f"{API}/visits/{visit.pk}/score").json()
    assert [(one["item"], one["base_severity"], one["severity"], one["points"]) for one in found["lines"]] == [
        ("TY-02", "minor", "minor", 1),
        ("ZY-04", "serious", "moderate", 3),
        ("TY-08", "veto", "veto", 20),
    ]
    assert (found["score"], found["deducted"], found["full"], found["provisional"]) == (76, 24, 100, True)
    assert found["lines"][1]["reasons"] == ["督查员认定为“较重”：首次发生"]
    assert found["lines"][2]["reasons"] == ["一票否决候选，待听取意见并经两人认定"]
    assert [one["points"] for one in found["rule"]] == [1, 3, 6, 20]


def test_who_answered_is_named_also_after_leaving(fieldwork: Fieldwork, visit: Visit) -> None:
    member = fieldwork.member(visit.assignment)
    answers.set_answers(actor=member, visit_id=visit.pk, answers={"TY-01": NewAnswer("yes")})
    left = fieldwork.cast.client(fieldwork.crew(visit.assignment)[1])
    assert left.post_json(f"{API}/assignments/{visit.assignment_id}/leave", {"reason": "突发疾病"}).status_code == 204
    assert left.get(f"{API}/visits/{visit.pk}").status_code == 404
    shown = fieldwork.cast.client(visit.assignment.leader).get(f"{API}/visits/{visit.pk}").json()
    names = {one["id"]: one["name"] for one in shown["authors"]}
    assert names[str(shown["answers"]["TY-01"]["by"])] == member.name
    assert [one["id"] for one in shown["crew"]] == [visit.assignment.leader_id]
    late = answers.set_answers(actor=member, visit_id=visit.pk, answers={"TY-03": NewAnswer("yes")})
    assert late.status == "applied"


def test_a_leader_who_leaves_hands_over_to_one_of_the_crew(fieldwork: Fieldwork, visit: Visit) -> None:
    leader, member = fieldwork.leader(visit.assignment), fieldwork.member(visit.assignment)
    client = fieldwork.cast.client(visit.assignment.leader)
    path = f"{API}/assignments/{visit.assignment_id}/leave"
    alone = client.post_json(path, {"reason": "急事"})
    assert (alone.status_code, alone.json()["errors"][0]["code"]) == (400, "successor_missing")
    assert client.post_json(path, {"reason": "急事", "successor": member.user_id}).status_code == 204
    visit.assignment.refresh_from_db()
    assert (visit.assignment.leader_id, visit.assignment.state) == (member.user_id, "departed")
    assert [row.user_id for row in visit.assignment.present()] == [member.user_id]
    visits.cancel(actor=member, visit_id=visit.pk, reason="改日再查")
    assert leader.user_id != member.user_id


def test_supervision_that_is_announced_is_released_with_three_inspectors_and_its_notice(
    fieldwork: Fieldwork, office_client: Any
) -> None:
    planned = fieldwork.planned(kind="special")
    release, notice = (f"{API}/assignments/{planned.pk}/{verb}" for verb in ("release", "advance-notice"))
    refused = office_client.post_json(release)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_few_inspectors")
    assert [gap["code"] for gap in refused.json()["missing"]] == ["too_few_inspectors", "advance_notice_missing"]
    given = {"number": "云督〔2026〕9号", "given_on": clock.today().isoformat()}
    assert office_client.post_json(notice, given).status_code == 201
    assert office_client.post_json(notice, given).status_code == 409
    third = fieldwork.cast.person(Role.INSPECTOR)
    people = [*(user.pk for user in fieldwork.crew(planned)), third.pk]
    change = {"leader": people[0], "crew": people}
    assert office_client.post_json(f"{API}/assignments/{planned.pk}/reassign", change).status_code == 200
    assert office_client.post_json(release).status_code == 200
    unannounced = fieldwork.planned()
    answer = office_client.post_json(f"{API}/assignments/{unannounced.pk}/advance-notice", given)
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_state")
