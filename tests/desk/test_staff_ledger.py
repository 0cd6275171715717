"""The ledger at a desk: filtered, page by page, and as a file that calculates nothing."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.accounts.roles import Role
from backend.inspections.models import Finding
from backend.journal.writing import write
from backend.notices.models import RectificationNotice
from backend.notices.services import drafts, issuing
from tests.desk.clicking import Seat
from tests.fixtures.rectification import World

FORMULA = '=HYPERLINK("http://x","<b>点我</b>")'


@pytest.fixture(autouse=True)
def monday(hand: Any) -> Any:
    return hand


@pytest.fixture
def office(world: World) -> Seat:
    return Seat(world.person(Role.OFFICE))


@pytest.fixture
def notice(world: World) -> RectificationNotice:
    visit = world.visit(("minor", "serious"))
    with write(actor=world.office):
        Finding.objects.filter(visit=visit, number=1).update(text=FORMULA)
    made = drafts.draft_from_visit(actor=world.office, visit_id=visit.pk)
    drafts.review(actor=world.office, notice_id=made.pk)
    return issuing.issue(actor=world.leader, notice_id=made.pk)


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_page_shows_what_its_filters_leave(
    world: World, office: Seat, notice: RectificationNotice, hand: Any
) -> None:
    text = office.opens("desk_ledger")
    assert (text.count(notice.number) >= 2, "&lt;b&gt;点我" in text, "<b>点我" in text) == (True, True, False)
    for wanted, found in (
        ({"severity": "serious"}, True),
        ({"severity": "veto"}, False),
        ({"unit_name": world.target.name}, True),
        ({"unit_name": "没有"}, False),
        ({"document_number": notice.number}, True),
        ({"team": str(world.target.team_id)}, True),
        ({"district": str(world.target.district_id)}, True),
        ({"found_since": "2026-11-17"}, False),
        ({"found_until": "2026-11-16"}, True),
        ({"overdue": "yes"}, False),
        ({"state": "unsinn", "found_since": "0000-00-00", "unit": "x"}, True),
    ):
        assert (notice.number in office.opens("desk_ledger", **wanted)) == found, wanted
    hand.move(days=10)
    assert "逾期" in office.opens("desk_ledger", overdue="yes")


def test_pages_follow_one_another_by_key(office: Seat, notice: RectificationNotice) -> None:
    first = office.opens("desk_ledger", limit="1")
    mark = first.split("after=")[1].split('"')[0]
    second = office.opens("desk_ledger", limit="1", after=mark)
    shown = [{each for each in ("之1", "之2") if each in text} for text in (first, second)]
    assert ([len(each) for each in shown], shown[0] | shown[1]) == ([1, 1], {"之1", "之2"})
    assert "下一页" not in second
    assert office.status("desk_ledger", after="unsinn") == 400


def test_the_file_holds_every_column_and_no_cell_is_calculated(office: Seat, notice: RectificationNotice) -> None:
    answer = office.client.get(reverse("desk_ledger_file", args=["csv"]), {"severity": "minor"})
    rows = list(csv.reader(io.StringIO(read(answer).decode("utf-8-sig"))))
    assert (len(rows), len(rows[0]), rows[0][:2]) == (2, 24, ["序号", "通知书文号"])
    assert rows[1][8] == f"'{FORMULA}"
    assert answer["Content-Disposition"] == 'attachment; filename="ledger-20261116.csv"'
    book = load_workbook(io.BytesIO(read(office.client.get(reverse("desk_ledger_file", args=["xlsx"])))))
    sheet = book.worksheets[0]
    assert (sheet.max_row, sheet.max_column, sheet["I2"].value, sheet["I2"].data_type) == (3, 24, FORMULA, "s")


def test_the_ledger_is_the_office_s_and_leadership_s(world: World, office: Seat, notice: RectificationNotice) -> None:
    for role in (Role.TEAM_LEADER, Role.INSPECTOR, Role.TIP_CLERK):
        assert Seat(world.person(role)).status("desk_ledger") == 403
    liaison = Seat(world.liaison)
    assert (liaison.status("desk_ledger"), liaison.status("desk_ledger_file", "csv")) == (403, 403)
    assert Seat(world.person(Role.LEADERSHIP)).status("desk_ledger") == 200


def test_another_county_has_another_ledger(cast: Any, other_county: Any, notice: RectificationNotice) -> None:
    foreign = Seat(cast.person(Role.OFFICE, county=other_county))
    text = foreign.opens("desk_ledger", unit=str(notice.target_id))
    file = read(foreign.client.get(reverse("desk_ledger_file", args=["csv"]))).decode()
    assert (notice.number in text, notice.number in file) == (False, False)


def test_the_page_costs_a_bounded_number_of_queries(office: Seat, notice: RectificationNotice) -> None:
    with CaptureQueriesContext(connection) as queries:
        text = office.opens("desk_ledger")
    assert (len(queries) <= 15, len(text.encode()) <= 120 * 1024) == (True, True)
