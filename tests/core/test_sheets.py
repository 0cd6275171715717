"""Tables as files: what spreadsheets open, without formulas, row by row."""

import csv
import datetime as dt
import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from backend.core import sheets

pytestmark = pytest.mark.once

HEADINGS = ["序号", "问题", "日期"]
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://a","b")']
MIDNIGHT = dt.datetime.combine(dt.date(2026, 11, 3), dt.time())
"""What a reader makes of a date."""

ROWS: list[list[sheets.Cell]] = [[1, "作业未公示 <&>\n第二行", dt.date(2026, 11, 3)], [2, None, None]]


def opened(pieces: Iterator[bytes]) -> list[list[object]]:
    book = load_workbook(io.BytesIO(b"".join(pieces)))
    return [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]


def test_a_workbook_says_what_was_put_in() -> None:
    found = opened(sheets.xlsx_pieces("台账", HEADINGS, ROWS, widths=[6, 40, 12]))
    assert found == [HEADINGS, [1, "作业未公示 <&>\n第二行", MIDNIGHT], [2, None, None]]


def test_a_workbook_without_rows_has_its_headings() -> None:
    assert opened(sheets.xlsx_pieces("台账", HEADINGS, [])) == [HEADINGS]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_workbook_is_a_formula(text: str) -> None:
    book = load_workbook(io.BytesIO(b"".join(sheets.xlsx_pieces("台账", ["问题"], [[text]]))))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    file = b"".join(sheets.csv_pieces(["问题"], [[text]])).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(file)))[1] == [f"'{text}"]


def test_a_csv_says_what_was_put_in() -> None:
    file = b"".join(sheets.csv_pieces(HEADINGS, ROWS))
    assert file.startswith(b"\xef\xbb\xbf")
    told = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert told == [HEADINGS, ["1", "作业未公示 <&>\n第二行", "2026-11-03"], ["2", "", ""]]


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert opened(sheets.xlsx_pieces("台账", ["问题"], [["甲\x00\x0b\ud800乙\ufffe"]])) == [["问题"], ["甲乙"]]


def test_a_long_table_goes_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "SHEET_ROWS", 3)
    book = load_workbook(io.BytesIO(b"".join(sheets.xlsx_pieces("台账", ["号"], ([at] for at in range(5))))))
    assert [[cell.value for [cell] in sheet.iter_rows()] for sheet in book] == [["号", 0, 1], ["号", 2, 3], ["号", 4]]
    assert book.sheetnames == ["台账", "台账2", "台账3"]


@pytest.mark.parametrize("make", [sheets.csv_pieces, lambda head, rows: sheets.xlsx_pieces("台账", head, rows)])
def test_rows_are_asked_for_as_pieces_are_taken(make: object) -> None:
    asked = 0

    def rows() -> Iterator[list[sheets.Cell]]:
        nonlocal asked
        for at in range(20_000):
            asked = at
            yield [at, f"第{at * 7919 % 10007}项", None]

    pieces = make(HEADINGS, rows())  # type: ignore[operator]
    next(pieces)
    assert asked < 19_000
    assert max(map(len, pieces)) < 8 * sheets.PIECE
