"""What stands side by side, and what is moved to an annex so that the chapters stay short."""

import re
from dataclasses import replace

import pytest

from backend.documents.bulletin import render
from backend.documents.bulletin_chapters import LONGEST_LATE, MOST_LATE
from backend.documents.fonts import Face
from backend.documents.paragraph import Style
from backend.documents.press import Press
from backend.documents.table_cells import CellText
from tests.documents import papers
from tests.documents.reading import outline, pypdf_pages

pytestmark = pytest.mark.once

CELL = Style(Face.SONG, 9.0, 12.5)
BODY_PAGES = 10
"""The most that a county's bulletin takes without its annexes (six to ten pages)."""


def chapter(pages: list[str], title: str) -> str:
    """The page on which a caption stands; 目录 does not name captions."""
    [found] = [page for page in pages if title in page]
    return found


def late(many: int):
    full = papers.full_bulletin()
    return replace(full, late_items=tuple(replace(full.late_items[0], unit=f"第{at}小学") for at in range(many)))


def test_the_text_of_the_fullest_issue_takes_ten_pages_at_the_most():
    pages = pypdf_pages(render(papers.fullest_bulletin()).content)
    assert next(at for at, page in enumerate(pages) if at and "附件1“双减”工作进展" in page) <= BODY_PAGES


def test_bars_of_districts_stand_beside_the_rows_that_name_them():
    data = papers.full_bulletin()
    pages = pypdf_pages(render(data).content)
    page = chapter(pages, "各学区整改台账（个）（图4右侧条形）")
    assert [len(re.findall(rf"{row.name}\d", page)) for row in data.districts] == [1] * len(data.districts)


def test_districts_that_are_too_many_for_one_page_are_listed_and_drawn_one_after_the_other():
    full = papers.full_bulletin()
    data = replace(full, districts=tuple(replace(full.districts[0], name=f"第{at}学区") for at in range(60)))
    printed = "".join(pypdf_pages(render(data).content))
    assert re.findall(r"图\d各学区问题整改情况（个）(?:（续）)?", printed) == [
        "图4各学区问题整改情况（个）", "图5各学区问题整改情况（个）（续）", "图6各学区问题整改情况（个）（续）",
    ]  # fmt: skip


def test_categories_stand_beside_the_homework_of_grades_and_both_have_a_title():
    page = chapter(pypdf_pages(render(papers.full_bulletin()).content), "图2发现问题分类统计（个）")
    assert "图3各年级平均每日书面作业时间" in page


def test_a_few_late_findings_are_listed_in_their_chapter_and_nowhere_else():
    printed = "".join(pypdf_pages(render(late(MOST_LATE)).content))
    assert [printed.count(f"第{at}小学") for at in range(MOST_LATE)] == [1] * MOST_LATE


def test_of_many_late_findings_the_chapter_has_the_longest_and_the_annex_all():
    rendered = render(late(40))
    printed = "".join(pypdf_pages(rendered.content))
    assert [printed.count(f"第{at}小学") for at in range(40)] == [2] * LONGEST_LATE + [1] * (40 - LONGEST_LATE)
    number = re.search(r"共40个，全部列在附件(\d)", printed)
    assert number is not None
    assert f"附件{number[1]}　整改台账（摘录）" in outline(rendered.content)


def test_a_line_feed_in_a_cell_begins_a_new_line():
    lines = CellText(Press(None), "第一小学\n云督整〔2026〕3号", CELL).laid(200.0).lines
    assert ["".join(token.text for token in line.tokens) for line in lines] == ["第一小学", "云督整〔2026〕3号"]
