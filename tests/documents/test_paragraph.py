"""A paragraph over many pages: indented once, and inside the type area on every page."""

from itertools import pairwise

import pypdfium2
import pytest

from backend.documents.bulletin_data import Section
from backend.documents.composer import Composer
from backend.documents.grid import LEFT, SIZE_3, TYPE_WIDTH
from backend.documents.paper import Pouring, numbered, template
from backend.documents.press import Press
from tests.documents.test_fitting import META

pytestmark = pytest.mark.once

CHARACTERS = 5000
"""The longest paragraph that a section may have."""


def rows(content: bytes) -> list[list[tuple[float, float]]]:
    """Per page, the left and right edge of the ink of every line of 督, from the top."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [_rows(document[at].get_textpage()) for at in range(len(document))]
    finally:
        document.close()


def _rows(page: pypdfium2.PdfTextPage) -> list[tuple[float, float]]:
    boxes = [page.get_charbox(at) for at in range(page.count_chars()) if page.get_text_range(at, 1) == "督"]
    lines: dict[int, list[tuple[float, float]]] = {}
    for left, bottom, right, _ in boxes:
        lines.setdefault(round(bottom), []).append((left, right))
    return [(min(left for left, _ in line), max(right for _, right in line)) for line in lines.values()]


def test_a_paragraph_over_many_pages_is_indented_once_and_overhangs_nowhere():
    composer = Composer(Press(None))
    composer.section(Section(("督" * CHARACTERS,)))
    poured = Pouring(composer.press, META, [template("page", numbered(composer.press))]).pour(composer.story.flowables)
    pages = rows(poured.content)
    assert len(pages) > 3
    lines = [line for page in pages for line in page]
    assert lines[0][0] - lines[1][0] == pytest.approx(2 * SIZE_3, abs=0.1)
    assert [abs(below[0] - above[0]) < 0.1 for above, below in pairwise(lines[1:])] == [True] * (len(lines) - 2)
    assert max(right for _, right in lines) <= LEFT + TYPE_WIDTH
