"""Which font draws which character.

Each face of GB/T 9704-2012 is a free font subset in this folder (made by ``tools/fonts/make.py``). An office
that owns 方正小标宋 or 仿宋_GB2312 puts them into a folder under the names of the roles (``小标宋.ttf``,
``仿宋.ttf``, ``楷体.ttf``, ``黑体.ttf``, ``宋体.ttf``); they then go first. A character that a face lacks comes
from 宋体, which also holds the traditional characters of Big5.
"""

import lzma
import threading
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from backend.documents.fonts.truetype import FontError, TrueType

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
    """A font known as ``name``; its file is opened on first use and then stays in memory."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path
        self._file: TrueType | None = None

    @property
    def is_open(self) -> bool:
        """Whether the file has been read."""
        return self._file is not None

    @property
    def file(self) -> TrueType:
        """The outlines, read once per process. Raises ``FontError`` when they cannot be used."""
        if self._file is None:
            with _loading:
                if self._file is None:
                    self._file = self._read()
        return self._file

    def _read(self) -> TrueType:
        content = self._path.read_bytes()
        return TrueType(lzma.decompress(content) if self._path.suffix == ".xz" else content)


class Glyph(NamedTuple):
    """What draws one character: the font, the character that is drawn, its width in em."""

    font: Font
    char: str
    width: float


@lru_cache
def _vendored(face: Face) -> Font:
    return Font(FILES[face], VENDORED / f"{FILES[face]}.ttf.xz")


class Faces:
    """The chain of fonts behind every face.

    ``replaced`` are the faces for which the office's own come first, ``problems`` Chinese sentences about those that
    cannot be used.
    """

    def __init__(self, overrides: Path | None = None) -> None:
        self.problems: tuple[str, ...] = ()
        vendored = {face: _vendored(face) for face in Face}
        own = self._overrides(overrides) if overrides else {}
        self.replaced = tuple(own)
        last = [font for font in (own.get(Face.SONG), vendored[Face.SONG]) if font]
        self._chains = {
            face.value: list(dict.fromkeys([*([own[face]] if face in own else []), vendored[face], *last]))
            for face in Face
        }
        self._found: dict[str, dict[str, Glyph | None]] = {face.value: {} for face in Face}

    def find(self, char: str, face: str) -> Glyph | None:
        """Return what draws ``char`` in ``face``; ``None`` if no font has it."""
        known = self._found[face]
        if char not in known:
            known[char] = self._search(char, face)
        return known[char]

    @property
    def fonts(self) -> list[Font]:
        """Every font that some chain holds."""
        return list(dict.fromkeys(font for chain in self._chains.values() for font in chain))

    def _search(self, char: str, face: str) -> Glyph | None:
        code, chain = ord(char), self._chains[face]
        if code < LATIN_END and chain[0].name == FILES[Face.BODY]:
            chain = chain[::-1]
        for font in chain:
            width = font.file.widths.get(code)
            if width is not None:
                return Glyph(font, char, width / 1000)
        return None

    def _overrides(self, folder: Path) -> dict[Face, Font]:
        found = {}
        for face in Face:
            path = folder / f"{face.value}.ttf"
            if path.is_file():
                font = Font(f"{FILES[face]}-{sha256(path.read_bytes()).hexdigest()[:12]}", path)
                try:
                    font.file.widths  # noqa: B018 -- read now, so that a damaged file is known before the first paper
                    found[face] = font
                except (FontError, OSError) as error:
                    self.problems += (f"字体文件“{path.name}”无法使用（{error}），已改用自带字体。",)
        return found


_own: list[Path | None] = [None]


def use(folder: Path | None) -> None:
    """Let all papers of this process that name no folder of their own take the faces in ``folder`` first."""
    _own[0] = folder


def own_faces() -> "Faces":
    """Return the faces of the folder given to ``use``, or those that come along."""
    return faces_in(_own[0])


@lru_cache(maxsize=8)
def faces_in(overrides: Path | None = None) -> Faces:
    """Return the faces for an override folder (or none), loaded once per process."""
    return Faces(overrides)
