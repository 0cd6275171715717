"""Every character of GB 2312, of 通用规范汉字表 and of Big5 is drawn by every face and found again by two readers."""

import unicodedata
from itertools import product
from pathlib import Path

import pytest

from backend.documents.canvas import Meta
from backend.documents.fonts import Face
from backend.documents.layout.characters import cleaned
from backend.documents.paper import Pouring, template
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from tests.documents.papers import ISSUED, OFFICE
from tests.documents.reading import fonts, pdfium_pages, pypdf_pages

pytestmark = pytest.mark.once

STANDARD = Path(__file__).with_name("standard_characters.txt").read_text("utf-8").replace("\n", "")


def encodable(codec: str, leads: range, trails: list[int]) -> list[str]:
    """What a double-byte code can say, from Python's own tables."""
    found = [bytes(pair).decode(codec, "ignore") for pair in product(leads, trails)]
    return [char for char in found if len(char) == 1]


GB2312 = encodable("gb2312", range(0xA1, 0xF8), list(range(0xA1, 0xFF)))
BIG5 = encodable("big5", range(0xA1, 0xFA), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])
ALL = sorted({*GB2312, *STANDARD, *BIG5})


def test_the_tables_are_whole() -> None:
    assert (len(GB2312), len(STANDARD), len(set(STANDARD)), len(BIG5)) == (7445, 8105, 8105, 13773)


@pytest.mark.parametrize("face", list(Face))
def test_every_character_is_drawn_as_itself(face: Face) -> None:
    press = Press()
    assert [char for char in ALL if press.glyph(char, face).char != char] == []
    assert press.warnings == ()


@pytest.fixture(scope="module")
def printed() -> tuple[str, bytes]:
    """All of them on some thirty pages, in the face of body text and with its fallback."""
    press, text = Press(), "".join(char for char in ALL if char not in "\u3000\xa0")
    pages = [template("page")]
    story = [ChineseParagraph(press, text[at : at + 500], Style()) for at in range(0, len(text), 500)]
    content = Pouring(press, Meta("字表", OFFICE, "字表", ISSUED), pages).pour(story).content
    assert press.warnings == ()
    return cleaned(text), content


@pytest.mark.parametrize("read", [pypdf_pages, pdfium_pages])
def test_every_character_is_found_again(read: object, printed: tuple[str, bytes]) -> None:
    text, content = printed
    found = set("".join(read(content)))  # type: ignore[operator]
    assert [f"U+{ord(char):04X} {char}" for char in text if char not in found] == []


def test_no_more_than_the_characters_used_is_embedded_and_all_of_it_is(printed: tuple[str, bytes]) -> None:
    assert set(fonts(printed[1]).values()) == {True}
    assert len(fonts(printed[1])) == 2


def test_compatibility_characters_are_printed_as_what_they_stand_for() -> None:
    assert cleaned("\ufa0c") == unicodedata.normalize("NFC", "\ufa0c") == "兀"
