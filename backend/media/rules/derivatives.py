"""Smaller copies of pictures for looking at: upright, without metadata, always JPEG."""

import io
import threading
from pathlib import Path

from PIL import Image, ImageOps

from backend.media.rules.images import Unreadable, opened

LONG_SIDE = {"preview": 1280, "list": 320}
"""Kind of derivative -> pixels of its longer side at most."""

QUALITY = 82
PIXELS = 25_000_000
"""PNG and WebP must be decoded whole, which takes 8 bytes a pixel; a JPEG is decoded at the scale that is needed."""

_one = threading.Lock()
"""Pictures are decoded one at a time: many at once would need the memory of as many."""


def derive(path: Path) -> dict[str, bytes]:
    """The JPEG bytes of every kind of derivative. Raises `Unreadable`.

    The place and time a photo was taken stay in the original, which only those get who may see it as evidence.
    """
    with _one, opened(path) as image:
        if image.format != "JPEG" and image.width * image.height > PIXELS:
            raise Unreadable("too many pixels")
        upright = _flat(ImageOps.exif_transpose(_shrunk(image)))
        return {kind: _jpeg(upright, side) for kind, side in LONG_SIDE.items()}


def _shrunk(image: Image.Image) -> Image.Image:
    """At most as large as the largest kind; everything after this is cheap."""
    largest = (max(LONG_SIDE.values()),) * 2
    image.draft("RGB", largest)
    if image.mode in {"P", "1"} or "transparency" in image.info:
        image = image.convert("RGBA")
    image.thumbnail(largest)
    return image


def _flat(image: Image.Image) -> Image.Image:
    """RGB, transparency on white: a signature is black strokes on nothing."""
    if "A" not in image.getbands():
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
