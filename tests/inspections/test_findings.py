"""Findings: graded, moved by the table, and read only by those who may."""

import datetime as dt
from typing import Any

import pytest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import Finding, Visit
from backend.inspections.selectors import findings as selectors
from backend.inspections.services import findings, reviews
from backend.inspections.services.findings import NewFinding, OnSpot
from backend.inspections.tasks import publish_waiting
from backend.journal.models import FeedRow
from backend.registry.models import Track
from tests.fixtures.visits import Fieldwork

PHOTOS = ("01a20000-0000-7000-8000-000000000001", "01a20000-0000-7000-8000-000000000002")


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun(templates=("TY", "ZY"))


@pytest.fixture
def leader(fieldwork: Fieldwork, visit: Visit) -> Actor:
    return fieldwork.leader(visit.assignment)


def scope_of(finding: Finding) -> str:
    return FeedRow.objects.exclude(document=None).get(kind="finding", object_id=str(finding.pk)).scope.name


def test_a_finding_takes_text_grade_days_and_basis_from_its_item(
    fieldwork: Fieldwork, visit: Visit, leader: Actor
) -> None:
    finding = fieldwork.finding(visit, leader, "ZY-04")
    assert (finding.number, finding.severity, finding.due_days, finding.state) == (1, "serious", 3, "recorded")
    assert finding.text.startswith("公示内容与学生记录本")
    assert [set(basis) for basis in finding.legal_basis] == [{"document", "name", "article"}] * 2
    assert finding.legal_basis[1]["name"] == "《教育督导条例》"
    assert fieldwork.finding(visit, leader, "TY-08").number == 2


def test_a_veto_is_a_candidate(fieldwork: Fieldwork, visit: Visit, leader: Actor) -> None:
    finding = fieldwork.finding(visit, leader, "TY-08")
    assert (finding.severity, finding.veto_candidate, finding.due_days) == ("veto", True, 1)


@pytest.mark.parametrize(
    ("severity", "reason", "path"),
    [("minor", "首次", "severity"), ("moderate", "", "reason"), ("veto", "从重", "severity")],
)
def test_the_grade_is_lowered_by_one_level_with_a_reason_or_not_at_all(
    fieldwork: Fieldwork, visit: Visit, leader: Actor, severity: str, reason: str, path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        fieldwork.finding(visit, leader, "ZY-04", severity=severity, severity_reason=reason)
    assert refused.value.extra["path"] == path
    lowered = fieldwork.finding(visit, leader, "ZY-04", severity="moderate", severity_reason="首次且已部分整改")
    assert (lowered.severity, lowered.base_severity, lowered.due_days) == ("moderate", "serious", 7)


def test_self_found_and_fixed_is_one_level_down(fieldwork: Fieldwork, visit: Visit, leader: Actor) -> None:
    assert fieldwork.finding(visit, leader, "ZY-04", self_found_fixed=True).severity == "moderate"


def test_a_repeat_within_12_months_is_one_level_up_but_not_by_the_other_tracks_find_of_the_month(
    fieldwork: Fieldwork,
) -> None:
    with clock.fixed(dt.datetime(2026, 3, 10, 2, tzinfo=dt.UTC)) as hand:
        first = fieldwork.filled()
        team = first.assignment.team
        fieldwork.finding(first, fieldwork.leader(first.assignment), "TY-02")
        fieldwork.approved(fieldwork.submitted(first))
        same_month = fieldwork.begun(fieldwork.released(first.target))
        other = fieldwork.finding(same_month, fieldwork.leader(same_month.assignment), "TY-02")
        assert (other.severity, other.repeated) == ("minor", False)
        hand.move(days=200)
        later = fieldwork.begun(fieldwork.released(first.target, team))
        repeated = fieldwork.finding(later, fieldwork.leader(later.assignment), "TY-02")
        assert (repeated.severity, repeated.repeated, repeated.due_days) == ("moderate", True, 7)
        hand.move(days=200)
        last = fieldwork.begun(fieldwork.released(first.target, team))
        assert fieldwork.finding(last, fieldwork.leader(last.assignment), "TY-02").repeated is False


def test_the_same_id_once_more_changes_nothing_and_in_another_visit_is_refused(
    fieldwork: Fieldwork, visit: Visit, leader: Actor
) -> None:
    finding = fieldwork.finding(visit, leader)
    new = NewFinding(item="TY-02", text="另一说法")
    again = findings.record(actor=leader, finding_id=finding.pk, visit_id=visit.pk, new=new)
    assert (again.pk, again.text, Finding.objects.count()) == (finding.pk, finding.text, 1)
    other = fieldwork.begun()
    with pytest.raises(Conflict, match="bad_state"):
        findings.record(actor=fieldwork.leader(other.assignment), finding_id=finding.pk, visit_id=other.pk, new=new)


def test_an_older_amendment_of_the_same_device_does_not_undo_a_newer_one(
    fieldwork: Fieldwork, visit: Visit, leader: Actor
) -> None:
    finding = fieldwork.finding(visit, leader)
    for n, text in ((5, "新说法"), (4, "旧说法")):
        findings.amend(actor=leader, finding_id=finding.pk, new=NewFinding(item="TY-02", text=text), n=n)
    finding.refresh_from_db()
    assert finding.text == "新说法"


def test_a_fix_on_the_spot_needs_two_photos_a_light_case_and_a_second_inspector(
    fieldwork: Fieldwork, visit: Visit, leader: Actor
) -> None:
    member = fieldwork.member(visit.assignment)
    good = OnSpot(PHOTOS[:1], PHOTOS[1:], member.user_id)
    bad = [
        ("TY-02", OnSpot(PHOTOS[:1], (), member.user_id), "unit", "on_spot"),
        ("ZY-04", good, "unit", "on_spot"),
        ("TY-02", good, "person", "on_spot"),
        ("TY-02", OnSpot(PHOTOS[:1], PHOTOS[1:], leader.user_id), "unit", "on_spot.confirmed_by"),
        ("TY-02", OnSpot(PHOTOS[:1], PHOTOS[1:], 10**6), "unit", "on_spot.confirmed_by"),
    ]
    for item, fix, responsibility, path in bad:
        with pytest.raises(Invalid) as refused:
            fieldwork.finding(visit, leader, item, on_spot=fix, responsibility=responsibility)
        assert refused.value.extra["path"] == path
    fixed = fieldwork.finding(visit, leader, "TY-02", on_spot=good)
    assert (fixed.state, fixed.rectified_on_spot) == ("rectified_on_spot", True)


def test_an_unconfirmed_fix_waits_for_the_other_inspector_and_is_closed_at_approval(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    visit = fieldwork.filled()
    leader, member = fieldwork.leader(visit.assignment), fieldwork.member(visit.assignment)
    before, after = ([str(fieldwork.evidence(visit, leader).pk)] for _ in range(2))
    finding = fieldwork.finding(visit, leader, on_spot=OnSpot(before, after))
    assert finding.state == "recorded"
    with pytest.raises(Conflict):
        findings.confirm_on_spot(actor=leader, finding_id=finding.pk)
    assert findings.confirm_on_spot(actor=member, finding_id=finding.pk).state == "rectified_on_spot"
    fieldwork.approved(fieldwork.submitted(visit))
    finding.refresh_from_db()
    assert (finding.state, finding.closed_at is not None) == ("closed", True)
    assert list(selectors.confirmed(visit.pk)) == []
    steps = finding.transitions.order_by("pk").values_list("before", "after")
    assert list(steps) == [("", "recorded"), ("recorded", "rectified_on_spot"), ("rectified_on_spot", "closed")]


def test_a_withdrawn_finding_stays_on_record_and_out_of_the_score(fieldwork: Fieldwork) -> None:
    visit = fieldwork.filled()
    leader = fieldwork.leader(visit.assignment)
    finding = fieldwork.finding(visit, leader)
    with pytest.raises(Invalid):
        findings.withdraw(actor=leader, finding_id=finding.pk, reason=" ")
    findings.withdraw(actor=leader, finding_id=finding.pk, reason="记录有误")
    assert findings.withdraw(actor=leader, finding_id=finding.pk, reason="再次").state == "withdrawn"
    assert fieldwork.submitted(visit).score == 100
    assert Finding.objects.get(pk=finding.pk).state == "withdrawn"


def test_the_loop_from_notice_to_close_out_and_relapse(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit = fieldwork.filled()
    finding = fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    fieldwork.approved(fieldwork.submitted(visit))
    assert [row.pk for row in selectors.confirmed(visit.pk)] == [finding.pk]
    for state in ("in_notice", "rectifying", "reported", "returned", "reported", "closed"):
        moved = findings.advance(actor=office_actor, finding_id=finding.pk, to=state)
        assert moved.state == state
    assert moved.closed_at is not None
    relapsed = findings.advance(actor=office_actor, finding_id=finding.pk, to="rectifying", reason="反弹")
    assert (relapsed.number, relapsed.reopened, relapsed.closed_at) == (1, 1, None)
    with pytest.raises(Conflict, match="bad_state"):
        findings.advance(actor=office_actor, finding_id=finding.pk, to="closed")


def test_a_finding_of_another_county_is_not_found(fieldwork: Fieldwork, visit: Visit, leader: Actor) -> None:
    finding = fieldwork.finding(visit, leader)
    stranger = Actor(None, visit.county_id + 1, "外县", frozenset({"office"}))
    with pytest.raises(NotFound):
        findings.advance(actor=stranger, finding_id=finding.pk, to="confirmed")


def issued(fieldwork: Fieldwork, office: Actor, **more: Any) -> tuple[Visit, Finding]:
    visit = fieldwork.filled(**more)
    finding = fieldwork.finding(visit, fieldwork.leader(visit.assignment))
    fieldwork.approved(fieldwork.submitted(visit))
    findings.publish_to_target(actor=office, finding_ids=[finding.pk])
    return visit, finding


def test_an_issued_finding_is_read_by_crews_sent_to_its_target(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit, finding = issued(fieldwork, office_actor)
    assert scope_of(finding) == f"target:{visit.target_id}"
    sent = fieldwork.leader(fieldwork.released(visit.target))
    stranger = fieldwork.leader(fieldwork.released())
    assert [row.pk for row in selectors.scoped(sent)] == [finding.pk]
    assert list(selectors.scoped(stranger)) == []


def test_within_the_month_the_other_track_does_not_read_it_whoever_was_planned_first(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    with clock.fixed(dt.datetime(2026, 12, 10, 2, tzinfo=dt.UTC)) as hand:
        station = fieldwork.places.team(track=Track.STATION)
        visit, early = issued(fieldwork, office_actor)
        assert scope_of(early) == f"target:{visit.target_id}"
        fieldwork.released(visit.target, station)
        assert scope_of(early) == visit.journal_scope
        second, late = issued(fieldwork, office_actor, target=visit.target, team=visit.assignment.team)
        assert scope_of(late) == second.journal_scope
        publish_waiting()
        assert scope_of(late) == second.journal_scope
        hand.move(days=25)
        publish_waiting()
        assert {scope_of(early), scope_of(late)} == {f"target:{visit.target_id}"}


def test_a_review_visit_closes_or_returns_what_was_reported(fieldwork: Fieldwork, office_actor: Actor) -> None:
    visit, finding = issued(fieldwork, office_actor)
    for state in ("in_notice", "rectifying", "reported"):
        findings.advance(actor=office_actor, finding_id=finding.pk, to=state)
    review = fieldwork.begun(fieldwork.released(visit.target, kind="review_visit"))
    inspector = fieldwork.leader(review.assignment)
    decision = reviews.Decision(finding.pk, "closed", "现场核实已整改")
    ordinary, missing = fieldwork.begun(), reviews.Decision(uuid7(), "closed")
    with pytest.raises(Conflict, match="bad_state"):
        reviews.decide(actor=fieldwork.leader(ordinary.assignment), visit_id=ordinary.pk, decisions=[decision])
    with pytest.raises(NotFound):
        reviews.decide(actor=inspector, visit_id=review.pk, decisions=[decision, missing])
    finding.refresh_from_db()
    assert finding.state == "reported"
    reviews.decide(actor=inspector, visit_id=review.pk, decisions=[decision])
    finding.refresh_from_db()
    assert finding.state == "closed"
