"""A 通报 is never signed on a page that has no text (GB/T 9704-2012, 7.3.5.5), and is short where there is little to say."""

import datetime as dt
from dataclasses import replace

import pytest

from backend.documents import circular
from backend.documents.circular_data import Circular
from tests.documents.reading import pdfium_pages

BARE = Circular(
    agency_name="示例县人民政府教育督导委员会办公室",
    document_number="示督通〔2026〕1号",
    title="关于2026年10月“双减”督查情况的通报",
    main_recipients=("各学校", "各校外培训机构"),
    document_date=dt.date(2026, 11, 2),
    issued_at=dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC),
    data_cut=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    content_digest="a" * 64,
    code="ABCD-EFGH",
    qr_text="https://example.cn/check/ABCDEFGH",
)
MANY = ("县委教育工作领导小组", "县政府分管领导", "“双减”工作联席会议成员单位", "各督查组", "各片区督导站")


def test_a_circular_without_any_words_takes_one_page() -> None:
    assert circular.render(replace(BARE, copy_to=MANY[:1])).pages == 1


@pytest.mark.parametrize("paragraphs", range(0, 18, 2))
def test_the_page_that_is_signed_has_text(paragraphs: int) -> None:
    said = tuple(f"第{at}项工作按计划推进，县域内各校组织自查并如实报送情况，未见异常。" for at in range(paragraphs))
    last = pdfium_pages(circular.render(replace(BARE, copy_to=MANY, overview=said)).content)[-1]
    assert "（印章）" in last
    assert ("本期无数据。" if not said else f"第{paragraphs - 1}项工作") in last.partition("（印章）")[0]
