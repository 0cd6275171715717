"""Make the vendored font subsets from named packages (see README.md beside this file)."""

import argparse
import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

TARGET = Path(__file__).resolve().parents[2] / "backend" / "documents" / "fonts"
STANDARD = Path(__file__).resolve().parents[2] / "tests" / "documents" / "standard_characters.txt"
FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/"
SERIF = "expo-google-fonts-noto-serif-sc-0.4.3.tgz"
SANS = "expo-google-fonts-noto-sans-sc-0.4.3.tgz"
TEXLIVE = "texlive-lang-chinese_2022.20230122-1_all.deb"
UNICODE = "unicode-data_15.0.0-1_all.deb"
MAX_ERROR = 1.0  # units of 1/1000 em by which a quadratic outline may leave the cubic one; not visible at print size
EPOCH = 3_500_000_000  # seconds since 1904; a fixed "modified" keeps the bytes equal from run to run

TWINS = {0x02CD: 0xFF3F, 0x203E: 0xFFE3, 0x223C: 0xFF5E}

# Ranges an office paper can meet beside Chinese characters.
RANGES = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x1CD, 0x1DC), (0x2B0, 0x2DF), (0x391, 0x3C9), (0x401, 0x451), (0x2010, 0x2027),
    (0x2030, 0x203B), (0x2070, 0x2089), (0x20A0, 0x20BF), (0x2100, 0x2122), (0x2150, 0x2182), (0x2190, 0x2199),
    (0x2200, 0x22A5), (0x2460, 0x24FF), (0x2500, 0x257F), (0x2580, 0x25FF), (0x2605, 0x2642), (0x2713, 0x2717),
    (0x3000, 0x303F), (0x3041, 0x30FE), (0x3105, 0x3129), (0x3200, 0x32FF), (0x3300, 0x33FF), (0xFE10, 0xFE19),
    (0xFE30, 0xFE4F), (0xFF01, 0xFF5E), (0xFFE0, 0xFFE5),
)  # fmt: skip


@dataclass(frozen=True)
class Face:
    """One output: file name, where its source lies, and whether it also carries the characters of Big5."""

    name: str
    archive: str
    member: str
    traditional: bool = False


FACES = (
    Face("FandolFang-Regular", TEXLIVE, FANDOL + "FandolFang-Regular.otf"),
    Face("FandolKai-Regular", TEXLIVE, FANDOL + "FandolKai-Regular.otf"),
    Face("NotoSerifSC-400", SERIF, "package/400Regular/NotoSerifSC_400Regular.ttf", traditional=True),
    Face("NotoSerifSC-900", SERIF, "package/900Black/NotoSerifSC_900Black.ttf"),
    Face("NotoSansSC-500", SANS, "package/500Medium/NotoSansSC_500Medium.ttf"),
)
LICENCES = (
    ("LICENSE-NotoSerifSC-OFL.txt", SERIF, "package/LICENSE_FONT"),
    ("LICENSE-NotoSansSC-OFL.txt", SANS, "package/LICENSE_FONT"),
    ("LICENSE-Fandol-GPL3-font-exception.txt", TEXLIVE, "usr/share/doc/texlive-doc/fonts/fandol/COPYING.gz"),
)


def member_of(archive: Path, member: str) -> bytes:
    """Return the bytes of one member of a ``.tgz`` or a ``.deb``."""
    if archive.suffix == ".deb":
        stream = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(stream)) as tar:
            return _read(tar, "./" + member)
    with tarfile.open(archive) as tar:
        return _read(tar, member)


def _read(tar: tarfile.TarFile, member: str) -> bytes:
    extracted = tar.extractfile(member)
    if extracted is None:
        raise FileNotFoundError(member)
    return extracted.read()


def standard_characters(unihan: bytes) -> set[int]:
    """Return the code points of 通用规范汉字表 (2013), which Unihan lists under ``kTGH``."""
    rows = (line.split("\t") for line in bz2.decompress(unihan).decode().splitlines())
    found = {int(row[0][2:], 16) for row in rows if len(row) == 3 and row[1] == "kTGH"}
    if len(found) != 8105:
        raise ValueError(f"expected 8105 standard characters, found {len(found)}")
    return found


def write_standard(characters: set[int]) -> None:
    """Keep 通用规范汉字表 in the order of the code points, a hundred to a line, for the tests."""
    listed = "".join(map(chr, sorted(characters)))
    lines = [listed[at : at + 100] for at in range(0, len(listed), 100)]
    STANDARD.write_text("\n".join(lines) + "\n", "utf-8")


def encodable(codec: str, leads: range) -> set[int]:
    """Return the code points that a double-byte code can say, from Python's own codec."""
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    pairs = (bytes([lead, trail]) for lead in leads for trail in trails)
    return {ord(text) for pair in pairs if len(text := pair.decode(codec, "ignore")) == 1}


GB2312 = encodable("gb2312", range(0xA1, 0xF8))
BIG5 = encodable("big5", range(0xA1, 0xFA))


def add_marks_of_big5(font: TTFont) -> None:
    """Add four marks of Big5 that no source has, in place: three as their full-width twins, ≒ from = and two dots."""
    characters, outlines, widths = font.getBestCmap(), font["glyf"], font["hmtx"]
    twins = {code: characters[twin] for code, twin in TWINS.items()}
    equals, dot = characters[0xFF1D], characters[0xB7]
    middle = (outlines[equals].yMax + outlines[equals].yMin) // 2 - (outlines[dot].yMax + outlines[dot].yMin) // 2
    pen = TTGlyphPen(font.getGlyphSet())
    pen.addComponent(equals, (1, 0, 0, 1, 0, 0))
    for side in (-1, 1):
        across = (outlines[equals].xMin if side < 0 else outlines[equals].xMax) - side * 60
        at = across - (outlines[dot].xMin + outlines[dot].xMax) // 2
        pen.addComponent(dot, (1, 0, 0, 1, at, middle - side * 260))
    made = "approximatelyequalorimage"
    outlines[made] = pen.glyph()
    widths[made] = widths[equals]
    font.setGlyphOrder([*dict.fromkeys([*font.getGlyphOrder(), made])])
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format in (4, 12):
            table.cmap |= {**twins, 0x2252: made}


def to_quadratic(font: TTFont) -> None:
    """Replace the CFF outlines of ``font`` by ``glyf`` ones in place."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], table = newTable("loca"), newTable("glyf")
    table.glyphOrder, table.glyphs = order, outlines
    font["glyf"] = table
    _maxp_for_glyf(font, len(order))
    font["post"].formatType = 3.0
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\x00\x01\x00\x00"


def _maxp_for_glyf(font: TTFont, glyphs: int) -> None:
    maxp = newTable("maxp")
    maxp.tableVersion, maxp.numGlyphs, maxp.maxZones = 0x00010000, glyphs, 1
    unused = ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements", "SizeOfInstructions")
    for field in (*unused, "Points", "Contours", "CompositePoints", "CompositeContours"):
        setattr(maxp, f"max{field}", 0)
    maxp.maxComponentElements = maxp.maxComponentDepth = 0
    font["maxp"] = maxp


def shrink(font: TTFont, characters: Iterable[int]) -> None:
    """Cut ``font`` in place down to ``characters``: no layout features, no hints, names kept (licence and origin)."""
    options = subset.Options()
    options.layout_features, options.hinting, options.glyph_names = [], False, False
    options.name_IDs, options.notdef_outline, options.recalc_timestamp = ["*"], True, False
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "DSIG", "STAT", "kern"]
    worker = subset.Subsetter(options)
    worker.populate(unicodes=characters)
    worker.subset(font)


def make(face: Face, packages: Path, standard: set[int]) -> dict[str, str | int]:
    """Write the subset of one face and return its line of the manifest."""
    font = TTFont(io.BytesIO(member_of(packages / face.archive, face.member)), recalcTimestamp=False)
    wanted = standard | GB2312 | {code for first, last in RANGES for code in range(first, last + 1)}
    if face.traditional:
        add_marks_of_big5(font)
        wanted |= BIG5
    shrink(font, wanted)
    if "CFF " in font:
        to_quadratic(font)
    font["head"].modified = font["head"].created = EPOCH
    # OS/2 and cmap stay as they are; ReportLab reads cmap, hmtx, loca, glyf, head, hhea, maxp, name, OS/2, post.
    packed = io.BytesIO()
    font.save(packed)
    content = packed.getvalue()
    squeezed = lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)
    (TARGET / f"{face.name}.ttf.xz").write_bytes(squeezed)
    digest = sha256(content).hexdigest()
    return {"characters": len(font.getBestCmap()), "source": face.archive, "sha256": digest, "bytes": len(squeezed)}


def main() -> int:
    """Read the folder of packages from the command line and write all subsets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", type=Path, help="folder with the four package files")
    packages = parser.parse_args().packages
    standard = standard_characters(member_of(packages / UNICODE, "usr/share/unicode/Unihan_OtherMappings.txt.bz2"))
    write_standard(standard)
    manifest = {}
    for face in FACES:
        manifest[face.name] = make(face, packages, standard)
        print(face.name, manifest[face.name], flush=True)
    for name, archive, member in LICENCES:
        text = member_of(packages / archive, member)
        (TARGET / name).write_bytes(gzip.decompress(text) if member.endswith(".gz") else text)
    (TARGET / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
