"""Lists as workbooks: the same rows as of a CSV file, and no formula, bomb or broken archive goes through."""

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from backend.registry.rules import workbooks
from backend.registry.rules.faults import Faults
from backend.registry.rules.sheets import SCHOOLS, read_sheet

pytestmark = pytest.mark.once

HEAD = ["code", "name", "stage", "kind", "district", "area_station", "team", "students", "participants", "classes"]
ONE = ["SCH001", "澄江第一小学", "小学", "城区小学", "澄江学区", "第一片区督导站", 1, 1974, 1943.0, 44]


def book(*rows: list[Any]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    made.save(out)
    return out.getvalue()


def read(data: bytes) -> tuple[list[dict[str, object]], list[tuple[int, str, str]]]:
    faults = Faults()
    _, records = read_sheet(SCHOOLS, data, faults)
    return [record.values for record in records], [(f.row, f.column, f.reason) for f in faults.in_order]


def test_a_workbook_says_what_the_csv_file_says() -> None:
    text = "\n".join(",".join(map(str, row)) for row in ([*HEAD, "lng", "lat"], [*ONE, 108.7132, 30.9322]))
    records, faults = read(book([*HEAD, "lng", "lat"], [*ONE, 108.7132, 30.9322]))
    assert (records, faults) == read(text.encode())
    assert (len(records), faults) == (1, [])


def test_blank_lines_empty_cells_and_empty_columns_at_the_end_say_nothing() -> None:
    records, faults = read(book([*HEAD, None, ""], [None, ""], [*ONE[:7]], [], [None, None]))
    assert ([record["students"] for record in records], faults) == ([None], [])


def test_a_formula_is_refused_with_its_cell_and_a_text_like_one_is_text() -> None:
    made, out = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet.append(ONE)
    sheet["H2"] = "=1000+974"
    sheet["B2"] = "=cmd|'/c calc'!A1"
    sheet["B2"].data_type = "s"
    made.save(out)
    _, faults = read(out.getvalue())
    assert [(row, column) for row, column, _ in faults] == [(2, "第 8 列")]
    assert "公式" in faults[0][2]


def test_a_text_that_looks_like_a_formula_is_kept_from_both_kinds_of_files() -> None:
    made, out = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet.append(ONE)
    sheet["B2"] = "=SUM(A1)"
    sheet["B2"].data_type = "s"
    made.save(out)
    records, faults = read(out.getvalue())
    assert ([each["name"] for each in records], faults) == (["=SUM(A1)"], [])
    row = ["SCH001", "'=SUM(A1)", *map(str, ONE[2:])]
    records, faults = read(f"{','.join(HEAD)}\n{','.join(row)}\n".encode())
    assert ([each["name"] for each in records], faults) == (["=SUM(A1)"], [])


def hostile() -> dict[str, bytes]:
    good = book(HEAD, ONE)
    entities = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(entities, "w") as target:
        for name in source.namelist():
            bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' if name.endswith("sheet1.xml") else b""
            target.writestr(name, bomb + source.read(name))
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/worksheets/sheet1.xml", b"0" * (workbooks.MAX_INFLATED + 1))
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as target:
        target.writestr("a.txt", b"")
    return {
        "cut": good[: len(good) // 2],
        "entities": entities.getvalue(),
        "bomb": large.getvalue(),
        "no workbook": empty.getvalue(),
        "four bytes": workbooks.ARCHIVE,
    }


@pytest.mark.parametrize("name", sorted(hostile()))
def test_what_is_no_sound_workbook_is_told_in_one_sentence(name: str) -> None:
    records, faults = read(hostile()[name])
    assert (records, faults[0]) == ([], (1, "", workbooks.NOT_ONE))


def test_more_rows_than_one_import_takes_are_told() -> None:
    faults = Faults()
    found = list(workbooks.lines(book(HEAD, *[["S", "x"]] * 5), 4, faults))
    assert ([number for number, _ in found], faults.found) == ([1, 2, 3, 4], [])
