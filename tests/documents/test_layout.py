"""Laws of the line: what may stand at its ends, that nothing overhangs, that nothing is lost."""

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.documents.canvas import Meta, open_canvas
from backend.documents.fonts import Face
from backend.documents.grid import SIZE_3
from backend.documents.layout import Line, Span, break_lines, justify, tokenise
from backend.documents.layout.characters import FORBIDDEN_END, FORBIDDEN_START, UNTORN, cleaned
from backend.documents.layout.justifying import MOST_STRETCH
from backend.documents.layout.tokens import Kind, Token
from backend.documents.press import Press
from backend.documents.sheet import Sheet

pytestmark = pytest.mark.once

HAN = "县督查组到校检查作业公示课后服务整改时限反馈学区中心小学教师学生减负喆堃勠龑臺灣"
CLOSING = "，。、；：？！）》”’】"
OPENING = "（《“‘【"
WORDS = ("93.5%", "2026-03-17", "Double", "A4", "1,024", "12:30", "5+2", "GB/T", "°C")


def measure(char: str, _face: str) -> float:
    """Half an em for ASCII, an em for the rest: the shape of the vendored faces."""
    return 0.5 if ord(char) < 0x2000 else 1.0


def lines_of(text: str, width: float, indent: float = 0.0) -> list[Line]:
    return break_lines(tokenise([Span(text, "仿宋")], measure), width - indent, width, measure)


def text_of(line: Line) -> str:
    return "".join(token.text for token in line.tokens)


@st.composite
def prose(draw: st.DrawFn) -> str:
    """Text with every kind of mark, but without the runs of marks that no sentence has."""
    phrase = st.builds(
        lambda opening, head, word, tail, closing: opening + head + word + tail + closing,
        st.text(OPENING, max_size=2),
        st.text(HAN, min_size=1, max_size=9),
        st.sampled_from(("", *WORDS, "——", "……")),
        st.text(HAN, min_size=1, max_size=4),
        st.text(CLOSING, max_size=2),
    )
    return "".join(draw(st.lists(phrase, min_size=1, max_size=30)))


WIDTHS = [10 + at * 0.5 for at in range(60)]
"""Sixty measures from 10 to 39.5 em: narrow cells to more than a line of the standard."""


def faults(text: str, width: float, indent: float) -> list[str]:
    """Everything that is wrong with the lines of ``text`` at a measure of ``width`` em."""
    lines = lines_of(text, width, indent)
    found = [f"start {text_of(line)}" for line in lines[1:] if text_of(line)[0] in FORBIDDEN_START]
    found += [f"end {text_of(line)}" for line in lines[:-1] if text_of(line)[-1] in FORBIDDEN_END]
    for number, line in enumerate(lines):
        last = justify(line, "justify")[-1]
        beyond = last.x + last.token.width - (width if number else width - indent)
        found += [f"overhang {text_of(line)}"] if beyond > line.end_blank + EXACT else []
        full = number < len(lines) - 1 and not may_be_ragged(line)
        found += [f"short {text_of(line)}"] if full and beyond < -EXACT else []
    return found


EXACT = 0.01 / 15.75
"""A hundredth of a point at the size of body text, in em."""


def may_be_ragged(line: Line) -> bool:
    """A line that would need gaps of more than half a square is left as it is."""
    return line.available - line.natural > sum(gap.stretches for gap in line.gaps) * MOST_STRETCH


@settings(max_examples=25, deadline=None)
@given(prose(), st.sampled_from((0.0, 2.0)))
def test_at_sixty_widths_no_line_begins_or_ends_wrong_none_overhangs_and_all_are_exact(text, indent):
    assert [(width, fault) for width in WIDTHS for fault in faults(text, width, indent)] == []


@settings(max_examples=20, deadline=None)
@given(prose())
def test_lines_on_paper_are_exact_to_a_hundredth_of_a_point(text):
    press = Press()
    sheet = open_canvas(io.BytesIO(), Meta("", "", "", datetime(2026, 3, 17, tzinfo=UTC)))
    for line in break_lines(press.tokens([Span(text, Face.BODY)]), 28.0, 28.0, press.measure)[:-1]:
        end = written_end(sheet.letter(press, justify(line, "justify"), 0.0, 0.0, SIZE_3), press, sheet)
        if not may_be_ragged(line):
            assert -0.01 <= end - 28.0 * SIZE_3 <= line.end_blank * SIZE_3 + 0.01


def written_end(code: str, press: Press, sheet: Sheet) -> float:
    """Where the last square of a line ends in points, by the numbers that stand in the page alone."""
    end, widths = 0.0, {}
    for embedded in sheet._embedded.values():
        widths[embedded.key] = {number: embedded.font.widths[ord(char)] for char, number in embedded.codes.items()}
    for key, size, x, shown in re.findall(r"/(F\d+) ([\d.]+) Tf 1 0 0 1 ([-\d.]+) [-\d.]+ Tm \[(.*?)\]TJ", code):
        end = float(x)
        for number, move in re.findall(r"([0-9A-F]{4})|>([-\d.]+)<", shown):
            end += (widths[key][number] if number else -float(move)) / 1000 * float(size)
    return end


@settings(max_examples=150, deadline=None)
@given(st.text(HAN + CLOSING + OPENING + "abc 0123.%—…/😀\u3000", max_size=300), st.floats(2.0, 40))
def test_no_line_overhangs_whatever_the_text(text, width):
    over = []
    for line in lines_of(text, width):
        last = justify(line, "justify")[-1]
        if len(line.tokens) > 1 and last.x + last.token.width - line.end_blank > width + 1e-6:
            over.append(text_of(line))
    assert over == []


@settings(max_examples=100, deadline=None)
@given(st.text(HAN + CLOSING + OPENING + "ab 01%—…", max_size=300), st.floats(2.0, 40))
def test_nothing_is_lost_or_invented(text, width):
    printed = "".join(text_of(line) for line in lines_of(text, width))
    assert printed.replace(" ", "") == cleaned(text).replace(" ", "")


@settings(max_examples=100, deadline=None)
@given(prose(), st.floats(14, 40))
def test_numbers_words_and_dashes_are_never_torn(text, width):
    def whole(tokens: Iterable[Token]) -> list[str]:
        return [token.text for token in tokens if token.kind is Kind.WORD or token.text in UNTORN]

    tokens = tokenise([Span(text, "仿宋")], measure)
    assert whole(token for line in lines_of(text, width) for token in line.tokens) == whole(tokens)


def test_a_line_of_the_standard_holds_28_characters():
    assert [len(line.tokens) for line in lines_of("检" * 60, 442.2 / 15.75)] == [28, 28, 4]


def test_the_first_line_is_indented_by_two_characters():
    assert [len(line.tokens) for line in lines_of("检" * 54, 28.0, indent=2.0)] == [26, 28]


def test_neighbouring_marks_share_an_empty_half():
    assert lines_of("《甲》（乙）。", 28.0)[0].natural == pytest.approx(7 - 0.5 - 0.5)


def test_chinese_and_latin_stand_an_eighth_apart():
    assert lines_of("第5期", 28.0)[0].natural == pytest.approx(2.5 + 2 * 0.125)


def test_a_closing_mark_with_its_empty_half_outside_stays_on_the_line():
    assert [text_of(line) for line in lines_of("检" * 13 + "查。" + "办" * 3, 14.5)] == ["检" * 13 + "查。", "办" * 3]


def test_marks_are_squeezed_rather_than_a_line_left_wide():
    text = "检查，整改，复查，销号，通报"
    assert [text_of(line) for line in lines_of(text + "办结", 13.9)] == [text, "办结"]


def test_a_word_wider_than_the_line_is_cut_rather_than_let_overhang():
    assert [len(line.tokens) for line in lines_of("f" * 64, 20.0)] == [40, 24]


def test_an_empty_text_has_no_lines():
    assert lines_of("  \n ", 20.0) == []


def test_control_characters_and_variation_selectors_vanish():
    assert cleaned("督\u200b导\x07\ufe0f\t办") == "督导 办"
