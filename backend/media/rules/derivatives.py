"""Smaller copies of pictures for looking at: upright, without metadata, always JPEG."""

import io
from pathlib import Path

from PIL import Image, ImageOps

from backend.media.rules.images import Unreadable, opened

LONG_SIDE = {"preview": 1280, "list": 320}
"""Kind of derivative -> pixels of its longer side at most."""

QUALITY = 82
PIXELS = 40_000_000
"""PNG and WebP must be decoded whole; a JPEG is decoded at the scale that is needed."""


def derive(path: Path) -> dict[str, bytes]:
    """The JPEG bytes of every kind of derivative. Raises `Unreadable`.

    The place and time a photo was taken stay in the original, which only those get who may see it as evidence.
    """
    with opened(path) as image:
        if image.format != "JPEG" and image.width * image.height > PIXELS:
            raise Unreadable("too many pixels")
        largest = max(LONG_SIDE.values())
        image.draft("RGB", (largest, largest))
        upright = _flat(ImageOps.exif_transpose(image))
        return {kind: _jpeg(upright, side) for kind, side in LONG_SIDE.items()}


def _flat(image: Image.Image) -> Image.Image:
    """RGB, transparency on white: a signature is black strokes on nothing."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    layers = image.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")


def _jpeg(image: Image.Image, side: int) -> bytes:
    small = image.copy()
    small.thumbnail((side, side))
    small.info = {}  # comments, profiles and EXIF would be written again
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
