"""The press of one paper: measures text, finds the font of every character, and keeps the warnings."""

import unicodedata
from collections.abc import Callable, Hashable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from backend.documents.fonts import Font, Glyph, faces_in, own_faces
from backend.documents.layout import Span, Token, tokenise
from backend.documents.layout.characters import cleaned

T = TypeVar("T")
MISSING_MARK = "〓"  # the printers' mark for a character that the case does not hold


class Run(NamedTuple):
    """Neighbouring characters of one font: the text to draw and its width in em."""

    font: Font
    text: str
    width: float


class Press:
    """State of one rendering. Not shared between papers or threads."""

    def __init__(self, overrides: Path | None = None) -> None:
        self._faces = faces_in(overrides) if overrides else own_faces()
        self._missing: dict[str, None] = {}
        self._runs: dict[tuple[str, str], tuple[Run, ...]] = {}
        self._tokens: dict[tuple[str, str], Token] = {}
        self._made: dict[Hashable, Any] = {}
        self._warnings: dict[str, None] = dict.fromkeys(self._faces.problems)

    def glyph(self, char: str, face: str) -> Glyph:
        """Return what draws ``char``; a character that no font has becomes 〓 and is noted."""
        found = self._faces.find(char, face)
        if found:
            return found
        self._missing[char] = None
        substitute = self._faces.find(MISSING_MARK, face)
        assert substitute
        return substitute

    def measure(self, char: str, face: str) -> float:
        """Width of ``char`` in em."""
        return self.glyph(char, face).width

    def runs(self, text: str, face: str) -> tuple[Run, ...]:
        """Cut ``text`` into runs, one per font."""
        known = self._runs.get((face, text))
        if known is None:
            glyphs = [self.glyph(char, face) for char in text]
            parts = [(font, list(run)) for font, run in groupby(glyphs, key=lambda glyph: glyph.font)]
            known = tuple(
                Run(font, "".join(glyph.char for glyph in run), sum(glyph.width for glyph in run))
                for font, run in parts
            )
            self._runs[face, text] = known
        return known

    def tokens(self, spans: Sequence[Span]) -> list[Token]:
        """Cut ``spans`` into tokens; one token object stands for all its repetitions in the paper."""
        return tokenise(spans, self.measure, self._tokens)

    def width(self, text: str, face: str, size: float) -> float:
        """Width of ``text`` set solid, in points."""
        return sum(self.measure(char, face) for char in cleaned(text)) * size

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` gave for ``key`` the first time; a paper may be poured several times."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def warn(self, sentence: str) -> None:
        """Keep a Chinese sentence for the person who issues the paper."""
        self._warnings[sentence] = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings, each once, in the order met."""
        missing = (f"字符“{char}”（{_code(char)}）没有可用字形，已印作“{MISSING_MARK}”。" for char in self._missing)
        return (*self._warnings, *missing)


def _code(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
