"""Small pictures for the demonstration, each with bytes of its own: coloured squares, and strokes for signatures.

PNG as in ISO/IEC 15948, written here because rooms above `media` do not draw.
"""

import struct
import zlib
from random import Random

TILES, TILE = (9, 8), 12
"""Squares of a photo across and down, and their side in pixels: 108 by 96 pixels, about half a kilobyte."""

PAPER = (240, 96)
"""Pixels of a signature."""

STROKES = (4, 7)
PEN = 3


def photo(rng: Random) -> bytes:
    """A PNG that no other call with this generator repeats."""
    across, down = TILES
    rows = []
    for _ in range(down):
        line = b"".join(rng.randbytes(3) * TILE for _ in range(across))
        rows += [line] * TILE
    return _png((across * TILE, down * TILE), colour=2, rows=rows)


def signature(rng: Random) -> bytes:
    """Black strokes on white."""
    width, height = PAPER
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    x, y = 12.0, height / 2
    for _ in range(rng.randint(*STROKES)):
        to = (x + rng.uniform(8, 40), rng.uniform(12, height - 12))
        _stroke(rows, (x, y), to)
        x, y = to[0] - rng.uniform(0, 10), to[1]
    return _png(PAPER, colour=0, rows=[bytes(row) for row in rows])


def _stroke(rows: list[bytearray], start: tuple[float, float], end: tuple[float, float]) -> None:
    steps = int(max(abs(end[0] - start[0]), abs(end[1] - start[1]))) + 1
    for step in range(steps + 1):
        x = int(start[0] + (end[0] - start[0]) * step / steps)
        y = int(start[1] + (end[1] - start[1]) * step / steps)
        for row in rows[max(0, y) : y + PEN]:
            row[max(0, x) : x + PEN] = bytes(len(row[max(0, x) : x + PEN]))


def _png(size: tuple[int, int], *, colour: int, rows: list[bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", *size, 8, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    parts = [_chunk(b"IHDR", head), _chunk(b"IDAT", pixels), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
