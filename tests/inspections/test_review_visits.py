"""A review looks at what had failed: the rest of its checklists holds nothing up."""

import pytest

from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden
from backend.inspections.models import VisitState
from backend.inspections.services import answers, findings, reviews
from backend.inspections.services.answers import NewAnswer
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
