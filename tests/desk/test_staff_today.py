"""The board of the office: counts that open their lists, and a pulse that says whether anything changed."""

import re
from typing import Any

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from backend.inspections.services import assignments
from tests.desk.clicking import Seat
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork
from tests.fixtures.work_under_review import Desk, given


@pytest.fixture
def office(cast: Cast, fieldwork: Fieldwork) -> Seat:
    fieldwork.county()
    return Seat(cast.person(Role.OFFICE))


def figures(text: str) -> dict[str, int]:
    return {label: int(count) for count, label in re.findall(r"<b>(\d+)</b><span>([^<]+)</span>", text)}


def test_the_office_begins_here(office: Seat) -> None:
    assert office.client.get(reverse("desk_home"))["Location"] == reverse("desk_today")


def test_what_happens_is_counted_where_it_belongs(
    office: Seat, fieldwork: Fieldwork, django_assert_max_num_queries: Any
) -> None:
    fieldwork.planned()
    out = fieldwork.released()
    assignments.depart(actor=fieldwork.leader(out), assignment_id=out.pk)
    fieldwork.submitted()
    with django_assert_max_num_queries(15):
        text = office.opens("desk_today")
    found = figures(text)
    names = ("组在外", "项安排在今天", "次到访已提交", "次到访待审核", "项任务未下达")
    assert [found[name] for name in names] == [1, 3, 1, 1, 1]
    assert out.target.name in text


def test_work_that_waits_is_counted(desk: Desk, cast: Cast) -> None:
    desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    assert figures(Seat(cast.person(Role.OFFICE)).opens("desk_today"))["条上传内容待处理"] == 1


def test_every_figure_opens_a_page_that_is_there(office: Seat) -> None:
    addresses = re.findall(r'<li class="[^"]*"><a href="([^"]+)"><b>', office.opens("desk_today"))
    assert len(addresses) == 14
    assert {office.client.get(each.replace("&amp;", "&")).status_code for each in addresses} == {200}


def test_the_pulse_answers_nothing_until_something_changes(office: Seat, fieldwork: Fieldwork) -> None:
    address = reverse("desk_pulse")
    tag = office.client.get(address)["ETag"]
    assert tag.strip('"') in office.opens("desk_today")
    assert office.client.get(address, headers={"If-None-Match": tag}).status_code == 304
    fieldwork.planned()
    assert office.client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_the_board_is_the_offices_alone(cast: Cast, office: Seat, fieldwork: Fieldwork) -> None:
    fieldwork.released()
    for role in (Role.LEADERSHIP, Role.TEAM_LEADER, Role.INSPECTOR, Role.SCHOOL_LIAISON):
        seat = Seat(cast.person(role))
        assert [seat.status("desk_today"), seat.status("desk_pulse")] == [403, 403]
    foreign = figures(Seat(cast.person(Role.OFFICE, county=cast.county("B"))).opens("desk_today"))
    assert set(foreign.values()) == {0}
