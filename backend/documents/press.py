"""The press of one paper: measures text, finds the font of every character, and keeps the warnings."""

import unicodedata
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from backend.documents.fonts import faces_in

T = TypeVar("T")
MISSING_MARK = "〓"  # the printers' mark for a character that the case does not hold


class Press:
    """State of one rendering. Not shared between papers or threads."""

    def __init__(self, overrides: Path | None = None) -> None:
        self._faces = faces_in(overrides)
        self._missing: dict[str, None] = {}
        self._made: dict[Hashable, Any] = {}
        self._warnings: dict[str, None] = dict.fromkeys(self._faces.problems)

    def font_of(self, char: str, face: str) -> tuple[str, str, float]:
        """Return (font name, character to draw, width in em); a character that no font has becomes 〓 and is noted."""
        found = self._faces.find(char, face)
        if found:
            return found[0], char, found[1]
        self._missing[char] = None
        substitute = self._faces.find(MISSING_MARK, face)
        assert substitute
        return substitute[0], MISSING_MARK, substitute[1]

    def measure(self, char: str, face: str) -> float:
        """Width of ``char`` in em."""
        return self.font_of(char, face)[2]

    def runs(self, text: str, face: str) -> Iterable[tuple[str, str, float]]:
        """Cut ``text`` into (font name, text to draw, width in em), one run per font."""
        font, run, width = "", "", 0.0
        for char in text:
            name, drawn, advance = self.font_of(char, face)
            if name != font and run:
                yield font, run, width
                run, width = "", 0.0
            font, run, width = name, run + drawn, width + advance
        if run:
            yield font, run, width

    def width(self, text: str, face: str, size: float) -> float:
        """Width of ``text`` set solid, in points."""
        return sum(self.measure(char, face) for char in text) * size

    def first_font(self, face: str) -> str:
        """ReportLab name of the first font of ``face``; the canvas starts with it instead of Helvetica."""
        return self._faces.loaded_name(face)

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
