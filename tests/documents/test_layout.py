"""Laws of the line: what may stand at its ends, that nothing overhangs, that nothing is lost."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.documents.layout import Line, Span, break_lines, justify, tokenise
from backend.documents.layout.characters import FORBIDDEN_END, FORBIDDEN_START, UNTORN, cleaned
from backend.documents.layout.justifying import MOST_STRETCH
from backend.documents.layout.tokens import Kind, Token

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


@settings(max_examples=300, deadline=None)
@given(prose(), st.floats(14, 40), st.sampled_from((0.0, 2.0)))
def test_no_line_starts_or_ends_with_a_forbidden_mark(text, width, indent):
    lines = lines_of(text, width, indent)
    assert [text_of(line) for line in lines[1:] if text_of(line)[0] in FORBIDDEN_START] == []
    assert [text_of(line) for line in lines[:-1] if text_of(line)[-1] in FORBIDDEN_END] == []


@settings(max_examples=300, deadline=None)
@given(st.text(HAN + CLOSING + OPENING + "abc 0123.%—…/😀\u3000", max_size=300), st.floats(2.0, 40))
def test_no_line_overhangs_whatever_the_text(text, width):
    over = []
    for line in lines_of(text, width):
        last = justify(line, "justify")[-1]
        if len(line.tokens) > 1 and last.x + last.token.width - line.end_blank > width + 1e-6:
            over.append(text_of(line))
    assert over == []


@settings(max_examples=200, deadline=None)
@given(st.text(HAN + CLOSING + OPENING + "ab 01%—…", max_size=300), st.floats(2.0, 40))
def test_nothing_is_lost_or_invented(text, width):
    printed = "".join(text_of(line) for line in lines_of(text, width))
    assert printed.replace(" ", "") == cleaned(text).replace(" ", "")


@settings(max_examples=200, deadline=None)
@given(prose(), st.floats(14, 40))
def test_full_lines_end_flush_at_both_sides(text, width):
    """Flush is: the last square ends at the measure, or only a closing mark's empty half stands outside."""
    ragged = []
    for line in lines_of(text, width)[:-1]:
        placed = justify(line, "justify")
        beyond = placed[-1].x + placed[-1].token.width - width
        stretchable = sum(gap.stretches for gap in line.gaps)
        may_be_ragged = line.available - line.natural > stretchable * MOST_STRETCH
        if placed[0].x != 0.0 or not (-1e-6 <= beyond <= line.end_blank + 1e-6 or may_be_ragged):
            ragged.append(text_of(line))
    assert ragged == []


@settings(max_examples=200, deadline=None)
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
