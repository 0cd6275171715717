"""Writing Chinese on pictures with the product's own fonts, whichever of them has the character."""

import functools
import io
import lzma
import threading
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

MISSING = "\U0010fffe"
"""A code point that no font has: what is drawn for it is drawn for everything that is missing."""

SPACE = "　"
DARK, PANEL = (0, 0, 0), 0.55
"""The panel lets a little less than half of the picture through: it is read on snow and in a cellar alike."""

TALLEST = 0.5
"""Of a picture's height that a caption may take; of one so small that it does not fit nothing is written on."""

_drawing = threading.RLock()
"""FreeType faces are not for two threads at once."""


@functools.lru_cache(maxsize=16)
def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return lzma.decompress(content) if path.suffix == ".xz" else content


class Lettering:
    """Fonts in order of preference, each loaded when it is first needed."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._fonts: dict[tuple[int, int], ImageFont.FreeTypeFont] = {}
        self._chosen: dict[str, int] = {}

    def font(self, number: int, size: int) -> ImageFont.FreeTypeFont:
        key = (number, size)
        if key not in self._fonts:
            file = io.BytesIO(_content(self._paths[number]))
            self._fonts[key] = ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
        return self._fonts[key]

    def runs(self, text: str, size: int) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """`text` cut where the font changes."""
        for number, chars in groupby(text, self._choose):
            yield self.font(number, size), "".join(chars)

    def width(self, text: str, size: int) -> float:
        """In pixels."""
        return sum(font.getlength(run) for font, run in self.runs(text, size))

    def draw(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int) -> None:
        """White with a dark edge; `at` is the left end of the base line."""
        left, base = at
        for font, run in self.runs(text, size):
            draw.text((left, base), run, "white", font, "ls", stroke_width=max(1, size // 14), stroke_fill="black")
            left += font.getlength(run)

    def _choose(self, char: str) -> int:
        """Number of the first font that has the character; of the first where none has it."""
        if char not in self._chosen:
            self._chosen[char] = next((n for n in range(len(self._paths)) if self._has(n, char)), 0)
        return self._chosen[char]

    def _has(self, number: int, char: str) -> bool:
        if char.isspace():
            return True
        font = self.font(number, 24)
        drawn, missing = font.getmask(char), font.getmask(MISSING)
        return (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


@functools.cache
def lettering(paths: tuple[Path, ...]) -> Lettering:
    """The fonts at `paths`, loaded once per process."""
    return Lettering(paths)


def caption(image: Image.Image, parts: Sequence[str], letters: Lettering) -> None:
    """Write `parts` into the lower left corner of `image` (RGB)."""
    with _drawing:
        size = max(12, round(max(image.size) / 48))
        margin = size // 2
        lines = list(_lines([_printable(part) for part in parts], image.width - 4 * margin, size, letters))
        height = round(size * 1.45) * len(lines) + margin
        if lines and height <= image.height * TALLEST:
            _write(image, lines, height, size, letters)


def _printable(text: str) -> str:
    """A name somebody typed may hold anything: line ends and signs that turn the direction of writing are left out."""
    return "".join(char for char in text if char.isprintable())


def _lines(parts: Sequence[str], room: int, size: int, letters: Lettering) -> Iterator[str]:
    """As many parts in a line as there is room for; one that needs more than a line is broken anywhere.

    Nothing where there is no room for a word.
    """
    line = ""
    for part in parts if room >= 6 * size else ():
        joined = f"{line}{SPACE}{part}" if line else part
        if letters.width(joined, size) <= room:
            line = joined
            continue
        if line:
            yield line
        *whole, line = _broken(part, room, size, letters)
        yield from whole
    if line:
        yield line


def _broken(part: str, room: int, size: int, letters: Lettering) -> list[str]:
    pieces, used = [""], 0.0
    for char in part:
        width = letters.width(char, size)
        if used + width > room:
            pieces.append("")
            used = 0.0
        pieces[-1] += char
        used += width
    return pieces


def _write(image: Image.Image, lines: Sequence[str], height: int, size: int, letters: Lettering) -> None:
    margin, step = size // 2, round(size * 1.45)
    wide = min(image.width, round(max(letters.width(line, size) for line in lines)) + 2 * margin)
    box = (0, image.height - height, wide, image.height)
    panel = image.crop(box)
    panel = Image.blend(panel, Image.new("RGB", panel.size, DARK), PANEL)
    draw = ImageDraw.Draw(panel)
    for number, line in enumerate(lines, start=1):
        letters.draw(draw, (margin, number * step - margin // 4), line, size)
    image.paste(panel, box)
