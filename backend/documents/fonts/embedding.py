"""A font inside one PDF: characters get numbers in the order of their use, and only their outlines are embedded.

One composite font (Type0, Identity-H) a face instead of ReportLab's many of 256 characters: text needs no change of
font between characters, and readers find it through ``ToUnicode`` (ISO 32000-1 §9.7, §9.10).
"""

import struct
import zlib
from array import array
from hashlib import sha256
from typing import NamedTuple

from backend.documents.fonts.truetype import TrueType

LINES_OF_A_BLOCK = 100  # of a ToUnicode table, the most the format allows
EVEN = 1000  # width of a full square, the default of every face
TABLES_KEPT = ("cvt ", "fpgm", "prep")


class FontObjects(NamedTuple):
    """PDF source of the objects of one font; ``{name}`` stands for a reference to the object of that name."""

    name: str
    descendant: str
    descriptor: str
    file: bytes
    file_length: int
    to_unicode: bytes


class Embedded:
    """The use of one font in one document. ``key`` is its name in the pages' resources, for example 「F1」."""

    def __init__(self, font: TrueType, key: str) -> None:
        self.font, self.key = font, key
        self.codes: dict[str, str] = {}
        """Four hex digits for each character used."""

    def code(self, char: str) -> str:
        """Return the number of ``char`` in four hex digits; the font must have it."""
        found = self.codes.get(char)
        if found is None:
            found = self.codes[char] = f"{len(self.codes) + 1:04X}"
        return found

    def objects(self) -> FontObjects:
        """Return everything that the document needs of the font."""
        name = f"{self._tag()}+{self.font.name}"
        file = subset(self.font, [self.font.glyphs[ord(char)] for char in self.codes])
        return FontObjects(
            name, self._descendant(name), self._descriptor(name), zlib.compress(file), len(file), self._to_unicode()
        )

    def _tag(self) -> str:
        """Six letters that tell subsets of one font apart (ISO 32000-1 §9.6.4)."""
        digest = sha256("".join(self.codes).encode()).digest()
        return "".join(chr(65 + byte % 26) for byte in digest[:6])

    def _descendant(self, name: str) -> str:
        return (
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /DW {EVEN}"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {{descriptor}} /W [{self._widths()}] >>"
        )

    def _widths(self) -> str:
        """Only what is not a full square: runs of numbers with their widths."""
        parts: list[str] = []
        expected = 0
        for number, char in enumerate(self.codes, start=1):
            width = round(self.font.widths[ord(char)], 3)
            if width == EVEN:
                continue
            parts.append(f"{width:g}" if number == expected else f"{']' if parts else ''} {number} [{width:g}")
            expected = number + 1
        return " ".join(parts) + ("]" if parts else "")

    def _descriptor(self, name: str) -> str:
        metrics = self.font.metrics
        box = " ".join(map(str, metrics.box))
        return (
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle"
            f" {metrics.italic_angle:g} /Ascent {metrics.ascent} /Descent {metrics.descent} /CapHeight"
            f" {metrics.cap_height} /StemV 80 /FontFile2 {{file}} >>"
        )

    def _to_unicode(self) -> bytes:
        lines = [f"<{code}> <{char.encode('utf-16-be').hex().upper()}>" for char, code in self.codes.items()]
        blocks = [lines[at : at + LINES_OF_A_BLOCK] for at in range(0, len(lines), LINES_OF_A_BLOCK)]
        body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        text = (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        )
        return zlib.compress(text.encode())


def subset(font: TrueType, glyphs: list[int]) -> bytes:
    """Return a TrueType file with glyph 0, ``glyphs`` in their order from 1, then the parts of composite ones."""
    numbers: dict[int, int] = {}
    order = [0, *glyphs]
    for number, glyph in enumerate(order):
        numbers.setdefault(glyph, number)
    outlines: list[bytes] = []
    at = 0
    while at < len(order):
        outline = font.outline(order[at])
        for offset, part in font.components(outline):
            if part not in numbers:
                numbers[part] = len(order)
                order.append(part)
            outline = outline[:offset] + struct.pack(">H", numbers[part]) + outline[offset + 2 :]
        outlines.append(outline + bytes(-len(outline) % 4))
        at += 1
    return _file(_tables(font, order, outlines))


def _tables(font: TrueType, order: list[int], outlines: list[bytes]) -> dict[str, bytes]:
    places = [0]
    for outline in outlines:
        places.append(places[-1] + len(outline))
    metrics = b"".join(struct.pack(">Hh", *font.advance(glyph)) for glyph in order)
    head, hhea, maxp = (bytearray(font.table(tag)) for tag in ("head", "hhea", "maxp"))
    struct.pack_into(">I", head, 8, 0)
    struct.pack_into(">h", head, 50, 1)
    struct.pack_into(">H", hhea, 34, len(order))
    struct.pack_into(">H", maxp, 4, len(order))
    kept = {tag: font.table(tag) for tag in TABLES_KEPT if font.table(tag)}
    return {
        **kept,
        "glyf": b"".join(outlines),
        "head": bytes(head),
        "hhea": bytes(hhea),
        "hmtx": metrics,
        "loca": struct.pack(f">{len(places)}I", *places),
        "maxp": bytes(maxp),
    }


def _file(tables: dict[str, bytes]) -> bytes:
    tags = sorted(tables)
    power = max(2**at for at in range(8) if 2**at <= len(tags))
    out = [
        struct.pack(">4s4H", b"\x00\x01\x00\x00", len(tags), power * 16, power.bit_length() - 1,
                    len(tags) * 16 - power * 16)
    ]  # fmt: skip
    place = 12 + 16 * len(tags)
    for tag in tags:
        content = tables[tag]
        out.append(struct.pack(">4sIII", tag.encode(), _checksum(content), place, len(content)))
        place += len(content) + -len(content) % 4
    out += [tables[tag] + bytes(-len(tables[tag]) % 4) for tag in tags]
    return b"".join(out)


def _checksum(content: bytes) -> int:
    words = array("I")
    words.frombytes(content + bytes(-len(content) % 4))
    if struct.pack("=H", 1) != struct.pack(">H", 1):
        words.byteswap()
    return sum(words) & 0xFFFFFFFF
