"""Smaller copies of pictures for looking at: upright, without metadata, always JPEG."""

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from backend.media.rules import lettering, redaction
from backend.media.rules.images import SCALED, Unreadable, check_decodable, opened, orientation, turned
from backend.media.rules.lettering import Lettering
from backend.media.rules.redaction import Area

LONG_SIDE = {"preview": 1280, "list": 320}
"""Kind of derivative -> pixels of its longer side at most."""

COPY_SIDE = 1600
"""Pixels of the longer side of a redacted or approved copy: enough for a page of paper, too few for a pupil's name on
a worksheet in the background."""

QUALITY = 82

_one = threading.Lock()
"""Pictures are decoded one at a time: many at once would need the memory of as many."""


def derive(
    path: Path, caption: Sequence[str] = (), letters: Lettering | None = None, *, short: Sequence[str] = ()
) -> dict[str, bytes]:
    """The JPEG bytes of every kind of derivative, `caption` written on the preview and `short` on the list size.

    Raises `Unreadable`.

    The place and time a photo was taken stay in the original, which only those get who may see it as evidence.
    """
    with _upright(path, LONG_SIDE["preview"]) as image:
        small = image.copy()
        small.thumbnail((LONG_SIDE["list"],) * 2)
        if letters:
            lettering.caption(image, caption, letters)
            lettering.caption(small, short, letters)
        made = {"list": _jpeg(small)}
        return made | {"preview": _jpeg(image)}


def publishable(path: Path, areas: Sequence[Area], caption: Sequence[str], letters: Lettering) -> bytes:
    """A copy that may leave the house, as JPEG: `areas` made unrecognisable, at most `COPY_SIDE` long.

    Raises `Unreadable`.
    """
    with _upright(path, COPY_SIDE) as image:
        redaction.redact(image, areas)
        lettering.caption(image, caption, letters)
        return _jpeg(image)


@contextmanager
def _upright(path: Path, side: int) -> Iterator[Image.Image]:
    """The picture as one looks at it, RGB, its longer side at most `side` pixels."""
    with _one, opened(path) as image:
        check_decodable(image, path)
        how = orientation(image)
        upright = turned(_flat(_shrunk(image, side)), how)
        upright.info = {}  # comments, profiles and EXIF would be written again
        yield upright


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """Everything after this is cheap."""
    if image.format in SCALED:
        image.draft("RGB", (side, side))
    if image.mode in {"P", "1"} or "transparency" in image.info:
        image = image.convert("RGBA")
    image.thumbnail((side, side))
    return image


def _flat(image: Image.Image) -> Image.Image:
    """RGB, transparency on white: a signature is black strokes on nothing."""
    if "A" not in image.getbands():
        return image.convert("RGB")
    layers = image.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


__all__ = ["COPY_SIDE", "LONG_SIDE", "QUALITY", "Unreadable", "derive", "publishable"]
