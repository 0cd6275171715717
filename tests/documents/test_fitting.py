"""How closely a paper is set: tried without drawing."""

from dataclasses import replace
from functools import partial

import pytest

from backend.documents import bulletin
from backend.documents.canvas import Meta
from backend.documents.composer import Composer
from backend.documents.fitting import Setting, fitted, sections, wanting
from backend.documents.paper import Pouring, numbered, template
from backend.documents.press import Press
from backend.documents.table_data import Column, TableData
from tests.documents import papers

pytestmark = pytest.mark.once

LINE = "督" * 20
META = Meta("题", "人", "题", papers.ISSUED)


def story(press: Press, setting: Setting, *, lines: int, rows: int = 0):
    composer = Composer(press, setting)
    composer.paragraphs([LINE] * lines)
    if rows:
        composer.annex("表")
        composer.table(TableData("表", (Column("甲"),), tuple((str(at),) for at in range(rows))))
    return composer.story.flowables


def poured(press: Press, flowables):
    return Pouring(press, META, [template("page", numbered(press))]).pour(flowables)


@pytest.mark.parametrize("data", [papers.full_bulletin(), papers.empty_bulletin(), papers.fullest_bulletin()])
def test_the_trial_finds_the_pages_that_pouring_makes(data):
    press = Press(None)
    whole = fitted(partial(bulletin._story, press, data, contents=True))
    tried = sections(whole)
    assert sum(map(len, tried)) == poured(press, whole).pages
    assert all(0 < page <= 1.001 for pages in tried for page in pages)


@pytest.mark.parametrize(
    ("lines", "pages"),
    [(22, [1.0]), (33, [1.0, 0.5]), (25, [1.0, 3 / 22]), (44, [1.0, 1.0])],
)
def test_the_share_of_a_page_is_that_of_its_lines(lines, pages):
    assert sections(story(Press(None), Setting(), lines=lines)) == [[pytest.approx(page) for page in pages]]


@pytest.mark.parametrize(
    ("lines", "chosen"),
    [(22, 22), (40, 22), (23, 23), (68, 23), (59, 22), (57, 21), (55, 20), (28, 20)],
)
def test_lines_are_set_closer_only_where_a_page_would_be_half_empty(lines, chosen):
    press = Press(None)
    whole = fitted(partial(story, press, lines=lines))
    full, rest = divmod(lines, chosen)
    assert sections(whole) == [pytest.approx([1.0] * full + ([rest / chosen] if rest else []))]


def test_what_no_setting_fills_is_set_as_usual():
    whole = fitted(partial(story, Press(None), lines=3))
    assert sections(whole) == [[pytest.approx(3 / 22)]]


def test_the_table_of_an_annex_is_set_so_that_its_last_page_is_not_left_nearly_empty():
    press = Press(None)
    usual = sections(story(press, Setting(), lines=3, rows=26))
    whole = fitted(partial(story, press, lines=3, rows=26))
    assert wanting(usual[1]) > 0
    assert [wanting(pages) for pages in sections(whole)] == [0, 0]


def test_no_page_of_a_full_issue_is_half_empty_but_the_last_of_a_section():
    data = replace(papers.fullest_bulletin(), teams=papers.full_bulletin().teams * 2)
    whole = fitted(partial(bulletin._story, Press(None), data, contents=True))
    assert [page for pages in sections(whole) for page in pages[:-1] if page < 0.5] == []
