"""Which font draws which character.

Each face of GB/T 9704-2012 is a free font subset in this folder (made by ``tools/fonts/make.py``). An office
that owns 方正小标宋 or 仿宋_GB2312 puts them into a folder under the names of the roles (``小标宋.ttf``,
``仿宋.ttf``, ``楷体.ttf``, ``黑体.ttf``, ``宋体.ttf``); they then go first. A character that a face lacks comes
from 宋体, which also holds the traditional characters of Big5.
"""

import io
import lzma
import threading
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

LATIN_END = 0x250
"""FandolFang's letters and figures are heavy and without serifs; those of 宋体 suit its strokes, as in print."""
VENDORED = Path(__file__).resolve().parent
_loading = threading.RLock()


class Face(StrEnum):
    """A role of the standard; the value is the file name of an override."""

    BODY = "仿宋"
    KAI = "楷体"
    TITLE = "小标宋"
    HEI = "黑体"
    SONG = "宋体"


FILES = {
    Face.BODY: "FandolFang-Regular",
    Face.KAI: "FandolKai-Regular",
    Face.TITLE: "NotoSerifSC-900",
    Face.HEI: "NotoSansSC-500",
    Face.SONG: "NotoSerifSC-400",
}


class Font:
    """A font registered with ReportLab under ``name``; loads from ``path`` on first use."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._widths: dict[int, float] | None = None

    @property
    def widths(self) -> dict[int, float]:
        """Width by code point, in thousandths of an em; exactly the characters that the font has."""
        with _loading:
            if self._widths is None:
                self._widths = self._load()
            return self._widths

    def _load(self) -> dict[int, float]:
        content = self._path.read_bytes()
        if self._path.suffix == ".xz":
            content = lzma.decompress(content)
        font = TTFont(self.name, io.BytesIO(content), shapable=False)
        pdfmetrics.registerFont(font)
        return {code: font.face.charWidths[code] for code in font.face.charToGlyph}


class Faces:
    """The chain of fonts behind every face. ``problems`` are Chinese sentences about overrides that cannot be used."""

    def __init__(self, overrides: Path | None = None) -> None:
        self.problems: tuple[str, ...] = ()
        vendored = {face: Font(name, VENDORED / f"{name}.ttf.xz") for face, name in FILES.items()}
        own = self._overrides(overrides) if overrides else {}
        last = [font for font in (own.get(Face.SONG), vendored[Face.SONG]) if font]
        self._chains = {
            face.value: list(dict.fromkeys([*([own[face]] if face in own else []), vendored[face], *last]))
            for face in Face
        }
        self._found: dict[tuple[str, str], tuple[str, float] | None] = {}

    def find(self, char: str, face: str) -> tuple[str, float] | None:
        """Return the ReportLab name of the font that draws ``char`` and its width in em; ``None`` if no font has it."""
        key = (char, face)
        if key not in self._found:
            self._found[key] = self._search(ord(char), face)
        return self._found[key]

    def loaded_name(self, face: str) -> str:
        """Return the ReportLab name of the first font of ``face``, loaded."""
        font = self._chains[face][0]
        assert font.widths
        return font.name

    def _search(self, code: int, face: str) -> tuple[str, float] | None:
        chain = self._chains[face]
        if code < LATIN_END and chain[0].name == FILES[Face.BODY]:
            chain = chain[::-1]
        for font in chain:
            width = font.widths.get(code)
            if width is not None:
                return font.name, width / 1000
        return None

    def _overrides(self, folder: Path) -> dict[Face, Font]:
        found = {}
        for face in Face:
            path = folder / f"{face.value}.ttf"
            if path.is_file():
                font = Font(f"{FILES[face]}-{sha256(path.read_bytes()).hexdigest()[:12]}", path)
                try:
                    assert font.widths
                    found[face] = font
                except (TTFError, ValueError, KeyError, IndexError, AssertionError) as error:
                    self.problems += (f"字体文件“{path.name}”无法使用（{error}），已改用自带字体。",)
        return found


@lru_cache(maxsize=8)
def faces_in(overrides: Path | None = None) -> Faces:
    """Return the faces for an override folder (or none), loaded once per process."""
    return Faces(overrides)
