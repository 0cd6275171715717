"""A visit as it happens."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import Visit, VisitRound
from backend.inspections.selectors import coverage
from backend.inspections.selectors.content import content_hash, content_of
from backend.inspections.services import answers, reviews, submissions, visits
from backend.inspections.services.findings import OnSpot
from backend.inspections.services.visits import Place
from backend.journal import grants
from backend.journal.models import Outbox
from backend.journal.writing import write
from backend.registry.models import Membership
from backend.registry.services import memberships, targets
from tests.fixtures.visits import AT_SCHOOL, Fieldwork


def arrival(visit: Visit) -> dict[str, Any]:
    assert visit.check_in is not None
    found: dict[str, Any] = visit.check_in
    return found


FAR = Place(108.80, 30.9322, 20.0)


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun()


@pytest.fixture
def leader(fieldwork: Fieldwork, visit: Visit) -> Actor:
    return fieldwork.leader(visit.assignment)


def test_a_check_in_at_the_gate_is_inside(visit: Visit, leader: Actor) -> None:
    at = dt.datetime(2026, 11, 20, 1, 12, tzinfo=dt.UTC)
    visit = visits.check_in(actor=leader, visit_id=visit.pk, place=AT_SCHOOL, at=at)
    assert visit.state == "arrived"
    assert (arrival(visit)["metres"], arrival(visit)["inside"]) == (0, True)
    assert arrival(visit)["place"] == {"lng": 108.7132, "lat": 30.9322, "accuracy": 20.0, "datum": "wgs84"}
    assert arrival(visit)["device_at"] == "2026-11-20T01:12:00Z"


@pytest.mark.parametrize("place", [FAR, None])
def test_a_check_in_elsewhere_or_without_a_position_needs_a_reason_and_nothing_else(
    visit: Visit, leader: Actor, place: Place | None
) -> None:
    with pytest.raises(Invalid) as refused:
        visits.check_in(actor=leader, visit_id=visit.pk, place=place)
    assert refused.value.extra["path"] == "reason"
    visit = visits.check_in(actor=leader, visit_id=visit.pk, place=place, reason="校门在改建，从侧门进入")
    assert (visit.state, arrival(visit)["inside"]) == ("arrived", False)


def test_feedback_sample_and_details_are_kept(visit: Visit, leader: Actor) -> None:
    classes = [{"grade": 4, "number": 2, "pupils": [7, 19, 31]}]
    visits.sample(actor=leader, visit_id=visit.pk, classes=classes)
    visits.amend(actor=leader, visit_id=visit.pk, details={"remarks": "雨天"})
    visits.amend(actor=leader, visit_id=visit.pk, details={"notice_number": "检〔2026〕3号"})
    visit = visits.feedback(actor=leader, visit_id=visit.pk, text="作业公示不及时", explanation="教师外出培训")
    assert (visit.sample, visit.state) == (classes, "feedback_given")
    assert visit.details == {"remarks": "雨天", "notice_number": "检〔2026〕3号"}
    assert (visit.feedback or {})["explanation"] == "教师外出培训"


def test_an_alarm_reaches_office_and_leadership_at_once_in_any_state(fieldwork: Fieldwork) -> None:
    chief = fieldwork.cast.person(Role.LEADERSHIP)
    office = fieldwork.cast.person(Role.OFFICE)
    visit = fieldwork.submitted()
    visits.alarm(actor=fieldwork.leader(visit.assignment), visit_id=visit.pk, text="宿舍楼起火")
    told = Outbox.objects.filter(kind="visit.alarm").values_list("recipient_id", flat=True)
    assert {chief.pk, office.pk} <= set(told)


def test_a_visit_may_be_broken_off_with_a_reason_and_takes_no_more_work(visit: Visit, leader: Actor) -> None:
    with pytest.raises(Invalid):
        visits.cancel(actor=leader, visit_id=visit.pk, reason="")
    assert visits.cancel(actor=leader, visit_id=visit.pk, reason="道路中断").state == "cancelled"
    visit.assignment.refresh_from_db()
    assert (visit.assignment.state, grants.readers(visit.journal_scope)) == ("cancelled", set())
    assert grants.readers(visit.target.scope) == set()
    with pytest.raises(Conflict, match="bad_state"):
        visits.check_in(actor=leader, visit_id=visit.pk, place=AT_SCHOOL)
    step = visit.transitions.get(verb="cancel")
    assert (step.before, step.after, step.reason, step.actor_id) == (
        "departed",
        "cancelled",
        "道路中断",
        leader.user_id,
    )


def test_an_incomplete_visit_is_refused_with_the_list_of_what_is_missing(visit: Visit, leader: Actor) -> None:
    with pytest.raises(Conflict) as refused:
        submissions.submit(actor=leader, visit_id=visit.pk)
    assert refused.value.code == "bad_state"
    assert [gap["key"] for gap in refused.value.extra["missing"]] == [
        *("TY-01", "TY-02", "TY-03", "TY-04", "TY-05", "TY-08", "TY-09", "TY-10")
    ]
    visit.refresh_from_db()
    assert visit.state == "departed"


def test_a_head_who_refuses_to_sign_is_noted_and_holds_nothing_up(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    leader = fieldwork.leader(visit.assignment)
    pen = (visit.signatures or {})["inspectors"]
    with pytest.raises(Invalid):
        visits.sign(actor=leader, visit_id=visit.pk)
    visit = visits.sign(actor=leader, visit_id=visit.pk, refused="负责人拒绝签字")
    assert (visit.signatures or {})["inspectors"] == pen
    assert fieldwork.submitted(visit).counts_for_coverage


def test_answers_that_name_evidence_nobody_added_hold_the_submission_up(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    leader = fieldwork.leader(visit.assignment)
    new = {"TY-05": answers.NewAnswer([str(uuid7())], base=1)}
    answers.set_answers(actor=leader, visit_id=visit.pk, answers=new)
    with pytest.raises(Conflict) as refused:
        submissions.submit(actor=leader, visit_id=visit.pk)
    assert [(gap["key"], gap["code"]) for gap in refused.value.extra["missing"]] == [("TY-05", "unknown_evidence")]


def test_the_content_of_a_submission_has_exactly_these_fields(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    finding = fieldwork.finding(visit, fieldwork.leader(visit.assignment), text="到场仅一人。", severity="minor")
    content = content_of(visit)
    assert set(content) == {"visit", "round", "templates", "answers", "findings", "evidence"}
    assert (content["visit"], content["round"], content["templates"]) == (str(visit.pk), 1, [["TY", 1]])
    assert content["answers"]["TY-02"] == {"value": 2, "note": ""}
    assert content["findings"] == [
        {
            "id": str(finding.pk),
            "item": "TY-02",
            "answer_key": "",
            "text": "到场仅一人。",
            "severity": "minor",
            "severity_reason": "",
            "responsibility": "unit",
            "self_found_fixed": False,
            "on_spot": None,
        }
    ]
    assert [set(one) for one in content["evidence"]] == [{"id", "sha256", "size", "kind", "answer_key", "finding"}] * 3
    ids = [one["id"] for one in content["evidence"]]
    assert ids == sorted(ids)


def test_a_submission_with_another_hash_changes_nothing_and_says_what_was_expected(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    leader = fieldwork.leader(visit.assignment)
    with pytest.raises(submissions.ContentDiffers) as refused:
        submissions.submit(actor=leader, visit_id=visit.pk, content_hash="0" * 64)
    assert refused.value.expected == content_hash(visit)
    assert not VisitRound.objects.exists()
    done = submissions.submit(actor=leader, visit_id=visit.pk, content_hash=refused.value.expected)
    again = submissions.submit(actor=leader, visit_id=visit.pk, content_hash=refused.value.expected)
    assert (done.state, again.state, VisitRound.objects.count()) == ("submitted", "submitted", 1)
    with pytest.raises(Conflict, match="late_lock"):
        submissions.submit(actor=leader, visit_id=visit.pk, content_hash="0" * 64)


@pytest.mark.parametrize("place", [AT_SCHOOL, None])
def test_a_visit_without_a_check_in_does_not_count_for_coverage(fieldwork: Fieldwork, place: Any) -> None:
    visit = fieldwork.filled()
    if place is None:
        with write(actor=fieldwork.leader(visit.assignment)):
            Visit.objects.filter(pk=visit.pk).update(check_in=None)
    assert fieldwork.submitted(visit).counts_for_coverage is (place is not None)


def test_the_crew_keeps_an_approved_visit_for_35_days(fieldwork: Fieldwork) -> None:
    with clock.fixed(clock.now()) as hand:
        visit = fieldwork.approved()
        leader = visit.assignment.leader_id
        hand.move(days=34, hours=23)
        assert leader in grants.readers(visit.journal_scope)
        hand.move(hours=2)
        assert grants.readers(visit.journal_scope) == set()


def test_who_submitted_does_not_approve_and_crews_do_not_return(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit = fieldwork.submitted()
    leader, member = fieldwork.leader(visit.assignment), fieldwork.member(visit.assignment)
    for actor in (leader, member):
        with pytest.raises(Forbidden):
            reviews.approve(actor=actor, visit_id=visit.pk)
        with pytest.raises(Forbidden):
            reviews.return_visit(actor=actor, visit_id=visit.pk, reason="x")
    stranger = fieldwork.leader(fieldwork.released())
    with pytest.raises(NotFound):
        reviews.approve(actor=stranger, visit_id=visit.pk)
    assert reviews.approve(actor=office_actor, visit_id=visit.pk).state == "approved"
    with pytest.raises(Conflict, match="bad_state"):
        reviews.return_visit(actor=office_actor, visit_id=visit.pk, reason="x")


def test_a_leader_approves_what_a_member_submitted(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    submissions.submit(actor=fieldwork.member(visit.assignment), visit_id=visit.pk)
    assert reviews.approve(actor=fieldwork.leader(visit.assignment), visit_id=visit.pk).state == "approved"


def test_signatures_and_fixes_must_name_evidence_that_was_added(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    leader, member = fieldwork.leader(visit.assignment), fieldwork.member(visit.assignment)
    visits.sign(actor=leader, visit_id=visit.pk, unit=[str(uuid7())])
    fix = OnSpot([str(uuid7())], [str(uuid7())], member.user_id)
    fieldwork.finding(visit, leader, on_spot=fix)
    with pytest.raises(Conflict) as refused:
        submissions.submit(actor=leader, visit_id=visit.pk)
    assert [gap["key"] for gap in refused.value.extra["missing"]] == ["signatures.unit", "findings.1.on_spot"]


def test_a_visit_begins_somewhere(leader: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        visits.start(actor=leader, visit_id=uuid7())
    assert refused.value.extra["path"] == "assignment"


def test_a_unit_closed_and_a_member_moved_while_they_are_there_cost_nothing_of_the_visit(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    """Each keeps the authority they worked under; what they did stays, and the visit is submitted and approved."""
    visit = fieldwork.filled()
    assignment, member = visit.assignment, fieldwork.member(visit.assignment)
    targets.close_target(actor=office_actor, target_id=visit.target_id, status="已停办")
    row = Membership.objects.get(user_id=member.person)
    memberships.end_membership(actor=office_actor, membership_id=row.pk)
    found = fieldwork.finding(visit, member)
    submitted = submissions.submit(actor=fieldwork.leader(assignment), visit_id=visit.pk)
    assert (submitted.state, submitted.counts_for_coverage) == ("submitted", True)
    assert fieldwork.approved(submitted).findings.get().pk == found.pk
    (cell,) = [one for one in coverage.coverage(visit.county_id, visit.plan_month).cells if one.is_covered]
    assert cell.target.pk == visit.target_id
