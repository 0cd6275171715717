"""Importing lists: all or nothing, found again by code, a dry run writes nothing."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import County
from backend.core.actor import Actor
from backend.core.errors import Forbidden
from backend.journal.models import AuditLine, FeedRow
from backend.registry.models import AreaStation, SchoolDistrict, Target, Team, Track
from backend.registry.rules.sheets import INSTITUTIONS, SCHOOLS
from backend.registry.services import organisation, teams
from backend.registry.services.imports import Report, import_targets
from tests.fixtures.people import Cast, Client

FULL = "code,name,stage,kind,district,area_station,team,students,participants,classes,lng,lat"
ONE = "SCH001,澄江第一小学,小学,城区小学,澄江学区,第一片区督导站,1,1974,1943,44,108.7132,30.9322"
TWO = "SCH002,澄江初级中学,初中,初级中学,澄江学区,第一片区督导站,T01,900,880,20,108.6951,30.9281"
LIST = f"{FULL}\n{ONE}\n{TWO}\n".encode()
INSTITUTION = (
    "code,name,class,subject,status,district,team,unconsumed_prepaid_yuan,minimum_balance_yuan,escrow_balance_yuan\n"
    "INS215,梧桐托管点(演示),无证点,学科托管,已关停,澄江学区,,0,0,0\n"
    "INS015,栗坪音乐中心(演示),非学科类,艺术,正常,澄江学区,1,277000,110800,195033\n"
).encode()
PATH = "/api/v1/registry/imports?kind=schools"


@pytest.fixture(autouse=True)
def places_of_the_list(office_actor: Actor) -> None:
    organisation.create(SchoolDistrict, actor=office_actor, code="D01", name="澄江学区")
    organisation.create(AreaStation, actor=office_actor, code="ST1", name="第一片区督导站")
    teams.create_team(actor=office_actor, code="T01", track=Track.DEPARTMENT, name="第一督查组")


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.rows, report.created, report.updated, report.unchanged


def test_a_list_becomes_targets_with_cards_and_audit_lines(office_actor: Actor) -> None:
    report = import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST)
    assert (counts(report), report.errors) == ((2, 2, 0, 0), [])
    row = Target.objects.select_related("district", "station", "team").get(code="SCH002")
    assert (row.name, row.stage, row.category, row.students, row.participants, row.classes) == (
        "澄江初级中学",
        "junior",
        "初级中学",
        900,
        880,
        20,
    )
    assert (str(row.district), str(row.station), row.team) == ("澄江学区", "第一片区督导站", Team.objects.get())
    assert (row.longitude, row.latitude) == (108.6951, 30.9281)
    assert FeedRow.objects.filter(kind="target", scope__name=f"county:{office_actor.county_id}").count() == 2
    assert AuditLine.objects.filter(verb="target.created").count() == 2


def test_importing_the_same_list_again_changes_nothing(office_actor: Actor) -> None:
    import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST)
    before = list(Target.objects.order_by("code").values())
    report = import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST.decode().encode("gbk"))
    assert counts(report) == (2, 0, 0, 2)
    assert list(Target.objects.order_by("code").values()) == before
    assert set(FeedRow.objects.filter(kind="target").values_list("rev", flat=True)) == {1}


def test_a_changed_row_updates_its_target_and_missing_columns_leave_fields_alone(office_actor: Actor) -> None:
    import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST)
    shorter = "code,name,stage,district,students\nSCH001,澄江中心小学,小学,澄江学区,2000\n".encode()
    assert counts(import_targets(actor=office_actor, sheet=SCHOOLS, data=shorter)) == (1, 0, 1, 0)
    row = Target.objects.get(code="SCH001")
    assert (row.name, row.students, row.classes, row.team) == ("澄江中心小学", 2000, 44, Team.objects.get())
    assert AuditLine.objects.get(verb="target.changed").detail == {"fields": ["name", "students"], "source": "import"}


def test_an_empty_cell_empties_the_field(office_actor: Actor) -> None:
    import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST)
    emptied = LIST.replace(b"108.7132,30.9322", b",")
    assert counts(import_targets(actor=office_actor, sheet=SCHOOLS, data=emptied)) == (2, 0, 1, 1)
    assert Target.objects.get(code="SCH001").location is None


def test_one_bad_row_keeps_all_out(office_actor: Actor) -> None:
    bad = LIST + "SCH003,某校,小学,镇中心小学,没有的学区,第一片区督导站,99,1,1,1,,\n".encode()
    report = import_targets(actor=office_actor, sheet=SCHOOLS, data=bad)
    assert counts(report) == (3, 0, 0, 0)
    assert [(f.row, f.column, f.reason) for f in report.errors] == [
        (4, "district", "没有名为“没有的学区”的学区，请先登记。"),
        (4, "team", "没有名为“99”的督查组，请先登记。"),
    ]
    assert Target.objects.count() == 0
    assert FeedRow.objects.filter(kind="target").count() == 0


def test_a_dry_run_tells_the_same_and_writes_nothing(office_actor: Actor) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST, dry_run=True)
    assert counts(report) == (2, 2, 0, 0)
    assert [query["sql"] for query in queries if not query["sql"].lstrip().startswith("SELECT")] == []
    assert Target.objects.count() == 0
    assert import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST) == report


def test_institutions_are_imported_and_closed_ones_are_not_visited(office_actor: Actor) -> None:
    report = import_targets(actor=office_actor, sheet=INSTITUTIONS, data=INSTITUTION)
    assert (counts(report), report.errors) == ((2, 2, 0, 0), [])
    rows = Target.objects.order_by("code").values_list("code", "institution_class", "is_active", "escrow_balance")
    assert list(rows) == [("INS015", "non_subject", True, 195033), ("INS215", "unlicensed", False, 0)]


def test_a_code_of_another_kind_of_target_is_told(office_actor: Actor) -> None:
    import_targets(actor=office_actor, sheet=INSTITUTIONS, data=INSTITUTION)
    report = import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST.replace(b"SCH002", b"INS015"))
    assert [(f.row, f.column, f.reason) for f in report.errors] == [(3, "code", "此编码已被其他类型的检查对象使用。")]


def test_places_of_another_county_are_not_found(cast: Cast, other_county: County) -> None:
    neighbour = cast.actor(cast.person("office", county=other_county))
    report = import_targets(actor=neighbour, sheet=SCHOOLS, data=LIST)
    assert {fault.column for fault in report.errors} == {"district", "area_station", "team"}


def test_the_same_codes_in_two_counties_are_two_targets(office_actor: Actor, cast: Cast, other_county: County) -> None:
    neighbour = cast.actor(cast.person("office", county=other_county))
    organisation.create(SchoolDistrict, actor=neighbour, code="D01", name="澄江学区")
    short = "code,name,stage,district\nSCH001,邻水小学,小学,澄江学区\n".encode()
    import_targets(actor=office_actor, sheet=SCHOOLS, data=LIST)
    assert counts(import_targets(actor=neighbour, sheet=SCHOOLS, data=short)) == (1, 1, 0, 0)
    assert Target.objects.get(code="SCH001", county_id=office_actor.county_id).name == "澄江第一小学"


def test_only_the_office_imports(cast: Cast, inspector: Any) -> None:
    with pytest.raises(Forbidden):
        import_targets(actor=cast.actor(inspector), sheet=SCHOOLS, data=LIST)


def test_queries_grow_neither_with_new_nor_with_changed_rows(office_actor: Actor) -> None:
    def cost(first: int, rows: int, name: str = "校") -> int:
        lines = "".join(f"S{first + n},{name},小学,澄江学区\n" for n in range(rows))
        with CaptureQueriesContext(connection) as queries:
            report = import_targets(
                actor=office_actor, sheet=SCHOOLS, data=f"code,name,stage,district\n{lines}".encode()
            )
        assert report.created + report.updated == rows
        return len(queries)

    cost(0, 1)
    assert cost(10, 1) == cost(20, 3)
    assert cost(10, 1, "新校") == cost(20, 3, "新校")


def test_the_office_uploads_a_body_or_a_form(office_client: Client) -> None:
    answer = office_client.post(PATH, LIST, content_type="text/csv; charset=utf-8")
    assert (answer.status_code, answer.json()) == (
        200,
        {"rows": 2, "created": 2, "updated": 0, "unchanged": 0, "errors": []},
    )
    form = {"file": SimpleUploadedFile("学校.csv", LIST, content_type="application/vnd.ms-excel")}
    again = office_client.post(f"{PATH}&dry_run=true", form, format="multipart")
    assert (again.status_code, again.json()["unchanged"]) == (200, 2)


def test_a_refused_import_says_why_and_a_dry_run_answers_the_same_errors(office_client: Client) -> None:
    bad = LIST.replace("小学,城区".encode(), "幼儿园,城区".encode())
    refused = office_client.post(PATH, bad, content_type="text/csv")
    checked = office_client.post(f"{PATH}&dry_run=true", bad, content_type="text/csv")
    assert (refused.status_code, refused.json()["code"], checked.status_code) == (422, "import_refused", 200)
    assert refused.json()["errors"] == checked.json()["errors"]
    assert (checked.json()["errors"][0]["row"], checked.json()["errors"][0]["column"]) == (2, "stage")
    assert Target.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "body", "kind", "status", "code"),
    [
        ("?kind=teachers", LIST, "text/csv", 400, "invalid"),
        ("", LIST, "text/csv", 400, "invalid"),
        ("?kind=schools", b"", "text/csv", 400, "no_file"),
        ("?kind=schools", b"{}", "application/json", 415, "unsupported_media_type"),
        ("?kind=schools", b"x" * (4 * 1024 * 1024 + 1), "text/csv", 413, "body_too_large"),
        ("?kind=schools", b"--x\r\n", "multipart/form-data; boundary=x", 400, "no_file"),
        ("?kind=schools", b"--x\r\n", "multipart/form-data", 400, "malformed_json"),
    ],
)
def test_requests_that_hold_no_list(
    office_client: Client, query: str, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = office_client.post(f"/api/v1/registry/imports{query}", body, content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nobody_else_reaches_the_import(inspector_client: Client, school_client: Client, anonymous: Client) -> None:
    clients = (inspector_client, school_client, anonymous)
    assert [client.post(PATH, LIST, content_type="text/csv").status_code for client in clients] == [403, 403, 401]


def test_the_command_imports_a_file(tmp_path: Path, county: County) -> None:
    file, out = tmp_path / "schools.csv", io.StringIO()
    file.write_bytes(LIST)
    call_command("import_targets", str(file), kind="schools", dry_run=True, stdout=out)
    assert Target.objects.count() == 0
    call_command("import_targets", str(file), kind="schools", county=county.code, stdout=out)
    assert out.getvalue().splitlines() == [
        "检查通过：共 2 行，将新增 2，将更新 0，未变 0。",
        "已导入：共 2 行，新增 2，更新 0，未变 0。",
    ]


def test_the_command_tells_each_bad_row(tmp_path: Path, county: County) -> None:
    file, err = tmp_path / "schools.csv", io.StringIO()
    file.write_bytes(LIST.replace(b"1974", b"-1"))
    with pytest.raises(CommandError, match="未导入任何内容"):
        call_command("import_targets", str(file), kind="schools", stderr=err)
    assert "第 2 行 students：不能是负数。" in err.getvalue()


def test_the_command_wants_a_county_when_there_are_several(tmp_path: Path, other_county: County) -> None:
    file = tmp_path / "schools.csv"
    file.write_bytes(LIST)
    with pytest.raises(CommandError, match="--county"):
        call_command("import_targets", str(file), kind="schools")
    with pytest.raises(CommandError, match="没有代码为“nowhere”的县"):
        call_command("import_targets", str(file), kind="schools", county="nowhere")
