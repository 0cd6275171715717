"""Making faces unrecognisable so that nobody gets them back.

A blur alone can be undone in part, and software recognises people in mosaics of sixteen tiles; so an area keeps the
mean colours of a handful of tiles, and these are then blurred into each other. Nothing else of it is left in the file.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageFilter

TILES = 4
"""Along the longer side of an area."""

MOST_AREAS = 200
"""Of one picture: a school assembly."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in parts (0–1) of the width and height of the upright picture; `x`, `y` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def pixels(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Left, upper, right, lower; every pixel that the area touches lies inside, and at least one."""
        wide, high = size
        left, upper = min(math.floor(self.x * wide), wide - 1), min(math.floor(self.y * high), high - 1)
        right = min(wide, math.ceil((self.x + self.width) * wide))
        lower = min(high, math.ceil((self.y + self.height) * high))
        return left, upper, max(right, left + 1), max(lower, upper + 1)

    @property
    def is_inside(self) -> bool:
        """Whether it is a rectangle that lies in the picture (a hair's breadth outside is a rounding)."""
        parts = (self.x, self.y, self.width, self.height)
        if not all(math.isfinite(part) and 0 <= part <= 1 for part in parts):
            return False
        reaches = max(self.x + self.width, self.y + self.height)
        return self.width > 0 and self.height > 0 and self.x < 1 and self.y < 1 and reaches <= 1 + 1e-6


def redact(image: Image.Image, areas: Sequence[Area]) -> None:
    """Change `image` (upright) in place."""
    for area in areas:
        box = area.pixels(image.size)
        image.paste(_unrecognisable(image.crop(box)), box)


def _unrecognisable(part: Image.Image) -> Image.Image:
    tile = max(part.size) / TILES
    few = part.resize((max(1, round(part.width / tile)), max(1, round(part.height / tile))), Image.Resampling.BOX)
    return few.resize(part.size, Image.Resampling.NEAREST).filter(ImageFilter.GaussianBlur(tile / 3))
