"""The tables of states against the services: every state is reached, and left only as its table says.

Each table is turned into all pairs of state and verb; each pair is tried through the service that carries the verb, in
a transaction that is taken back, and what came of it is compared with the table, whole.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from backend.accounts.roles import Role
from backend.core.errors import Problem
from backend.core.ids import uuid7
from backend.inspections.models import Assignment, AssignmentState, Finding, FindingState, Visit, VisitState
from backend.inspections.models.lifecycle import ASSIGNMENT_MOVES, FINDING_MOVES, LOCKED, VISIT_MOVES
from backend.inspections.services import (
    answers,
    assignments,
    evidence,
    findings,
    leaving,
    onsite,
    refiling,
    reviews,
    submissions,
    visits,
)
from backend.inspections.services.answers import NewAnswer
from backend.inspections.services.evidence import NewEvidence
from backend.inspections.services.findings import OnSpot
from backend.inspections.services.onsite import Gate
from tests.fixtures.visits import AT_SCHOOL, Fieldwork

Outcome = str
Act = Callable[[], object]

WHY = "情况有变"


def outcome(act: Act, row: Any) -> Outcome:
    """The state after the deed, or the code it was refused with; the deed is taken back."""
    with transaction.atomic():
        try:
            act()
            found = _state(row)
        except Problem as problem:
            found = problem.code if _state(row) == row.state else "moved although refused"
        transaction.set_rollback(True)
    return found


def _state(row: Any) -> str:
    return str(type(row).objects.values_list("state", flat=True).get(pk=row.pk))


class Visits:
    """A visit in each of its states; not let in, so that nothing holds its submission up in any of them."""

    def __init__(self, fieldwork: Fieldwork) -> None:
        self.fieldwork, self.office = fieldwork, fieldwork.cast.actor(fieldwork.cast.person(Role.OFFICE))
        self.target = fieldwork.places.school(county=fieldwork.county())

    def in_every_state(self) -> Iterator[Visit]:
        for state in VisitState.values:
            if state != VisitState.RELEASED:  # before anybody sets out there is no row
                yield getattr(self, state)()

    def departed(self) -> Visit:
        visit = self.fieldwork.begun()
        leader, second = self.fieldwork.leader(visit.assignment), self.fieldwork.crew(visit.assignment)[1].pk
        onsite.enter(actor=leader, visit_id=visit.pk, gate=Gate(False, reason="大门紧闭", witness=second))
        visits.sign(actor=leader, visit_id=visit.pk, inspectors=[self.pen(visit) for _ in range(2)])
        return self.with_state(visit, "departed")

    def pen(self, visit: Visit) -> str:
        """A signature that is known although nobody has set to work: as a reviewer adds one."""
        fact = NewEvidence(sha256="a" * 64, size=16, filetype="image/png", kind="signature")
        leader, pk = self.fieldwork.leader(visit.assignment), uuid7()
        evidence.add(actor=leader, evidence_id=pk, visit_id=visit.pk, new=fact, addendum=True)
        return str(pk)

    def arrived(self) -> Visit:
        visit = self.departed()
        self.verb("check_in", visit)()
        return self.with_state(visit, "arrived")

    def in_progress(self) -> Visit:
        visit = self.arrived()
        self.verb("work", visit)()
        return self.with_state(visit, "in_progress")

    def feedback_given(self) -> Visit:
        visit = self.in_progress()
        self.verb("feedback", visit)()
        return self.with_state(visit, "feedback_given")

    def submitted(self) -> Visit:
        visit = self.departed()
        self.verb("submit", visit)()
        return self.with_state(visit, "submitted")

    def approved(self) -> Visit:
        visit = self.submitted()
        self.verb("approve", visit)()
        return self.with_state(visit, "approved")

    def returned(self) -> Visit:
        visit = self.submitted()
        self.verb("return", visit)()
        return self.with_state(visit, "returned")

    def cancelled(self) -> Visit:
        visit = self.departed()
        self.verb("cancel", visit)()
        return self.with_state(visit, "cancelled")

    def with_state(self, visit: Visit, state: str) -> Visit:
        visit = Visit.objects.select_related("assignment").get(pk=visit.pk)
        assert visit.state == state
        return visit

    def by_office(self, visit: Visit) -> Act:
        return lambda: refiling.refile(actor=self.office, visit_id=visit.pk, target_id=self.target.pk, reason=WHY)

    def verb(self, verb: str, visit: Visit) -> Act:
        leader, pk = self.fieldwork.leader(visit.assignment), visit.pk
        acts: dict[str, Act] = {
            "check_in": lambda: visits.check_in(actor=leader, visit_id=pk, place=AT_SCHOOL),
            "work": lambda: answers.set_answers(actor=leader, visit_id=pk, answers={"TY-01": NewAnswer("yes")}),
            "note": lambda: visits.amend(actor=leader, visit_id=pk, details={"remarks": "雨天"}),
            "enter": lambda: onsite.enter(actor=leader, visit_id=pk, gate=Gate(certificates_shown=True)),
            "feedback": lambda: visits.feedback(actor=leader, visit_id=pk, text="已反馈"),
            "submit": lambda: submissions.submit(actor=leader, visit_id=pk),
            "approve": lambda: reviews.approve(actor=self.office, visit_id=pk),
            "return": lambda: reviews.return_visit(actor=self.office, visit_id=pk, reason=WHY),
            "refile": lambda: refiling.refile(actor=leader, visit_id=pk, target_id=self.target.pk, reason=WHY),
            "cancel": lambda: visits.cancel(actor=leader, visit_id=pk, reason=WHY),
        }
        return acts[verb]


def refusal(verb: str, state: str) -> str:
    """As the protocol says: work that comes after the submission is late, anything else is out of order."""
    return "late_lock" if state in LOCKED and verb not in ("approve", "return") else "bad_state"


def test_every_state_of_a_visit_is_reached_and_left_as_the_table_says(fieldwork: Fieldwork) -> None:
    world = Visits(fieldwork)
    verbs = [verb for verb in VISIT_MOVES if verb != "start"]
    found = {
        (visit.state, verb): outcome(world.verb(verb, visit), visit)
        for visit in world.in_every_state()
        for verb in verbs
    }
    states = [state for state in VisitState.values if state != VisitState.RELEASED]
    assert found == {
        (state, verb): str(VISIT_MOVES[verb].get(state, refusal(verb, state))) for state in states for verb in verbs
    }


class Assignments:
    """An assignment in each of its states, and the verbs of office, leader and crew."""

    def __init__(self, fieldwork: Fieldwork) -> None:
        self.fieldwork, self.office = fieldwork, fieldwork.cast.actor(fieldwork.cast.person(Role.OFFICE))

    def planned(self) -> Assignment:
        return self.fieldwork.planned()

    def released(self) -> Assignment:
        return self.after("release", self.planned())

    def accepted(self) -> Assignment:
        return self.after("accept", self.released())

    def departed(self) -> Assignment:
        return self.after("depart", self.accepted())

    def done(self) -> Assignment:
        return self.fieldwork.approved().assignment

    def cancelled(self) -> Assignment:
        return self.after("cancel", self.released())

    def after(self, verb: str, row: Assignment) -> Assignment:
        self.verb(verb, row)()
        return Assignment.objects.get(pk=row.pk)

    def verb(self, verb: str, row: Assignment) -> Act:
        leader, pk = self.fieldwork.leader(row), row.pk
        crew = [user.pk for user in self.fieldwork.crew(row)]
        acts: dict[str, Act] = {
            "release": lambda: assignments.release(actor=self.office, assignment_id=pk),
            "accept": lambda: assignments.accept(actor=leader, assignment_id=pk),
            "decline": lambda: assignments.decline(actor=leader, assignment_id=pk, reason=WHY),
            "depart": lambda: assignments.depart(actor=leader, assignment_id=pk),
            "reassign": lambda: assignments.reassign(
                actor=self.office, assignment_id=pk, leader=crew[0], crew=crew, reason=WHY
            ),
            "leave": lambda: leaving.leave(actor=leader, assignment_id=pk, reason=WHY, successor=crew[1]),
            "cancel": lambda: assignments.cancel(actor=self.office, assignment_id=pk, reason=WHY),
        }
        return acts[verb]


BY_THEIR_VISIT = ("finish", "reopen")
UNSEEN = {("planned", verb): "not_found" for verb in ("accept", "decline", "depart", "leave")}
"""To the leader of a plan that was never released there is no such task."""


def test_every_state_of_an_assignment_is_reached_and_left_as_the_table_says(fieldwork: Fieldwork) -> None:
    world = Assignments(fieldwork)
    verbs = [verb for verb in ASSIGNMENT_MOVES if verb not in BY_THEIR_VISIT]
    rows = [getattr(world, state)() for state in AssignmentState.values]
    assert [row.state for row in rows] == AssignmentState.values
    found = {(row.state, verb): outcome(world.verb(verb, row), row) for row in rows for verb in verbs}
    table = {
        (state, verb): str(ASSIGNMENT_MOVES[verb].get(state, "bad_state"))
        for state in AssignmentState.values
        for verb in verbs
    }
    left_alone = {("done", "cancel"): "visit_begun"}
    assert found == table | UNSEEN | left_alone


@pytest.mark.parametrize("state", ["departed", "released", "accepted", "planned"])
def test_an_assignment_ends_or_is_reopened_with_its_visit_wherever_it_stands(fieldwork: Fieldwork, state: str) -> None:
    """A crew that was replaced after it began leaves its visit to an assignment that goes its own way."""
    world = Visits(fieldwork)
    for visit, act, moves in (
        (ready := world.submitted(), world.verb("approve", ready), ASSIGNMENT_MOVES["finish"]),
        (wrong := world.in_progress(), world.by_office(wrong), ASSIGNMENT_MOVES["reopen"]),
    ):
        bring(fieldwork, visit.assignment, state)
        assignment = Assignment.objects.get(pk=visit.assignment_id)
        assert assignment.state == state
        assert outcome(act, assignment) == str(moves[state])


def bring(fieldwork: Fieldwork, assignment: Assignment, state: str) -> None:
    """To `state`, by sending it out anew."""
    crew = [user.pk for user in fieldwork.crew(assignment)]
    actor = fieldwork.cast.actor(fieldwork.cast.person(Role.OFFICE))
    if state != "departed":
        assignments.reassign(actor=actor, assignment_id=assignment.pk, leader=crew[0], crew=crew)
    if state == "accepted":
        assignments.accept(actor=fieldwork.leader(assignment), assignment_id=assignment.pk)
    if state == "planned":
        assignments.decline(actor=fieldwork.leader(assignment), assignment_id=assignment.pk, reason=WHY)


WAYS: dict[str, tuple[str, ...]] = {
    "confirmed": (),
    "in_notice": ("in_notice",),
    "rectifying": ("in_notice", "rectifying"),
    "reported": ("in_notice", "rectifying", "reported"),
    "returned": ("in_notice", "rectifying", "reported", "returned"),
    "closed": ("in_notice", "rectifying", "reported", "closed"),
    "referred": ("referred",),
}
"""From the approved visit by notices and reviews."""


def findings_in_every_state(fieldwork: Fieldwork) -> dict[str, Finding]:
    office = fieldwork.cast.actor(fieldwork.cast.person(Role.OFFICE))
    visit = fieldwork.filled()
    leader, member = fieldwork.leader(visit.assignment), fieldwork.member(visit.assignment)
    found = {state: fieldwork.finding(visit, leader) for state in WAYS}
    found["withdrawn"] = fieldwork.finding(visit, leader)
    findings.withdraw(actor=leader, finding_id=found["withdrawn"].pk, reason=WHY)
    fieldwork.approved(fieldwork.submitted(visit))
    for state, way in WAYS.items():
        for step in way:
            findings.advance(actor=office, finding_id=found[state].pk, to=step)
    open_visit = fieldwork.begun()
    leader, member = fieldwork.leader(open_visit.assignment), fieldwork.member(open_visit.assignment)
    photos = [str(fieldwork.evidence(open_visit, leader).pk) for _ in range(2)]
    fix = OnSpot(photos[:1], photos[1:], member.user_id)
    found["recorded"] = fieldwork.finding(open_visit, leader)
    found["rectified_on_spot"] = fieldwork.finding(open_visit, leader, on_spot=fix)
    return {state: Finding.objects.get(pk=row.pk) for state, row in found.items()}


def test_every_state_of_a_finding_is_reached_and_left_as_the_table_says(fieldwork: Fieldwork) -> None:
    rows = findings_in_every_state(fieldwork)
    assert {state: row.state for state, row in rows.items()} == {state: state for state in FindingState.values}
    office = fieldwork.cast.actor(fieldwork.cast.person(Role.OFFICE))

    def to(row: Finding, state: str) -> Act:
        return lambda: findings.advance(actor=office, finding_id=row.pk, to=state, reason=WHY)

    found = {(row.state, after): outcome(to(row, after), row) for row in rows.values() for after in FindingState.values}
    assert found == {
        (state, after): (after if after in FINDING_MOVES[state] else "bad_state")
        for state in FindingState.values
        for after in FindingState.values
    }


def test_a_begun_visit_has_left_the_state_of_release_by_its_start(fieldwork: Fieldwork) -> None:
    assignment = fieldwork.released()
    visit = visits.start(actor=fieldwork.leader(assignment), visit_id=uuid7(), assignment_id=assignment.pk).visit
    step = visit.transitions.get()
    assert (step.verb, step.before, step.after) == ("start", "released", str(VISIT_MOVES["start"]["released"]))
