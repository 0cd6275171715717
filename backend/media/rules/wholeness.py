"""Whether a picture is there to its end: by the structure of its file, without decoding a pixel.

What other programs write behind the end of a picture is none of our business: a second picture, a film, a mark.
"""

import mmap
from collections.abc import Callable
from pathlib import Path

from backend.media.rules import filetypes

MOST_PARTS = 100_000
"""Segments, chunks or boxes. A photo has a dozen, a PNG of 64 MB some ten thousand; walking through a million would
keep a processor busy for seconds."""

START_OF_SCAN, END = 0xDA, 0xD9
END_OF_IMAGE = b"\xff\xd9"
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""JPEG markers that have no length behind them (ITU T.81, table B.1: TEM, RST)."""


def is_whole(path: Path, filetype: str) -> bool:
    """Whether the file at `path`, which begins like a `filetype` (one of `filetypes.IMAGES`), has an end as well."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return WHOLE[filetype](data)


def _jpeg(data: mmap.mmap) -> bool:
    """ITU T.81, B.1 and B.2: segments with their lengths up to a scan, and an end-of-image marker behind it.

    Within a scan every 0xFF is followed by a zero or a restart marker, so that the end can be searched for: from
    behind, where it mostly is. The thumbnail inside EXIF has an end of its own, in a segment that is stepped over.
    """
    at = 2
    for _ in range(MOST_PARTS):
        if data[at : at + 1] != b"\xff" or at + 1 >= len(data):
            return False
        marker = data[at + 1]
        if marker == START_OF_SCAN:
            return data.rfind(END_OF_IMAGE, at + 2 + _number(data, at + 2, 2)) >= 0
        if marker == END:
            return False
        at += _step(data, at, marker)
    return False


def _step(data: mmap.mmap, at: int, marker: int) -> int:
    """From one marker to the next; 0xFF may be repeated before a marker."""
    if marker == 0xFF:
        return 1
    return 2 if marker in ALONE else 2 + max(2, _number(data, at + 2, 2))


def _png(data: mmap.mmap) -> bool:
    """PNG 1.2, 3.2: chunks that fit into the file, the header first, pixels, and IEND."""
    at, seen = 8, set[bytes]()
    for _ in range(MOST_PARTS):
        size, name = _number(data, at, 4), data[at + 4 : at + 8]
        at += 12 + size
        if at > len(data) or (not seen and name != b"IHDR"):
            return False
        if name == b"IEND":
            return b"IDAT" in seen
        seen.add(name)
    return False


def _webp(data: mmap.mmap) -> bool:
    """RFC 9649, 2.3 and 2.4: the size of the whole, and chunks that fit into it (the last may lack its padding)."""
    at, end = 12, 8 + _little(data, 4)
    if end > len(data) or end <= 20:
        return False
    for _ in range(MOST_PARTS):
        size = _little(data, at + 4)
        if at + 8 + size > end:
            return False
        at += 8 + size + size % 2
        if at >= end:
            return True
    return False


def _heic(data: mmap.mmap) -> bool:
    """ISO/IEC 14496-12, 4.2: boxes that fit into the file; what comes behind `meta` and `mdat` may be anything."""
    at, seen = 0, set[bytes]()
    for _ in range(MOST_PARTS):
        size, name = _box(data, at)
        if size < 8 or at + size > len(data):
            break
        at += size
        seen.add(name)
    return {b"meta", b"mdat"} <= seen


def _box(data: mmap.mmap, at: int) -> tuple[int, bytes]:
    """Bytes of the box at `at`, and its name; 0 behind the end. A size of 0 means: to the end, 1: it follows."""
    size, name = _number(data, at, 4), data[at + 4 : at + 8]
    if size == 1:
        size = _number(data, at + 8, 8)
    return (len(data) - at if size == 0 and name else size), name


def _number(data: mmap.mmap, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _little(data: mmap.mmap, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


WHOLE: dict[str, Callable[[mmap.mmap], bool]] = {
    filetypes.JPEG: _jpeg,
    filetypes.PNG: _png,
    filetypes.WEBP: _webp,
    filetypes.HEIC: _heic,
}
