"""The ledger: what each filter leaves, and its files, which say line for line what the list says."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from backend.accounts.roles import Role
from backend.core import clock
from backend.inspections.services import findings
from backend.journal.writing import write
from backend.notices.models import NoticeFinding
from backend.notices.selectors import ledger
from backend.notices.services import drafts, issuing, reviewing
from tests.fixtures.people import Client
from tests.fixtures.rectification import World

LEDGER = "/api/v1/notices/ledger"


@pytest.fixture
def desk(world: World, hand: clock.Hand) -> Client:
    """The office, before whom lie: a closed notice with two findings, one at another school that is three days late,
    one that relapsed, a draft, and one that was withdrawn after its issue."""
    world.closed(["minor", "serious"])
    elsewhere = world.places.school(county=world.county, team=world.places.team(county=world.county))
    world.issued(["serious"], target=elsewhere)
    relapsed = world.closed(["moderate"])
    reviewing.reopen(actor=world.office, notice_id=relapsed.pk, item_ids=[relapsed.findings.get().pk], reason="反弹")
    world.draft()
    withdrawn = world.issued(["minor"], kind="tip_check")
    drafts.withdraw(actor=world.office, notice_id=withdrawn.pk, reason="误发")
    hand.move(days=6)
    return world.cast.client(world.person(Role.OFFICE))


def items(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(LEDGER, query)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["items"])


Chosen = Callable[[NoticeFinding], bool]

FILTERS: dict[str, tuple[dict[str, Any], Chosen]] = {
    "severity": ({"severity": "serious"}, lambda row: row.severity == "serious"),
    "state": ({"state": "closed"}, lambda row: row.finding.state == "closed"),
    "source": ({"visit_kind": "tip_check"}, lambda row: row.notice.visit.kind == "tip_check"),
    "kind": ({"unit_kind": "institution"}, lambda row: row.notice.target.kind == "institution"),
    "category": ({"category": "ZY"}, lambda row: row.template_code == "ZY"),
    "number": ({"document_number": "云督整〔2026〕2号"}, lambda row: row.notice.number_serial == 2),
    "found": ({"found_since": "2026-11-16", "found_until": "2026-11-16"}, lambda _row: True),
    "found later": ({"found_since": "2026-11-19"}, lambda _row: False),
    "due": ({"due_until": "2026-11-19"}, lambda row: row.severity == "serious"),
    "due later": ({"due_since": "2026-11-22"}, lambda row: row.severity != "serious"),
    "reopened": ({"reopened": "true"}, lambda row: row.finding.reopened > 0),
    "not reopened": ({"reopened": "false"}, lambda row: row.finding.reopened == 0),
    "overdue": ({"overdue": "true"}, lambda row: row.notice.number_serial == 2),
    "not overdue": ({"overdue": "false"}, lambda row: row.notice.number_serial != 2),
    "two at once": ({"severity": "serious", "state": "closed"}, lambda row: row.number == 2),
}


def test_every_filter_leaves_what_it_says(desk: Client, world: World) -> None:
    rows = list(NoticeFinding.objects.filter(notice__issued_at__isnull=False).order_by("-id"))
    assert len(rows) == 5
    for query, chosen in FILTERS.values():
        assert [line["id"] for line in items(desk, **query)] == [str(row.pk) for row in rows if chosen(row)], query

    wanted = "a filter that is none is refused"
    for query in ({"severity": "x"}, {"unit": "1"}, {"found_since": "yesterday"}, {"overdue": "perhaps"}):
        assert (desk.get(LEDGER, query).status_code, wanted) == (400, wanted)
        assert (desk.get(f"{LEDGER}/file", query).status_code, wanted) == (400, wanted)
    mine = NoticeFinding.objects.filter(notice__issued_at__isnull=False, notice__target=world.target)
    team = mine.filter(notice__visit__assignment__team=world.target.team)
    assert len(items(desk, unit=world.target.pk)) == mine.count() == 4
    assert len(items(desk, team=world.target.team_id)) == team.count() == 4
    assert len(items(desk, district=world.target.district_id)) == 5


def rows_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def rows_of_xlsx(content: bytes) -> list[list[str]]:
    [sheet] = load_workbook(io.BytesIO(content))
    return [[_text(cell) for cell in row] for row in sheet.iter_rows()]


def _text(cell: Any) -> str:
    if cell.is_date and cell.value is not None:
        return f"{cell.value:%Y-%m-%d}"
    return "" if cell.value is None else str(cell.value)


READERS = {"csv": rows_of_csv, "xlsx": rows_of_xlsx}


def test_a_file_says_line_for_line_what_the_list_says(desk: Client) -> None:
    """And takes the same filters; and asks the database as often for five lines as for one."""
    told = sorted(items(desk), key=lambda line: (line["document_number"], line["number"]))
    expected = [[str(at), *(as_text(line[name]) for name in NAMES)] for at, line in enumerate(told, 1)]
    for kind, reader in READERS.items():
        answer, queries = file_of(desk, type=kind)
        assert reader(answer) == [list(ledger.HEADINGS.values()), *expected]
        late, fewer = file_of(desk, type=kind, severity="serious", overdue="true")
        assert [row[1] for row in reader(late)[1:]] == ["云督整〔2026〕2号"]
        assert fewer == queries


NAMES = list(ledger.HEADINGS)[1:]


def as_text(value: Any) -> str:
    return "" if value is None else "；".join(value) if isinstance(value, list) else str(value)


def file_of(client: Client, **query: Any) -> tuple[bytes, int]:
    """The file, and how many queries it took."""
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(f"{LEDGER}/file", query)
        content = b"".join(answer)
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    return content, len(caught)


def test_what_an_inspector_wrote_is_no_formula_in_a_file(world: World, hand: clock.Hand) -> None:
    hostile = '=HYPERLINK("http://127.0.0.1/","看这里")'
    notice, client = world.reviewed(), world.cast.client(world.person(Role.OFFICE))
    with write(actor=world.office):
        notice.findings.update(text=hostile)
    issuing.issue(actor=world.leader, notice_id=notice.pk)
    column = list(ledger.HEADINGS).index("problem")
    [_, row] = rows_of_csv(file_of(client, type="csv")[0])
    assert row[column] == f"'{hostile}"
    [sheet] = load_workbook(io.BytesIO(file_of(client)[0]))
    cell = sheet.cell(row=2, column=column + 1)
    assert (cell.value, cell.data_type) == (hostile, "s")


def test_the_ledger_is_for_the_office_and_leadership(world: World) -> None:
    for role in (Role.INSPECTOR, Role.TEAM_LEADER, Role.SCHOOL_LIAISON, Role.TIP_CLERK):
        client = world.cast.client(world.cast.person(role))
        assert [client.get(path).status_code for path in (LEDGER, f"{LEDGER}/file")] == [403, 403]


def test_a_relapse_that_a_review_found_stands_in_the_remarks_until_it_is_open_again(
    world: World, hand: clock.Hand
) -> None:
    notice = world.closed(["moderate"])
    item = notice.findings.get()
    hand.move(days=1)
    findings.report_relapse(actor=world.office, finding_id=item.finding_id, reason="公示栏又停了。")
    client = world.cast.client(world.person(Role.OFFICE))
    assert items(client)[0]["remarks"] == f"{clock.today()}复查发现反弹，待重新打开"
    reviewing.reopen(actor=world.office, notice_id=notice.pk, item_ids=[item.pk], reason="反弹")
    assert items(client)[0]["remarks"] == "反弹1次"
