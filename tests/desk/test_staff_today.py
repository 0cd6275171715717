"""The board of the office: counts that open their lists, and a pulse that says whether anything changed."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import Evidence, EvidenceState
from backend.inspections.services import assignments
from backend.journal.writing import write
from backend.notices.models import RectificationNotice
from backend.notices.services import drafts
from backend.sync.models import DeviceReport, Operation
from tests.desk.clicking import Seat
from tests.fixtures.people import Cast
from tests.fixtures.rectification import World
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
    assert len(addresses) == 16
    assert {office.client.get(each.replace("&amp;", "&")).status_code for each in addresses} == {200}


def test_the_pulse_answers_nothing_until_something_changes(office: Seat, fieldwork: Fieldwork) -> None:
    address = reverse("desk_pulse")
    tag = office.client.get(address)["ETag"]
    assert tag.strip('"') in office.opens("desk_today")
    assert office.client.get(address, headers={"If-None-Match": tag}).status_code == 304
    fieldwork.planned()
    assert office.client.get(address, headers={"If-None-Match": tag}).status_code == 200


def _phone_with_work(desk: Desk) -> None:
    device = desk.member.client.device
    told = {"county_id": desk.visit.county_id, "user_id": desk.member.client.user.pk, "told_at": device.created_at}
    report = {"ops": 7, "uploads": 3, "unsent_since": device.created_at}
    DeviceReport.objects.update_or_create(device_id=device.pk, defaults=told | report)


def _held_for_a_day(desk: Desk) -> None:
    _, _, answer = desk.begun_by_stranger(desk.fieldwork.released())
    Operation.objects.filter(pk=answer["op"]).update(received_at=clock.now() - dt.timedelta(hours=25))


def _overdue(desk: Desk) -> None:
    visit = desk.fieldwork.filled(desk.fieldwork.begun(desk.fieldwork.released()))
    desk.fieldwork.finding(visit, desk.fieldwork.leader(visit.assignment))
    visit = desk.fieldwork.approved(desk.fieldwork.submitted(visit))
    notice = drafts.draft_from_visit(actor=desk.office, visit_id=visit.pk)
    late = {"state": "delivered", "issued_at": clock.now(), "due_on": clock.today() - dt.timedelta(days=1)}
    RectificationNotice.objects.filter(pk=notice.pk).update(**late)


def _corrupt(desk: Desk) -> None:
    evidence = Evidence.objects.filter(visit=desk.visit).order_by("pk")[:1]
    Evidence.objects.filter(pk__in=evidence.values("pk")).update(state=EvidenceState.CORRUPT)


def _on_the_way(desk: Desk) -> None:
    out = desk.fieldwork.released()
    assignments.depart(actor=desk.fieldwork.leader(out), assignment_id=out.pk)


MOVES: list[tuple[str, Callable[[Desk], object]]] = [
    ("组在外", _on_the_way),
    ("次到访已提交", lambda desk: desk.fieldwork.submitted()),
    ("条上传内容待处理", lambda desk: desk.late("answer.set", desk.visit.pk, given(TY_01="no"))),
    ("条等待超过一天", _held_for_a_day),
    ("件佐证内容不符", _corrupt),
    ("份通知书逾期", _overdue),
    ("部手机有未上传内容", _phone_with_work),
]


def test_every_block_of_the_board_moves_its_pulse(desk: Desk, cast: Cast) -> None:
    """A page that holds the tag of before fetches itself anew, whatever it is that changed."""
    office, address = Seat(cast.person(Role.OFFICE)), reverse("desk_pulse")
    for label, move in MOVES:
        before, tag = figures(office.opens("desk_today"))[label], office.client.get(address)["ETag"]
        assert office.client.get(address, headers={"If-None-Match": tag}).status_code == 304
        with write(actor=system(desk.visit.county_id)):
            move(desk)
        told = office.client.get(address, headers={"If-None-Match": tag}).status_code
        assert (label, told, figures(office.opens("desk_today"))[label]) == (label, 200, before + 1)


def test_the_board_is_the_offices_alone(cast: Cast, office: Seat, fieldwork: Fieldwork) -> None:
    fieldwork.released()
    for role in (Role.LEADERSHIP, Role.TEAM_LEADER, Role.INSPECTOR, Role.SCHOOL_LIAISON):
        seat = Seat(cast.person(role))
        assert [seat.status("desk_today"), seat.status("desk_pulse")] == [403, 403]
    foreign = figures(Seat(cast.person(Role.OFFICE, county=cast.county("B"))).opens("desk_today"))
    assert set(foreign.values()) == {0}


def test_papers_that_wait_are_counted_and_their_lists_opened(cast: Cast, world: World) -> None:
    world.reported()
    office = Seat(cast.person(Role.OFFICE, county=world.county))
    page = office.opens("desk_today")
    assert figures(page)["份整改报告待复查"] == 1
    address = unescape(re.findall(r'<a href="([^"]*)"><b>1</b><span>份整改报告待复查', page)[0])
    listed = office.client.get(address).content.decode()
    assert listed.count('<td data-label="文号">') == 1
