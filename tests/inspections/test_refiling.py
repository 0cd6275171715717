"""A visit begun on the wrong target: it moves with everything in it, and nothing that comes late is lost."""

import datetime as dt
import uuid
from typing import Any

import pytest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import Answer, Assignment, Finding, Visit
from backend.inspections.services import answers, refiling, reviews, visits
from backend.inspections.services.answers import NewAnswer
from backend.journal.models import FeedRow
from backend.registry.models import Stage, Track
from tests.fixtures.phones import Phone
from tests.fixtures.visits import AT_SCHOOL, Fieldwork

WHY = "误选了相邻学校"
PRIMARY_ONLY = "ZY-06"


def refile(actor: Actor, visit: Visit, **to: Any) -> Visit:
    return refiling.refile(actor=actor, visit_id=visit.pk, reason=WHY, **to)


def live(kind: str, object_id: object) -> str:
    return FeedRow.objects.exclude(document=None).get(kind=kind, object_id=str(object_id)).scope.name


def test_answers_findings_and_evidence_stay_and_the_old_scope_gets_tombstones(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    leader, right = fieldwork.leader(visit.assignment), fieldwork.places.school()
    finding, old = fieldwork.finding(visit, leader), visit.journal_scope
    kept = sorted(visit.answers.values_list("key", "rev", "author_id"))
    moved = refile(leader, visit, target_id=right.pk)
    assert (moved.target_id, moved.state, moved.refiled[0]["target"]) == (
        right.pk,
        "in_progress",
        str(visit.target_id),
    )
    assert sorted(moved.answers.values_list("key", "rev", "author_id")) == kept
    pieces = [("visit", moved.pk), ("finding", finding.pk), *(("evidence", row.pk) for row in moved.evidence.all())]
    assert {live(*piece) for piece in pieces} == {moved.journal_scope}
    tombs = FeedRow.objects.filter(scope__name=old, document=None).values_list("kind", "object_id")
    assert sorted(tombs) == sorted((kind, str(pk)) for kind, pk in pieces)
    first = Assignment.objects.get(pk=visit.assignment_id)
    assert (first.state, hasattr(first, "visit")) == ("released", False)
    assert fieldwork.submitted(Visit.objects.get(pk=moved.pk)).counts_for_coverage


def test_the_crew_goes_on_by_phone_and_sees_it_in_its_new_place(fieldwork: Fieldwork) -> None:
    assignment = fieldwork.released()
    leader, member = (Phone(fieldwork.cast.client(user)) for user in fieldwork.crew(assignment))
    visit_id, right = uuid7(), fieldwork.places.school()
    leader.pull()
    rev = leader.documents("assignment")[str(assignment.pk)]["rev"]
    start = {"assignment": str(assignment.pk), "rev": rev}
    leader.push(leader.op("visit.start", visit_id, start))
    member.pull()
    told = leader.send("visit.refile", visit_id, {"target": str(right.pk), "reason": WHY})
    assert told["status"] == "applied"
    late = uuid7()
    joined = member.push(
        member.op("visit.start", late, start), member.op("answer.set", late, {"answers": {"TY-01": {"value": "yes"}}})
    )["results"]
    assert [(one["status"], one.get("visit")) for one in joined] == [("merged", str(visit_id)), ("applied", None)]
    for phone in (leader, member):
        phone.pull()
        shown = phone.documents("visit")[str(visit_id)]
        assert (shown["target"], shown["assignment"]) == (str(right.pk), told["assignment"])
        assert phone.sums[f"crew:{told['assignment']}"] == phone.sum_of(f"crew:{told['assignment']}")
        assert phone.sums[f"crew:{assignment.pk}"] == phone.sum_of(f"crew:{assignment.pk}")
    again = leader.documents("assignment")[str(assignment.pk)]
    assert (again["state"], again["reopened"]) == ("released", True)
    fresh = uuid7()
    anew = leader.send("visit.start", fresh, {"assignment": str(assignment.pk), "rev": again["rev"]})
    assert (anew["status"], anew["visit"]) == ("applied", str(fresh))


def test_only_its_leader_and_the_office_file_it_anew(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit, right = fieldwork.begun(), fieldwork.places.school()
    with pytest.raises(Forbidden):
        refile(fieldwork.member(visit.assignment), visit, target_id=right.pk)
    with pytest.raises(NotFound):
        refile(fieldwork.leader(fieldwork.released()), visit, target_id=right.pk)
    assert refile(office_actor, visit, target_id=right.pk).target_id == right.pk


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_a_submitted_visit_stays_where_it_is_until_it_is_returned(
    fieldwork: Fieldwork, office_actor: Actor, state: str
) -> None:
    visit, right = getattr(fieldwork, state)(), fieldwork.places.school()
    with pytest.raises(Conflict) as refused:
        refile(office_actor, visit, target_id=right.pk)
    assert refused.value.code == "late_lock"
    if state == "submitted":
        reviews.return_visit(actor=office_actor, visit_id=visit.pk, reason="对象有误")
        assert refile(office_actor, visit, target_id=right.pk).target_id == right.pk


def test_it_may_join_an_open_assignment_of_its_own_track_and_of_no_other(fieldwork: Fieldwork) -> None:
    team = fieldwork.places.team(county=fieldwork.county())
    visit = fieldwork.begun(team=team)
    leader = fieldwork.leader(visit.assignment)
    meant = fieldwork.released(team=team)
    other_track = fieldwork.released(team=fieldwork.places.team(track=Track.STATION))
    office = fieldwork.office_of(meant)
    strange = Actor(None, office.county_id, "督导办", frozenset({"office"}))
    with pytest.raises(Conflict, match="bad_state"):
        refile(strange, visit, assignment_id=other_track.pk)
    with pytest.raises(Invalid) as unseen:
        refile(leader, visit, assignment_id=other_track.pk)
    with pytest.raises(Invalid) as unknown:
        refile(leader, visit, assignment_id=uuid.uuid4())
    assert unseen.value.extra == unknown.value.extra
    moved = refile(leader, visit, assignment_id=meant.pk)
    meant.refresh_from_db()
    assert (moved.assignment_id, moved.target_id, meant.state) == (meant.pk, meant.target_id, "departed")


def test_an_arrival_is_measured_again_and_a_repeat_graded_again(fieldwork: Fieldwork) -> None:
    with clock.fixed(dt.datetime(2026, 3, 10, 2, tzinfo=dt.UTC)) as hand:
        first = fieldwork.filled()
        team = first.assignment.team
        fieldwork.finding(first, fieldwork.leader(first.assignment), "TY-02")
        fieldwork.approved(fieldwork.submitted(first))
        hand.move(days=40)
        far = fieldwork.places.school()
        visit = fieldwork.begun(fieldwork.released(far, team))
        leader = fieldwork.leader(visit.assignment)
        visits.check_in(actor=leader, visit_id=visit.pk, place=AT_SCHOOL)
        finding = fieldwork.finding(visit, leader, "TY-02")
        assert (finding.severity, finding.repeated) == ("minor", False)
        refile(leader, visit, target_id=first.target_id)
        finding = Finding.objects.get(pk=finding.pk)
        assert (finding.target_id, finding.severity, finding.repeated, finding.due_days) == (
            first.target_id,
            "moderate",
            True,
            7,
        )


def test_items_that_do_not_apply_to_the_right_target_stay_on_record_and_are_asked_no_longer(
    fieldwork: Fieldwork,
) -> None:
    visit = fieldwork.filled(templates=("TY", "ZY"))
    leader = fieldwork.leader(visit.assignment)
    answers.set_answers(actor=leader, visit_id=visit.pk, answers={PRIMARY_ONLY: NewAnswer("yes")})
    junior = fieldwork.places.school(stage=Stage.JUNIOR)
    moved = refile(leader, visit, target_id=junior.pk)
    assert Answer.objects.filter(visit=moved, key=PRIMARY_ONLY).exists()
    assert [code for code, _ in moved.templates][:2] == ["TY", "ZY"]
    with pytest.raises(Invalid) as refused:
        answers.set_answers(actor=leader, visit_id=visit.pk, answers={PRIMARY_ONLY: NewAnswer("no", base=1)})
    assert refused.value.extra["errors"][0]["code"] == "not_applicable"


def test_where_it_does_not_belong_either_is_refused_with_the_field(fieldwork: Fieldwork) -> None:
    visit = fieldwork.begun()
    leader = fieldwork.leader(visit.assignment)
    with pytest.raises(Conflict, match="bad_state"):
        refile(leader, visit, target_id=visit.target_id)
    nowhere: list[dict[str, Any]] = [{"target_id": uuid.uuid4()}, {}]
    for to in nowhere:
        with pytest.raises(Invalid) as refused:
            refile(leader, visit, **to)
        assert refused.value.extra["errors"][0]["code"] == "unknown_target"
    with pytest.raises(Invalid):
        refiling.refile(actor=leader, visit_id=visit.pk, reason=" ", target_id=visit.target_id)


def test_within_one_push_what_comes_before_and_after_lands_in_the_right_place(fieldwork: Fieldwork) -> None:
    assignment = fieldwork.released()
    phone = Phone(fieldwork.cast.client(assignment.leader))
    visit_id, finding_id, right = uuid7(), uuid7(), fieldwork.places.school()
    phone.pull()
    told = phone.push(
        phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)}),
        phone.op("answer.set", visit_id, {"answers": {"TY-01": {"value": "yes"}}}),
        phone.op("finding.record", finding_id, {"visit": str(visit_id), "item": "TY-02"}),
        phone.op("visit.refile", visit_id, {"target": str(right.pk), "reason": WHY}),
        phone.op("answer.set", visit_id, {"answers": {"TY-03": {"value": "yes"}}}),
        phone.op("finding.amend", finding_id, {"item": "TY-02", "text": "仅一人到场。"}),
    )["results"]
    assert [one["status"] for one in told] == ["applied"] * 6
    moved = Visit.objects.get(pk=visit_id)
    assert sorted(moved.answers.values_list("key", flat=True)) == ["TY-01", "TY-03"]
    assert (live("visit", visit_id), live("finding", finding_id)) == (moved.journal_scope,) * 2
    phone.pull()
    assert phone.documents("visit")[str(visit_id)]["target"] == str(right.pk)
    assert phone.documents("finding")[str(finding_id)]["target"] == str(right.pk)
    for scope in (moved.journal_scope, assignment.scope):
        assert phone.sums[scope] == phone.sum_of(scope)
