"""Visits at the desk: read whole, what fails first, returned or approved; vetoes by two; both tracks side by side."""

from typing import Any

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from backend.core.actor import system
from backend.inspections.models import EvidenceFlag, Visit
from backend.inspections.services import reviews
from backend.journal.writing import write
from backend.registry.models import Track
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork


@pytest.fixture
def office(cast: Cast, fieldwork: Fieldwork) -> Seat:
    fieldwork.county()
    return Seat(cast.person(Role.OFFICE))


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    """Submitted, with one finding."""
    filled = fieldwork.filled()
    fieldwork.finding(filled, fieldwork.leader(filled.assignment), text="公示栏没有 <b>课后服务</b> 安排")
    return fieldwork.submitted(filled)


def test_the_page_shows_all_that_a_reviewer_needs(
    office: Seat, visit: Visit, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        text = office.opens("desk_visit", visit.pk)
    wanted = ("公示栏没有 &lt;b&gt;课后服务&lt;/b&gt; 安排", "满分 100 分", "TY-02", "督查通用页", "提交")
    assert [each in text for each in wanted] == [True] * len(wanted)
    assert office.offers("desk_visit", visit.pk) == {"approve", "return"}


def test_approved_and_its_findings_are_confirmed(office: Seat, visit: Visit) -> None:
    assert "已审核通过" in office.done("approve", "desk_visit", visit.pk, reason="")
    visit.refresh_from_db()
    assert (visit.state, {one.state for one in visit.findings.all()}) == ("approved", {"confirmed"})


def test_returned_with_a_reason_that_must_not_be_empty(office: Seat, visit: Visit) -> None:
    assert refusal(office.does("return", "desk_visit", visit.pk, reason=""))[0] == 400
    text = office.done("return", "desk_visit", visit.pk, reason="第3项缺照片")
    visit.refresh_from_db()
    assert (visit.state, visit.round, "已退回：第3项缺照片" in text) == ("returned", 2, True)


def test_a_visit_that_was_returned_meanwhile_is_not_approved(office: Seat, visit: Visit, fieldwork: Fieldwork) -> None:
    sent = hidden(office.opens("desk_visit", visit.pk), "approve") | {"reason": "同意"}
    reviews.return_visit(actor=fieldwork.cast.actor(office.user), visit_id=visit.pk, reason="缺照片")
    answer = office.client.post(reverse("desk_visit_do", args=[visit.pk, "approve"]), sent)
    visit.refresh_from_db()
    assert (refusal(answer)[0], visit.state, "同意" in answer.content.decode()) == (409, "returned", True)


def test_a_veto_takes_a_hearing_and_two_people(cast: Cast, fieldwork: Fieldwork, office: Seat) -> None:
    filled = fieldwork.filled()
    finding = fieldwork.finding(filled, fieldwork.leader(filled.assignment), "TY-08", text="拒绝提供台账")
    visit = fieldwork.submitted(filled)
    assert office.offers("desk_visit", visit.pk) == {"approve", "return", "hear"}
    office.done("hear", "desk_visit", visit.pk, row=finding.pk, way="on_site", statement="校长承认属实")
    said = office.done("judge", "desk_visit", visit.pk, row=finding.pk, view="confirm", reason="证据确凿")
    assert ("还须另一人认定" in said, "校长承认属实" in said) == (True, True)
    lead = Seat(cast.person(Role.LEADERSHIP))
    assert "已认定为一票否决" in lead.done(
        "judge", "desk_visit", visit.pk, row=finding.pk, view="confirm", reason="同意认定"
    )


def test_warnings_on_evidence_come_first(office: Seat, visit: Visit) -> None:
    photo = visit.evidence.filter(kind="photo").get()
    with write(actor=system(visit.county_id)):
        EvidenceFlag.objects.create(evidence=photo, county_id=visit.county_id, kind="time_gap")
    assert ("1 件有提示" in office.opens("desk_visit", visit.pk), "时间不符" in office.opens("desk_evidence")) == (
        True,
        True,
    )


def test_both_tracks_stand_side_by_side(office: Seat, fieldwork: Fieldwork) -> None:
    school = fieldwork.places.school()
    other = fieldwork.places.team(track=Track.STATION)
    one = fieldwork.submitted(target=school)
    assert "还不能对照" in office.opens("desk_comparison", one.pk)
    fieldwork.submitted(target=school, team=other)
    text = office.opens("desk_comparison", one.pk)
    assert ("TY-01" in text, "少于 10 项，不计一致率" in text) == (True, True)


def test_lists_narrow_by_state_day_and_candidates(office: Seat, visit: Visit, fieldwork: Fieldwork) -> None:
    other = fieldwork.begun()
    told = [office.opens("desk_visits", **query) for query in ({"state": "submitted"}, {"veto": "on"}, {"team": "x"})]
    assert [(visit.target.name in text, other.target.name in text) for text in told] == [
        (True, False),
        (False, False),
        (True, True),
    ]


def test_a_leader_reviews_the_own_teams_and_nobody_elses(cast: Cast, fieldwork: Fieldwork, visit: Visit) -> None:
    leader = Seat(visit.assignment.leader)
    other = Seat(fieldwork.places.people(fieldwork.places.team())[0])
    assert (leader.status("desk_visit", visit.pk), other.status("desk_visit", visit.pk)) == (200, 404)
    assert leader.offers("desk_visit", visit.pk) == set()  # who submitted it does not approve it
    assert leader.status("desk_comparison", visit.pk) == 403
    liaison = Seat(fieldwork.places.liaison(visit.target))
    names = ("desk_visits", "desk_evidence")
    assert [liaison.status(name) for name in names] == [403, 403]
    assert liaison.status("desk_visit", visit.pk) == 403
