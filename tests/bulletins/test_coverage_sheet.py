"""The monthly coverage sheet: every mark equals a recount of the raw rows."""

import datetime as dt
import io
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from backend.accounts.roles import Role
from backend.bulletins.rules import months
from backend.bulletins.selectors import coverage_sheet
from backend.core import clock
from backend.core.errors import Invalid
from backend.inspections.models import VisitState
from backend.registry.models import Track
from tests.bulletins.records import Records, at
from tests.fixtures.people import Cast, Client

PATH = "/api/v1/coverage_sheets"
MONTH = "2026-03"


@pytest.mark.once
@given(st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31)))
def test_weeks_cover_a_month_once_and_end_on_sundays(day: dt.date) -> None:
    period = months.of(f"{day:%Y-%m}")
    weeks = months.weeks(period)
    days = [first + dt.timedelta(days=at) for first, last in weeks for at in range((last - first).days + 1)]
    assert days == [period.start + dt.timedelta(days=at) for at in range((period.end - period.start).days + 1)]
    assert all(last.weekday() == 6 for _, last in weeks[:-1])


@pytest.mark.once
@pytest.mark.parametrize("month", ["2026-13", "2026-3", "1999-01", "２０２６-03", "2026-03\n", ""])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(Invalid, match="bad_month"):
        months.of(month)


@pytest.fixture
def busy(records: Records, hand: clock.Hand) -> Records:
    hand.set(at(3, month=4))
    chance, station = random.Random(8), records.station()
    teams = {Track.DEPARTMENT: records.team(), Track.STATION: records.team(Track.STATION, station)}
    district = records.district()
    schools = [records.target(teams[Track.DEPARTMENT], station=station, district=district) for _ in range(5)]
    for _ in range(25):
        track = chance.choice(list(teams))
        received = at(chance.randint(1, 28), month=chance.choice([2, 3, 3, 3]))
        state = chance.choice([VisitState.APPROVED, VisitState.APPROVED, VisitState.CANCELLED])
        target = chance.choice(schools)
        records.visit(target, received, team=teams[track], valid=chance.random() < 0.8, state=state)
    return records


def test_every_mark_equals_a_recount(busy: Records) -> None:
    sheet = coverage_sheet.gather(busy.county.pk, MONTH)
    assert [(first.day, last.day) for first, last in sheet["weeks"]] == [(1, 1), (2, 8), (9, 15), (16, 22), (23, 29), (30, 31)]  # fmt: skip
    month = [
        visit for visit in busy.visits
        if visit.state != VisitState.CANCELLED and visit.counts_for_coverage and visit.plan_month == MONTH
    ]  # fmt: skip
    assert len(month) > 5
    for row in sheet["units"]:
        own = [visit for visit in month if visit.target.name == row["name"]]
        assert row["covered"] == bool(own)
        for track in Track.values:
            days = [
                clock.local_date(visit.submitted_at) for visit in own if visit.track == track and visit.submitted_at
            ]
            marks = [sum(first <= day <= last for day in days) for first, last in sheet["weeks"]]
            assert row[track] == marks
    assert (sheet["assigned"], sheet["covered"]) == (5, len({visit.target_id for visit in month}))


def test_it_is_handed_out_as_paper_and_workbook(busy: Records, office_client: Client) -> None:
    paper: Any = office_client.get(f"{PATH}/pdf", {"month": MONTH})
    assert (paper.status_code, paper["Content-Type"], paper["Cache-Control"]) == (200, "application/pdf", "no-store")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert "2026年3月全覆盖督查情况表" in text.replace("\n", "").replace(" ", "")
    assert office_client.get(f"{PATH}/pdf", {"month": MONTH}).content == paper.content
    book: Any = office_client.get(f"{PATH}/xlsx", {"month": MONTH})
    rows = list(load_workbook(io.BytesIO(book.content)).worksheets[0].iter_rows(values_only=True))
    assert (len(rows), rows[0][:4]) == (6, ("序号", "单位", "学区", "类型"))
    assert office_client.get(f"{PATH}/pdf", {"month": "2026-00"}).status_code == 400


def test_a_month_without_units_is_an_honest_page(records: Records, office_client: Client) -> None:
    assert office_client.get(f"{PATH}/pdf", {"month": MONTH}).status_code == 200


@pytest.mark.parametrize("role", [Role.SCHOOL_LIAISON, Role.TEAM_LEADER, Role.INSPECTOR, Role.MEMBER_DEPARTMENT])
def test_it_is_for_the_office_and_leadership(cast: Cast, role: Role) -> None:
    client = cast.client(cast.person(role))
    for kind in ("pdf", "xlsx"):
        assert client.get(f"{PATH}/{kind}", {"month": MONTH}).status_code == 403
