"""Numbers and dates as official papers write them."""

from datetime import date, datetime

import pytest

from backend.documents.charts.chart import plain, ticks
from backend.documents.wording import chinese_date, moment, numeral, period, sentence
from tests.documents.papers import CHINA

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("number", "text"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")])
def test_numerals_of_headings(number, text):
    assert numeral(number) == text


def test_dates_have_no_leading_zeros():
    assert chinese_date(date(2026, 3, 7)) == "2026年3月7日"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2026, 3, 1), date(2026, 3, 15), "2026年3月1日至15日"),
        (date(2026, 2, 16), date(2026, 3, 1), "2026年2月16日至3月1日"),
        (date(2025, 12, 16), date(2026, 1, 1), "2025年12月16日至2026年1月1日"),
    ],
)
def test_periods_repeat_only_what_differs(start, end, text):
    assert period(start, end) == text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 3, 16, tzinfo=CHINA), "2026年3月15日24时"),
        (datetime(2026, 3, 16, 8, tzinfo=CHINA), "2026年3月16日8时"),
        (datetime(2026, 3, 16, 8, 5, tzinfo=CHINA), "2026年3月16日8时5分"),
    ],
)
def test_midnight_is_24_oclock_of_the_day_that_ended(instant, text):
    assert moment(instant) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("已改", "已改。"),
        ("已改。", "已改。"),
        ("", ""),
        ("已改！", "已改！"),
        ("“自愿”", "“自愿”。"),
        ("“好。”", "“好。”"),
    ],
)
def test_sentences_end_with_one_stop(text, whole):
    assert sentence(text) == whole


@pytest.mark.parametrize(
    ("highest", "marks"),
    [(0, [0, 1]), (4, [0, 1, 2, 3, 4]), (31, [0, 10, 20, 30, 40]), (100, [0, 20, 40, 60, 80, 100])],
)
def test_axes_have_round_marks(highest, marks):
    assert ticks(highest) == marks


def test_whole_numbers_lose_their_point():
    assert [plain(value) for value in (58.0, 52.5, 0)] == ["58", "52.5", "0"]
