"""A review looks at what had failed: the rest of its checklists holds nothing up."""

import pytest

from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid
from backend.inspections.models import Finding, Visit, VisitState
from backend.inspections.services import answers, crews, findings, reviews
from backend.inspections.services.answers import NewAnswer
from backend.journal.models import Outbox
from tests.fixtures.visits import Fieldwork
from tests.inspections.test_findings import issued

BOTH = ("TY", "ZY")


def test_a_review_is_submitted_without_the_questions_that_had_not_failed(fieldwork: Fieldwork) -> None:
    review = fieldwork.filled(kind="review_visit", templates=BOTH)
    leader = fieldwork.leader(review.assignment)
    answers.set_answers(actor=leader, visit_id=review.pk, answers={"ZY-01": NewAnswer("yes")})
    assert fieldwork.submitted(review).state == VisitState.SUBMITTED


def test_a_review_still_needs_the_general_page_and_another_visit_all_of_its_checklists(fieldwork: Fieldwork) -> None:
    with pytest.raises(Conflict) as bare:
        fieldwork.submitted(fieldwork.begun(kind="review_visit", templates=BOTH))
    missing = {gap["key"] for gap in bare.value.extra["missing"]}
    assert missing == {"TY-01", "TY-02", "TY-03", "TY-04", "TY-05", "TY-08", "TY-09", "TY-10"}
    with pytest.raises(Conflict) as usual:
        fieldwork.submitted(fieldwork.filled(templates=BOTH))
    asked = [gap["key"] for gap in usual.value.extra["missing"]]
    assert [key for key in asked if not key.startswith("ZY-")] == []
    assert len(asked) > 10


def test_those_who_found_it_do_not_review_it_alone(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit, finding = issued(fieldwork, office_actor)
    for state in ("in_notice", "rectifying", "reported"):
        findings.advance(actor=office_actor, finding_id=finding.pk, to=state)
    same = fieldwork.begun(fieldwork.released(visit.target, visit.assignment.team, kind="review_visit"))
    assert set(fieldwork.crew(same.assignment)) == set(fieldwork.crew(visit.assignment))
    with pytest.raises(Forbidden, match="same_crew"):
        reviews.decide(
            actor=fieldwork.leader(same.assignment),
            visit_id=same.pk,
            decisions=[reviews.Decision(finding.pk, "closed", "现场核实已整改")],
        )
    finding.refresh_from_db()
    assert finding.state == "reported"


def reviewed(fieldwork: Fieldwork, office: Actor, *states: str) -> tuple[Finding, Visit, Actor]:
    """A finding whose unit has come so far, a review visit by others, and who leads it."""
    visit, finding = issued(fieldwork, office)
    for state in states:
        findings.advance(actor=office, finding_id=finding.pk, to=state)
    review = fieldwork.begun(fieldwork.released(visit.target, kind="review_visit"))
    return finding, review, fieldwork.leader(review.assignment)


REPORTED = ("in_notice", "rectifying", "reported")


def test_what_is_mostly_rectified_goes_back_to_the_unit_with_what_is_left(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    finding, review, leader = reviewed(fieldwork, office_actor, *REPORTED)
    with pytest.raises(Invalid):
        reviews.decide(actor=leader, visit_id=review.pk, decisions=[reviews.Decision(finding.pk, "partly", " ")])
    reviews.decide(
        actor=leader, visit_id=review.pk, decisions=[reviews.Decision(finding.pk, "partly", "差一块公示牌。")]
    )
    finding.refresh_from_db()
    last = finding.transitions.order_by("-pk")[0]
    assert (finding.state, last.reason) == ("returned", "基本整改：差一块公示牌。")


def test_a_relapse_is_told_to_the_office_and_stands_until_it_opens_the_finding_anew(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    finding, review, leader = reviewed(fieldwork, office_actor, *REPORTED, "closed")
    relapse = [reviews.Decision(finding.pk, "relapsed", "仍在周末补课。")]
    for _ in range(2):
        reviews.decide(actor=leader, visit_id=review.pk, decisions=relapse)
    finding.refresh_from_db()
    assert (finding.state, "relapse_found_at" in finding.journal_document()) == ("closed", True)
    told = Outbox.objects.filter(kind="finding.relapsed", subject_id=finding.pk)
    assert {row.recipient_id for row in told} == crews.office(office_actor.county_id)
    assert told.count() == len(crews.office(office_actor.county_id))
    findings.advance(actor=office_actor, finding_id=finding.pk, to="rectifying", reason="复查发现反弹")
    finding.refresh_from_db()
    assert (finding.reopened, "relapse_found_at" in finding.journal_document()) == (1, False)


def test_only_what_was_closed_can_relapse(fieldwork: Fieldwork, office_actor: Actor) -> None:
    finding, review, leader = reviewed(fieldwork, office_actor, *REPORTED)
    with pytest.raises(Conflict, match="bad_state"):
        reviews.decide(actor=leader, visit_id=review.pk, decisions=[reviews.Decision(finding.pk, "relapsed", "反弹。")])
    finding.refresh_from_db()
    assert (finding.state, finding.relapse_found_at) == ("reported", None)
