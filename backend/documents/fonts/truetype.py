"""Read a TrueType file: which characters it has, how wide they are, what their outlines are (ISO/IEC 14496-22).

ReportLab's own reader builds tables of every glyph by name and takes fifteen times the memory; a paper needs a few.
"""

import struct
from array import array
from functools import cached_property
from typing import NamedTuple

COMPONENT_WORDS, COMPONENT_SCALE, COMPONENT_MORE, COMPONENT_TWO_SCALES, COMPONENT_MATRIX = 1, 8, 32, 64, 128
MARKS = (0x20, 0x4E00, 0x7763)  # some character that any usable face has: the space, 一, 督
REQUIRED = ("head", "hhea", "hmtx", "maxp", "loca", "glyf", "cmap", "name")


class FontError(ValueError):
    """The file is no TrueType font with ``glyf`` outlines, or is damaged."""


class Metrics(NamedTuple):
    """What a PDF font descriptor says, in thousandths of an em."""

    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]
    italic_angle: float


class TrueType:
    """One face. ``glyphs`` maps code points to glyph numbers, ``widths`` code points to thousandths of an em.

    Raises ``FontError`` when the content is not a TrueType font with ``glyf`` outlines.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        try:
            self._tables = _directory(content)
            self._read()
        except (struct.error, IndexError, KeyError, UnicodeDecodeError, ValueError) as error:
            raise FontError(str(error) or type(error).__name__) from error

    def table(self, tag: str) -> bytes:
        """Return the bytes of a table; empty when the font has none of that name."""
        start, length = self._tables.get(tag, (0, 0))
        return self.content[start : start + length]

    def outline(self, glyph: int) -> bytes:
        """Return the ``glyf`` entry of a glyph."""
        return self.content[self._glyf + self._places[glyph] : self._glyf + self._places[glyph + 1]]

    def components(self, outline: bytes) -> list[tuple[int, int]]:
        """Return (offset of the number, glyph number) for every part of a composite outline."""
        if len(outline) < 10 or outline[0] < 0x80:
            return []
        found, at, flags = [], 10, COMPONENT_MORE
        while flags & COMPONENT_MORE:
            flags, glyph = struct.unpack_from(">HH", outline, at)
            found.append((at + 2, glyph))
            at += 8 if flags & COMPONENT_WORDS else 6
            at += 2 * bool(flags & COMPONENT_SCALE) + 4 * bool(flags & COMPONENT_TWO_SCALES)
            at += 8 * bool(flags & COMPONENT_MATRIX)
        return found

    def advance(self, glyph: int) -> tuple[int, int]:
        """Return advance width and left bearing of a glyph, in font units."""
        if glyph < self._long_metrics:
            return self._metrics[2 * glyph], _signed(self._metrics[2 * glyph + 1])
        bearing = self._metrics[2 * self._long_metrics + glyph - self._long_metrics]
        return self._metrics[2 * self._long_metrics - 2], _signed(bearing)

    @cached_property
    def widths(self) -> dict[int, float]:
        """Width by code point in thousandths of an em; exactly the characters that the font has."""
        unit, last = 1000 / self.units, self._long_metrics - 1
        return {code: self._metrics[2 * min(glyph, last)] * unit for code, glyph in self.glyphs.items()}

    def _read(self) -> None:
        missing = [tag for tag in REQUIRED if tag not in self._tables]
        if missing:
            raise ValueError(f"no table {missing[0]}")
        head, hhea = self.table("head"), self.table("hhea")
        self.units = int(struct.unpack_from(">H", head, 18)[0])
        count = int(struct.unpack_from(">H", self.table("maxp"), 4)[0])
        self._long_metrics = int(struct.unpack_from(">H", hhea, 34)[0])
        self._metrics = _big_endian("H", self.table("hmtx"))
        is_long = struct.unpack_from(">h", head, 50)[0]
        places = _big_endian("I" if is_long else "H", self.table("loca"))
        self._places = places if is_long else array("I", (2 * place for place in places))
        self._glyf = self._tables["glyf"][0]
        if not self.units or not self._long_metrics or len(self._places) <= count:
            raise ValueError("damaged tables")
        self.glyphs = _characters(self.table("cmap"), count)
        if not any(mark in self.glyphs for mark in MARKS):
            raise ValueError("no characters")
        self.name = _postscript_name(self.table("name"))
        self.metrics = self._descriptor(head, hhea)

    def _descriptor(self, head: bytes, hhea: bytes) -> Metrics:
        unit = 1000 / self.units
        ascent, descent = struct.unpack_from(">hh", hhea, 4)
        os2 = self.table("OS/2")
        cap = struct.unpack_from(">h", os2, 88)[0] if len(os2) >= 90 and os2[1] >= 2 else ascent
        x0, y0, x1, y1 = (round(value * unit) for value in struct.unpack_from(">4h", head, 36))
        post = self.table("post")
        angle = struct.unpack_from(">i", post, 4)[0] / 65536 if len(post) >= 8 else 0.0
        return Metrics(round(ascent * unit), round(descent * unit), round(cap * unit), (x0, y0, x1, y1), angle)


def _directory(content: bytes) -> dict[str, tuple[int, int]]:
    kind, count = struct.unpack_from(">4sH", content, 0)
    if kind not in (b"\x00\x01\x00\x00", b"true"):
        raise ValueError("not a TrueType file")
    found = {}
    for at in range(count):
        tag, _, start, length = struct.unpack_from(">4sIII", content, 12 + 16 * at)
        if start + length > len(content):
            raise ValueError("the file is cut off")
        found[tag.decode("latin-1")] = (start, length)
    return found


def _big_endian(kind: str, content: bytes) -> "array[int]":
    values = array(kind)
    values.frombytes(content[: len(content) // values.itemsize * values.itemsize])
    if struct.pack("=H", 1) != struct.pack(">H", 1):
        values.byteswap()
    return values


def _signed(value: int) -> int:
    return value - 0x10000 if value & 0x8000 else value


def _characters(cmap: bytes, count: int) -> dict[int, int]:
    """Read the widest Unicode table: format 12 (all planes) before format 4 (the first)."""
    found: dict[int, int] = {}
    for at in range(struct.unpack_from(">H", cmap, 2)[0]):
        platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * at)
        if platform == 0 or (platform, encoding) in ((3, 1), (3, 10)):
            form = struct.unpack_from(">H", cmap, start)[0]
            read = {4: _segments, 12: _groups}.get(form)
            characters = read(cmap, start) if read else {}
            found = max(found, characters, key=len)
    return {code: glyph for code, glyph in found.items() if 0 < glyph < count}


def _groups(cmap: bytes, start: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for at in range(struct.unpack_from(">I", cmap, start + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * at)
        if last < first or last > 0x10FFFF:
            raise ValueError("damaged table cmap")
        found.update(zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True))
    return found


def _segments(cmap: bytes, start: int) -> dict[int, int]:
    length, _, twice = struct.unpack_from(">3H", cmap, start + 2)
    words, count = _big_endian("H", cmap[start + 14 : start + length]), twice // 2
    ends, starts = words[:count], words[count + 1 : 2 * count + 1]
    deltas, offsets = words[2 * count + 1 : 3 * count + 1], words[3 * count + 1 :]
    found: dict[int, int] = {}
    for at in range(count):
        for code in range(starts[at], min(ends[at], 0xFFFE) + 1):
            glyph = code
            if offsets[at]:
                glyph = offsets[at + offsets[at] // 2 + code - starts[at]]
                if not glyph:
                    continue
            found[code] = (glyph + deltas[at]) & 0xFFFF
    return found


def _postscript_name(table: bytes) -> str:
    count, strings = struct.unpack_from(">HH", table, 2)
    for at in range(count):
        platform, _, _, name, length, start = struct.unpack_from(">6H", table, 6 + 12 * at)
        if name == 6:
            raw = table[strings + start : strings + start + length]
            text = raw.decode("utf-16-be" if platform in (0, 3) else "latin-1")
            return "".join(char for char in text if char.isascii() and (char.isalnum() or char == "-")) or "Font"
    return "Font"
