"""The registry at a desk: units, teams, places, and lists in and out with a report by row."""

import csv
import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from backend.accounts.roles import Role
from backend.registry.models import AreaStation, Department, SchoolDistrict, Target, Team, TeamInCharge
from backend.registry.selectors.teams import leader_of
from backend.registry.services import organisation
from tests.desk.clicking import Seat, refusal
from tests.fixtures.rectification import World

HEAD = "code,name,stage,district,team,students"
HOSTILE = "=cmd|'/c calc'!A1<script>1</script>"


@pytest.fixture(autouse=True)
def monday(hand: Any) -> Any:
    return hand


@pytest.fixture
def office(world: World) -> Seat:
    return Seat(world.person(Role.OFFICE))


@pytest.fixture
def district(world: World) -> SchoolDistrict:
    return organisation.create(SchoolDistrict, actor=world.office, code="D9", name="澄江东学区")


def upload(data: str | bytes, name: str = "名单.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data if isinstance(data, bytes) else data.encode())


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_dry_run_tells_what_would_happen_and_an_import_does_it(office: Seat, district: SchoolDistrict) -> None:
    text = f"{HEAD}\nSCH901,甲小学,小学,澄江东学区,,300\nSCH902,{HOSTILE},初中,澄江东学区,,200\n"
    page = office.done("import", "desk_import", kind="schools", mode="dry", file=upload(text))
    assert ("试运行通过，尚未写入" in page, Target.objects.count()) == (True, 0)
    page = office.done("import", "desk_import", kind="schools", mode="real", file=upload(text))
    assert ("导入完成。共 2 行：新登记 2" in page, Target.objects.count()) == (True, 2)
    assert Target.objects.get(code="SCH902").name == HOSTILE
    listed = office.opens("desk_units", q="SCH902")
    assert ("<script>1" in listed, "&lt;script&gt;1" in listed) == (False, True)


def test_a_workbook_is_imported_like_a_csv_file_and_its_formulas_are_refused(
    office: Seat, district: SchoolDistrict
) -> None:
    book, out = Workbook(), io.BytesIO()
    for row in (HEAD.split(","), ["SCH903", "乙小学", "小学", "澄江东学区", None, 120]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    page = office.done("import", "desk_import", kind="schools", mode="real", file=upload(out.getvalue(), "a.xlsx"))
    assert ("新登记 1" in page, Target.objects.get().students) == (True, 120)
    book.active["F2"] = "=60*2"  # type: ignore[index]
    out = io.BytesIO()
    book.save(out)
    page = office.done("import", "desk_import", kind="schools", mode="real", file=upload(out.getvalue(), "a.xlsx"))
    assert ("单元格是公式" in page, "第 6 列" in page, Target.objects.get().students) == (True, True, 120)


def test_every_fault_is_told_with_row_and_column_and_can_be_taken_home(office: Seat, district: SchoolDistrict) -> None:
    rows = [f"SCH{n},<b>校{n}</b>,大学,没有的学区,99,-1" for n in range(90)]
    page = office.done("import", "desk_import", kind="schools", mode="real", file=upload("\n".join([HEAD, *rows])))
    assert ("没有写入任何内容" in page, Target.objects.count(), "<b>校" in page) == (True, 0, False)
    assert ("另有" in page, len(page.encode()) < 120 * 1024) == (False, True)
    told = list(csv.reader(io.StringIO(read(office.client.get(reverse("desk_import_faults"))).decode("utf-8-sig"))))
    assert (told[0], told[1][:2], len(told) > 180) == (["行", "列", "原因"], ["2", "stage"], True)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "缺少此列"),
        (b"\xff\xfe\x00\x01", "UTF-16"),
        (b"PK\x03\x04 no archive", "不是有效的 XLSX"),
        (b"\x00" * 100, "缺少此列"),
        (("code,name\n" + "x" * 200_000).encode(), "缺少此列"),
    ],
)
def test_what_is_no_list_is_told_in_chinese(office: Seat, data: bytes, said: str) -> None:
    name = '../<img src=x onerror="1">' + "长" * 300 + ".csv"
    page = office.done("import", "desk_import", kind="schools", mode="dry", file=upload(data, name))
    assert (said in page, "onerror" in page) == (True, False)


def test_a_file_that_is_too_large_or_missing_is_refused(office: Seat) -> None:
    large = office.does("import", "desk_import", kind="schools", mode="dry", file=upload(b"a" * (4 * 1024 * 1024 + 1)))
    missing = office.does("import", "desk_import", kind="schools", mode="dry")
    assert (refusal(large)[0], refusal(missing)[0]) == (413, 400)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_given_out_comes_back_without_a_change(world: World, office: Seat, kind: str) -> None:
    school = world.target
    office.done("change", "desk_unit_edit", school.pk, **fields_of(school) | {"name": "＝1+1小学", "students": "12"})
    answer = office.client.get(reverse("desk_registry_file", args=["schools", kind]))
    data = read(answer)
    assert answer["Content-Disposition"] == f'attachment; filename="schools-20261116.{kind}"'
    assert (b"'\xef\xbc\x9d1+1" in data) == (kind == "csv")
    page = office.done("import", "desk_import", kind="schools", mode="real", file=upload(data, f"a.{kind}"))
    assert "新登记 0，修改 0，无变化 1" in page
    assert office.status("desk_registry_file", "teachers", kind) == 404


def fields_of(target: Target) -> dict[str, str]:
    """What the form of a unit shows, as a browser sends it."""
    names = ("name", "stage", "institution_class", "category", "address", "directions", "phone", "datum", "students")
    found = {name: getattr(target, name) for name in names} | {"district_id": target.district_id}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def test_a_unit_is_registered_changed_closed_and_opened_again(office: Seat, district: SchoolDistrict) -> None:
    new = {
        "code": "INS9",
        "name": "<b>琴行</b>",
        "kind": "institution",
        "institution_class": "non_subject",
        "stage": "",
    }
    page = office.done("create", "desk_units", **new, district_id=str(district.pk), team_id="")
    target = Target.objects.get()
    assert ("&lt;b&gt;琴行" in page, target.district) == (True, district)
    refused = office.does("change", "desk_unit_edit", target.pk, **fields_of(target) | {"longitude": "108"})
    assert refusal(refused) == (400, "经度和纬度须同时填写。")
    office.done("change", "desk_unit_edit", target.pk, **fields_of(target) | {"phone": "023-1"})
    assert "已停办" in office.done("close", "desk_unit", target.pk, status="已停办")
    assert target.pk in {row.pk for row in Target.objects.filter(is_active=False, phone="023-1")}
    assert "INS9" not in office.opens("desk_units", active="yes")
    office.done("reopen", "desk_unit", target.pk, status="")
    assert "INS9" in office.opens("desk_units", active="yes", kind="institution", district=str(district.pk))
    taken = refusal(office.does("create", "desk_units", **new, district_id="", team_id=""))
    assert taken == (409, "编码“INS9”已被使用。")


def test_a_unit_shows_its_people_terms_findings_and_visits(world: World, office: Seat, hand: Any) -> None:
    notice = world.acknowledged(("serious",))
    page = office.opens("desk_unit", notice.target_id)
    for said in (world.liaison.username, notice.target.team.name, notice.number, "入校次数"):  # type: ignore[union-attr]
        assert said in page
    assert reverse("desk_visit", args=[notice.visit_id]) in page


def test_another_team_takes_over_from_a_day_on(world: World, office: Seat) -> None:
    school, other = world.target, world.places.team(county=world.county)
    late = refusal(
        office.does("assign", "desk_unit", school.pk, team_id=str(other.pk), starts_on="2020-01-01", reason="试")
    )
    assert late[0] == 400
    office.done("assign", "desk_unit", school.pk, team_id=str(other.pk), starts_on="", reason="<i>轮换</i>")
    school.refresh_from_db()
    assert (school.team, "&lt;i&gt;轮换" in office.opens("desk_unit", school.pk)) == (other, True)
    term = TeamInCharge.objects.get(target=school, team=other)
    ends = {"ends_on": "2026-12-01", "reason": "撤组"}
    office.done("end_term", "desk_unit", school.pk, row=term.pk, **ends)
    term.refresh_from_db()
    assert term.ends_on == dt.date(2026, 12, 1)


def test_contacts_come_and_go_by_account(world: World, office: Seat, cast: Any) -> None:
    school, new = world.target, cast.person(Role.SCHOOL_LIAISON, county=world.county)
    nobody = refusal(office.does("add_contact", "desk_unit", school.pk, username="niemand<b>", post=""))
    assert nobody == (404, "没有账号“niemand<b>”。")
    office.done("add_contact", "desk_unit", school.pk, username=new.username, post="副校长")
    row = school.contacts.get(user=new)
    unsure = office.does("end_contact", "desk_unit", school.pk, row=row.pk)
    assert refusal(unsure)[0] == 400
    office.done("end_contact", "desk_unit", school.pk, row=row.pk, sure="on")
    row.refresh_from_db()
    assert row.ends_at is not None


def test_a_team_is_made_filled_led_and_closed(world: World, office: Seat, cast: Any) -> None:
    department = organisation.create(Department, actor=world.office, code="K1", name="基教科")
    new = {"code": "T77", "name": "第七十七组", "track": "department", "station_id": ""}
    office.done("create", "desk_registry_teams", **new, department_id=str(department.pk))
    team = Team.objects.get(code="T77")
    people = [cast.person(Role.INSPECTOR, county=world.county) for _ in range(2)]
    for user in people:
        office.done("add_member", "desk_registry_team", team.pk, username=user.username, card_number="K<1>")
    office.done("lead", "desk_registry_team", team.pk, row=people[1].pk)
    assert leader_of(team) == people[1]
    assert "K&lt;1&gt;" in office.opens("desk_registry_team", team.pk)
    twice = office.does("add_member", "desk_registry_team", team.pk, username=people[0].username, card_number="")
    assert refusal(twice)[0] == 409
    member = team.memberships.filter(user=people[0]).latest("pk")
    office.done("leave", "desk_registry_team", team.pk, row=member.pk, sure="on")
    assert people[0].username not in office.opens("desk_registry_team", team.pk)
    changed = {"name": "新名称", "department_id": ""}
    assert "新名称" in office.done("change", "desk_registry_team", team.pk, **changed)
    office.done("close", "desk_registry_team", team.pk, sure="on")
    assert office.offers("desk_registry_team", team.pk) == set()
    assert "T77" not in office.opens("desk_registry_teams", open="yes", track="department")


@pytest.mark.parametrize(
    ("kind", "model"), [("districts", SchoolDistrict), ("stations", AreaStation), ("departments", Department)]
)
def test_places_are_made_renamed_and_closed(world: World, office: Seat, kind: str, model: Any) -> None:
    office.done("create", "desk_places", kind, code="P1", name="某处", station_id="")
    place = model.objects.get(code="P1")
    office.done("change", "desk_place", kind, place.pk, name="<b>新处</b>", station_id="")
    assert "&lt;b&gt;新处" in office.opens("desk_places", kind, q="新处")
    office.done("close", "desk_place", kind, place.pk, sure="on")
    assert "新处" not in office.opens("desk_places", kind, open="yes")
    assert office.status("desk_place", kind, uuid.uuid4()) == 404
    assert office.status("desk_places", "unsinn") == 404


def test_leadership_reads_and_changes_nothing_and_others_read_nothing(world: World) -> None:
    school = world.target
    leader = Seat(world.person(Role.LEADERSHIP))
    assert (leader.offers("desk_unit", school.pk), leader.offers("desk_units")) == (set(), set())
    assert (leader.status("desk_import"), leader.status("desk_unit_edit", school.pk)) == (403, 403)
    pages: list[tuple[Any, ...]] = [("desk_units",), ("desk_unit", school.pk), ("desk_registry_teams",)]
    for user in (world.liaison, world.person(Role.INSPECTOR), world.person(Role.TEAM_LEADER)):
        assert [Seat(user).status(*page) for page in [*pages, ("desk_import",)]] == [403] * 4


def test_another_county_has_another_registry(world: World, office: Seat, cast: Any, other_county: Any) -> None:
    school = world.target
    foreign = Seat(cast.person(Role.OFFICE, county=other_county))
    found = [
        foreign.status("desk_unit", school.pk),
        foreign.status("desk_unit_edit", school.pk),
        foreign.status("desk_registry_team", school.team_id),
        foreign.status("desk_place", "districts", school.district_id),
    ]
    assert found == [404] * 4
    file = read(foreign.client.get(reverse("desk_registry_file", args=["schools", "csv"]))).decode()
    assert (school.code in file, school.name in foreign.opens("desk_units")) == (False, False)


def test_pages_of_the_registry_cost_a_bounded_number_of_queries(world: World, office: Seat) -> None:
    notice = world.acknowledged(("minor", "serious"))
    school = notice.target
    pages = (
        ("desk_units",),
        ("desk_unit", school.pk),
        ("desk_unit_edit", school.pk),
        ("desk_import",),
        ("desk_registry_teams",),
        ("desk_registry_team", school.team_id),
        ("desk_places", "districts"),
    )
    for name, *args in pages:
        with CaptureQueriesContext(connection) as queries:
            text = office.opens(str(name), *args)
        assert (name, len(queries) <= 15, len(text.encode()) <= 120 * 1024) == (name, True, True)


def test_columns_of_a_list_are_named_in_chinese_too(office: Seat) -> None:
    page = office.opens("desk_import")
    meant = ("编码 <code>code</code>", "学区 <code>district</code>", "最低余额（元） <code>minimum_balance_yuan</code>")
    assert [each in page for each in meant] == [True] * len(meant)
