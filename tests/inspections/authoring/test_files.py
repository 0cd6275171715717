"""Templates to files and back: the same content hash, and every fault with its place."""

import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook

from backend.inspections.catalogue import CatalogueError, content_hash, from_document, load_catalogue
from backend.inspections.catalogue.reading import Reading
from backend.inspections.catalogue.sheet_form import read_xlsx, write_xlsx
from backend.inspections.catalogue.yaml_form import read_yaml, write_yaml
from backend.inspections.rules.checklist import Template
from tests.inspections.authoring.checklists import checklist, templates

FORMS = [(write_yaml, read_yaml), (write_xlsx, read_xlsx)]
both_forms = pytest.mark.parametrize(("write", "read"), FORMS, ids=["yaml", "xlsx"])


def back(reading: Reading) -> Template:
    assert reading.document is not None, [each.as_json() for each in reading.faults]
    return from_document(reading.document)


@both_forms
@settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck))
@given(template=templates())
def test_export_and_import_give_the_same_content(write: Any, read: Any, template: Template) -> None:
    assert back(read(write(template))) == template
    assert content_hash(back(read(write(template)))) == content_hash(template)


@both_forms
def test_every_field_of_a_checklist_survives_the_way_through_a_file(write: Any, read: Any) -> None:
    assert back(read(write(checklist()))) == checklist()


@both_forms
def test_a_shipped_checklist_survives_it_and_gives_the_same_bytes_again(write: Any, read: Any) -> None:
    template = load_catalogue()[12]
    assert back(read(write(template))) == template
    assert write(template) == write(template)


def opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_text_that_begins_like_a_formula_is_a_text_in_its_cell() -> None:
    book = opened(write_xlsx(checklist()))
    cell = book["清单"]["B3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=专项（试）", "s", True)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def faults_of(reading: Reading) -> list[tuple[str, str]]:
    return [(each.place, each.fault.code) for each in reading.faults]


def test_a_formula_in_a_spreadsheet_is_refused_with_its_cell() -> None:
    book = opened(write_xlsx(checklist()))
    book["条目"]["C4"] = '=HYPERLINK("http://x")'
    reading = read_xlsx(saved(book))
    assert (reading.document, faults_of(reading)) == (None, [("条目!C4", "formula")])


def test_cells_that_cannot_be_read_are_all_named() -> None:
    book = opened(write_xlsx(checklist()))
    sheet = book["条目"]
    headings = {cell.value: cell.column_letter for cell in sheet[1]}
    sheet[f"{headings['级别']}2"] = "很重"
    sheet[f"{headings['合格规则']}3"] = "小于｜5"
    sheet[f"{headings['可不填']}4"] = "也许"
    sheet[f"{headings['年级']}5"] = "三年级"
    sheet["AF1"] = "权重"
    reading = read_xlsx(saved(book))
    assert faults_of(reading) == [
        ("条目!AF1", "unknown_heading"),
        (f"条目!{headings['级别']}2", "unreadable"),
        (f"条目!{headings['合格规则']}3", "unreadable"),
        (f"条目!{headings['可不填']}4", "unreadable"),
        (f"条目!{headings['年级']}5", "unreadable"),
    ]
    assert reading.faults[1].fault.message_zh == "“很重”不在可选范围内：一般、较重、严重、一票否决。"


def test_what_a_person_types_into_a_spreadsheet_is_understood() -> None:
    """Numbers for texts, times as times, codes for words."""
    import datetime as dt

    book = opened(write_xlsx(checklist()))
    sheet = book["条目"]
    headings = {cell.value: cell.column_letter for cell in sheet[1]}
    sheet[f"{headings['最早']}7"] = dt.time(7, 0)
    sheet[f"{headings['类型']}2"] = "yes_no"
    sheet[f"{headings['可不填']}7"] = True
    sheet[f"{headings['适用对象']}2"] = "小学，初中、nine_year"
    assert back(read_xlsx(saved(book))) == checklist()


def content_faults(reading: Reading) -> list[tuple[str, str, str]]:
    assert reading.document is not None
    with pytest.raises(CatalogueError) as refused:
        from_document(reading.document)
    return [(one.place, one.fault.field, one.fault.code) for one in reading.located(refused.value.faults)]


def test_faults_of_the_content_have_their_line_in_yaml_and_their_cell_in_a_spreadsheet() -> None:
    text = write_yaml(checklist()).decode().replace("value: 60", "value: 600").replace("第2项怎么样？", "''")
    lines = text.splitlines()
    found = content_faults(read_yaml(text.encode()))
    assert [(field, code) for _, field, code in found] == [("text", "out_of_range")]
    assert lines[int(re.sub(r"\D", "", found[0][0])) - 1].strip().startswith("text:")
    text = text.replace("text: ''", "text: 二")
    (place, field, code), *others = content_faults(read_yaml(text.encode()))
    assert (field, code, others) == ("variants", "out_of_range", [])
    assert lines[int(re.sub(r"\D", "", place)) - 1].strip() == "variants:"
    book = opened(write_xlsx(checklist()))
    book["条目"]["A2"] = "QQ-01"
    found = content_faults(read_xlsx(saved(book)))
    assert found[0] == ("条目!A2", "code", "foreign_code")


YAML_REFUSED = {
    "anchor": (b"a: &x 1\n", "bad_yaml", "第1行"),
    "alias": (b"a: 1\nb: *a\n", "bad_yaml", "第2行"),
    "tag": (b"a: !!python/object/apply:os.system [ls]\n", "bad_yaml", "第1行"),
    "repeated": (b"a: 1\na: 2\n", "field_repeats", "第2行"),
    "no mapping": (b"- 1\n", "bad_yaml", ""),
    "two documents": (b"a: 1\n---\nb: 1\n", "bad_yaml", "第2行"),
    "deep": (b"a: " + b"[" * 5000, "bad_yaml", ""),
    "deep and closed": (b"a: " + b"[" * 60 + b"]" * 60, "bad_yaml", "第1行"),
    "not utf-8": (b"\xff\xfea", "bad_yaml", ""),
    "control": (b"a: \x07", "bad_yaml", ""),
    "large": (b"#" * (1024 * 1024 + 1), "file_too_large", ""),
    "empty": (b"", "bad_yaml", ""),
}


@pytest.mark.parametrize("name", YAML_REFUSED)
def test_yaml_that_no_template_needs_is_refused(name: str) -> None:
    data, code, place = YAML_REFUSED[name]
    reading = read_yaml(data)
    assert reading.document is None
    assert (reading.faults[0].fault.code, reading.faults[0].place) == (code, place or reading.faults[0].place)


def test_words_of_yaml_are_what_they_look_like() -> None:
    reading = read_yaml(b"a: yes\nb: 08:20\nc: 2021-07-24\nd: 012\ne: true\nf: 1.5\ng: ~\nh:\ni: 1e3\nj: '5'\n")
    assert reading.document == {
        "a": "yes",
        "b": "08:20",
        "c": "2021-07-24",
        "d": 12,
        "e": True,
        "f": 1.5,
        "g": None,
        "h": None,
        "i": 1000.0,
        "j": "5",
    }


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return out.getvalue()


def tampered(pattern: bytes, replacement: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(write_xlsx(checklist()))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, re.sub(pattern, replacement, source.read(name)))
    return out.getvalue()


XLSX_REFUSED = {
    "no archive": (b"PK\x03\x04garbage", "bad_xlsx"),
    "another archive": (archive(**{"a.txt": b"x"}), "bad_xlsx"),
    "bomb": (archive(**{"xl/workbook.xml": b" " * (17 * 1024 * 1024)}), "file_too_large"),
    "entities": (tampered(rb"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "bad_xlsx"),
    "cut": (write_xlsx(checklist())[:4000], "bad_xlsx"),
    "no sheets": (saved(Workbook()), "sheet_missing"),
}


@pytest.mark.parametrize("name", XLSX_REFUSED)
def test_spreadsheets_that_are_none_or_hostile_are_refused(name: str) -> None:
    data, code = XLSX_REFUSED[name]
    reading = read_xlsx(data)
    assert (reading.document, reading.faults[0].fault.code) == (None, code)


def test_a_cell_at_the_end_of_the_world_costs_nothing() -> None:
    book = opened(write_xlsx(checklist()))
    book["条目"]["XFD1048576"] = "远"
    assert back(read_xlsx(saved(book))) == checklist()
