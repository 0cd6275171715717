"""Whether two pictures look alike: a perceptual hash of 64 bits, and how near two of them are.

The hash is the sign of the 64 lowest frequencies of the picture (two-dimensional cosine transform of 32 x 32 grey
pixels, without the mean) against their median: Zauner, Implementation and Benchmarking of Perceptual Image Hash
Functions (2010), as pHash does. Compression, size and brightness move few of the bits; another picture moves half.
"""

import math
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from statistics import median, pstdev

from PIL import Image, ImageOps

from backend.media.rules.images import Unreadable, check_decodable, opened

ALIKE = 10
"""Bits that may differ. Measured on generated pictures (tests/media/scenes.py): compressed to quality 30, made a fifth
as large or cropped by 2 %, all of 1,200 stay within 8; cropped by 4 %, 99 of 100 within 10, by 6 % 96, by 10 % 62; of
1.1 million pairs of unrelated ones none is within 10, the nearest differ in 12."""

PLAIN = 6.0
"""Standard deviation of the grey values (0-255) below which a picture has too little in it to be compared."""

SIDE, KEPT, BITS, BANDS = 32, 8, 64, 4
WIDTH = BITS // BANDS
"""Bits of a band. Of hashes that differ in at most `ALIKE` bits, some band differs in at most `ALIKE // BANDS`."""

WAVES = [[math.cos(math.pi * (2 * place + 1) * wave / (2 * SIDE)) for place in range(SIDE)] for wave in range(KEPT + 1)]


def fingerprint(path: Path) -> int | None:
    """The hash of the upright picture as a signed 64-bit number; None where it is too plain, or cannot be read."""
    try:
        with opened(path) as image:
            check_decodable(image, path)
            image.draft("L", (4 * SIDE, 4 * SIDE))
            small = _grey(image).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            return of_picture(ImageOps.exif_transpose(small))
    except Unreadable:
        return None


def _grey(image: Image.Image) -> Image.Image:
    """Without colours, transparency on white."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("L")
    layers = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers).convert("L")


def of_picture(upright: Image.Image) -> int | None:
    """The hash of a picture in memory."""
    grey = upright.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    pixels = list(grey.tobytes())
    if pstdev(pixels) < PLAIN:
        return None
    waves = _waves([pixels[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE)])
    middle = median(waves)
    bits = sum(1 << place for place, wave in enumerate(waves) if wave > middle)
    return bits - (1 << BITS) if bits >> (BITS - 1) else bits


def _waves(rows: list[list[int]]) -> list[float]:
    """The 8 x 8 lowest frequencies; the next one of the first row stands for the mean, which is left out."""
    across = [[_dot(row, wave) for row in rows] for wave in WAVES]
    block = [_dot(across[x], WAVES[y]) for y in range(KEPT) for x in range(KEPT)]
    return [_dot(across[KEPT], WAVES[0]), *block[1:]]


def _dot(values: list[float] | list[int], wave: list[float]) -> float:
    return sum(value * height for value, height in zip(values, wave, strict=True))


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two hashes differ."""
    return ((one ^ other) & (1 << BITS) - 1).bit_count()


def bands(likeness: int) -> tuple[int, ...]:
    """The four 16-bit parts, lowest first."""
    return tuple(likeness >> WIDTH * place & (1 << WIDTH) - 1 for place in range(BANDS))


def near(band: int) -> list[int]:
    """The values of a band that differ from `band` in so few bits that hashes alike must share one of them: 137."""
    return [band ^ change for change in CHANGES]


def _changes() -> Iterator[int]:
    for count in range(ALIKE // BANDS + 1):
        for places in combinations(range(WIDTH), count):
            yield sum(1 << place for place in places)


CHANGES = tuple(_changes())
