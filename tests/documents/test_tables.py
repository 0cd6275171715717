"""Tables: headers on every page, wrapped cells, rows taller than a page."""

from dataclasses import replace

import pytest

from backend.documents.bulletin import render
from backend.documents.bulletin_data import Annex
from backend.documents.grid import TYPE_WIDTH
from backend.documents.press import Press
from backend.documents.table_cells import Cells
from backend.documents.table_data import Column, TableData
from backend.documents.tables import CELL, cell_text, column_widths
from tests.documents import papers
from tests.documents.reading import pypdf_pages

pytestmark = pytest.mark.once

LONG_NAME = "云川县" + "城乡义务教育一体化改革试点片区" * 5 + "中心"


def annexed(table: TableData) -> bytes:
    return render(replace(papers.empty_bulletin(), annexes=(Annex("学校名单", (table,)),))).content


def test_the_header_row_is_on_every_page_of_a_long_table():
    rows = tuple((at, f"第{at}所学校", "作业公示不及时") for at in range(1, 201))
    table = TableData("学校名单", (Column("序号"), Column("学校名称", 3), Column("检查情况", 4)), rows)
    with_rows = [page for page in pypdf_pages(annexed(table)) if "所学校" in page]
    assert len(with_rows) > 5
    assert [page.count("序号学校名称检查情况") for page in with_rows] == [1] * len(with_rows)
    assert [f"第{at}所学校" in "".join(with_rows) for at in range(1, 201)] == [True] * 200


def test_a_row_taller_than_a_page_is_cut_and_loses_nothing():
    text = "".join(f"第{at}条意见已经记录在案。" for at in range(400))
    table = TableData("长行", (Column("单位"), Column("情况", 2)), (("某小学", text), ("某中学", "无")))
    pages = pypdf_pages(annexed(table))
    printed = "".join(page.replace("单位情况", "").replace(f"—{at}—", "") for at, page in enumerate(pages, start=1))
    assert [f"第{at}条" in printed for at in range(400)] == [True] * 400


def test_school_names_of_80_characters_wrap_inside_their_cells():
    assert len(LONG_NAME) == 80
    table = TableData("名单", (Column("序号", 0.5), Column("学校", 1)), ((1, LONG_NAME),))
    assert LONG_NAME in "".join(pypdf_pages(annexed(table)))


def test_a_table_without_rows_says_so():
    assert "本期无数据" in pypdf_pages(annexed(TableData("名单", (Column("学校"), Column("情况")))))[-1]


def test_rows_must_have_one_cell_per_column():
    with pytest.raises(ValueError, match="one cell per column"):
        TableData("名单", (Column("学校"),), (("甲", "乙"),))


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), ("", "—"), (0, "0"), (93.25, "93.2"), (93.0, "93.0"), ("已改", "已改")]
)
def test_cells_print(value, text):
    assert cell_text(value) == text


@pytest.mark.parametrize("weights", [(1, 1, 1), (1, 8, 1), (0.01, 5, 5)])
def test_columns_fill_the_type_area_and_hold_their_longest_number(weights):
    made = Cells(Press())
    cells = [made.of(text, CELL) for text in ("1234567890", "督查组", "2026.3.17")]
    columns = [Column("列", weight) for weight in weights]
    widths = column_widths(columns, [cells, cells], TYPE_WIDTH)
    assert sum(widths) == pytest.approx(TYPE_WIDTH)
    assert [width >= cell.minimum_width() for width, cell in zip(widths, cells, strict=True)] == [True] * 3


@pytest.mark.parametrize("count", range(30, 50, 2))
def test_a_long_table_never_leaves_one_or_two_rows_alone_nor_repeats_its_header_on_a_page(count):
    rows = tuple((at, f"第{at}所学校") for at in range(1, count + 1))
    pages = pypdf_pages(annexed(TableData("学校名单", (Column("序号"), Column("学校名称", 3)), rows)))
    with_rows = [page for page in pages if "所学校" in page]
    assert [page.count("序号学校名称") for page in with_rows] == [1] * len(with_rows)
    assert min(page.count("所学校") for page in with_rows) >= 3
    assert "主编" in with_rows[-1]
