"""Checklists at the desk: files become drafts, faults are told by their place, drafts are put into force."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backend.accounts.roles import Role
from backend.inspections.models import ChecklistTemplate
from tests.desk.clicking import Seat, refusal
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork


@pytest.fixture
def office(cast: Cast, fieldwork: Fieldwork) -> Seat:
    fieldwork.county()
    return Seat(cast.person(Role.OFFICE))


@pytest.fixture
def general(office: Seat) -> ChecklistTemplate:
    return ChecklistTemplate.objects.get(code="TY")


def exported(office: Seat, row: ChecklistTemplate, form: str = "yaml") -> bytes:
    answer = office.client.get(reverse("desk_checklist_file", args=[row.pk, form]))
    assert answer["Content-Disposition"] == f'attachment; filename="TY-v{row.version}.{form}"'
    return bytes(answer.content)


def sent(data: bytes, name: str = "TY.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_out_changed_in_compared_and_put_into_force(office: Seat, general: ChecklistTemplate) -> None:
    item = general.parsed.items[0]
    changed = exported(office, general).decode().replace(item.text, "已出示督查证件？", 1).encode()
    text = office.done("upload", "desk_checklists", file=sent(changed))
    draft = ChecklistTemplate.objects.get(code="TY", status="draft")
    assert ("新建草稿" in text, "1 处不同" in text, "已出示督查证件？" in text) == (True, True, True)
    office.done("publish", "desk_checklist", draft.pk)
    general.refresh_from_db()
    draft.refresh_from_db()
    assert (draft.status, general.status) == ("published", "retired")


def test_a_spreadsheet_does_as_well_and_changes_nothing_when_it_is_equal(
    office: Seat, general: ChecklistTemplate
) -> None:
    text = office.done("upload", "desk_checklists", file=sent(exported(office, general, "xlsx"), "TY.xlsx"))
    assert ("没有变化" in text, ChecklistTemplate.objects.filter(code="TY").count()) == (True, 1)


def test_faults_are_told_line_by_line_and_nothing_is_stored(office: Seat, general: ChecklistTemplate) -> None:
    broken = exported(office, general).decode().replace("type: yes_no\n", "type: maybe\n", 2).encode()
    status, said = refusal(office.does("upload", "desk_checklists", file=sent(broken)))
    lines = said.splitlines()
    assert (status, lines[0], len(lines)) == (422, "文件有2处错误，未导入任何内容：", 3)
    assert [line.startswith("第") for line in lines[1:]] == [True, True]
    assert ChecklistTemplate.objects.filter(code="TY").count() == 1


def test_a_file_is_only_checked_on_request(office: Seat, general: ChecklistTemplate) -> None:
    item = general.parsed.items[0]
    changed = exported(office, general).decode().replace(item.text, "换个说法？", 1).encode()
    text = office.done("upload", "desk_checklists", file=sent(changed), dry_run="on")
    assert ("文件无误，可以新建草稿" in text, ChecklistTemplate.objects.filter(code="TY").count()) == (True, 1)


def test_hostile_files_are_refused_in_words(office: Seat) -> None:
    hostile = (b"\x00\xff\xfe", b"PK\x03\x04 broken", b"a: &a [*a]", b"!!python/object:os.system {}", b"[" * 5000)
    assert [refusal(office.does("upload", "desk_checklists", file=sent(data)))[0] for data in hostile] == [422] * 5
    assert refusal(office.does("upload", "desk_checklists", file=sent(b"x" * (1024 * 1024 + 1))))[0] == 413


def test_a_new_version_is_drafted_and_thrown_away(office: Seat, general: ChecklistTemplate) -> None:
    office.done("draft", "desk_checklist", general.pk)
    draft = ChecklistTemplate.objects.get(code="TY", version=2)
    assert "内容相同" in office.opens("desk_checklist", draft.pk)
    assert "草稿已丢弃" in office.done("discard", "desk_checklist", draft.pk)
    assert office.offers("desk_checklist", general.pk) == {"draft"}  # every visit fills it in: it is never retired


def test_the_preview_is_that_of_the_kind_of_target(office: Seat) -> None:
    row = ChecklistTemplate.objects.get(code="ZY")
    text = office.opens("desk_checklist", row.pk, type="junior")
    assert ("预览（初中）" in text, "不超过" in text) == (True, True)
    assert "预览（" in office.opens("desk_checklist", row.pk, type="nonsense")


def test_a_checklist_is_retired_by_the_office_only(office: Seat, cast: Cast) -> None:
    row = ChecklistTemplate.objects.get(code="ZY")
    lead = Seat(cast.person(Role.LEADERSHIP))
    assert (lead.offers("desk_checklist", row.pk), lead.offers("desk_checklists")) == (set(), set())
    assert lead.client.get(reverse("desk_checklist_file", args=[row.pk, "yaml"])).status_code == 403
    assert "已停用" in office.done("retire", "desk_checklist", row.pk)
    foreign = Seat(cast.person(Role.OFFICE, county=cast.county("B")))
    assert foreign.status("desk_checklist", row.pk) == 404
    assert Seat(cast.person(Role.TEAM_LEADER)).status("desk_checklists") == 403
