"""Reading pictures that anybody may have made: few formats, bounded pixels, no exception but `Unreadable`."""

import mmap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import ExifTags, Image

from backend.media.rules import heif

FORMATS = ("JPEG", "PNG", "WEBP")

SCALED = frozenset({"JPEG", "MPO"})
"""Formats that are decoded at the scale that is needed. MPO is how Pillow calls a JPEG with further pictures behind
it, which many phones write."""

PIXELS = 60_000_000
"""More are refused before anything is decoded: 60 megapixels are 180 MB in memory; phones send a tenth of that."""

WHOLE_PIXELS = 25_000_000
"""Of pictures that must be decoded whole, up to 8 bytes a pixel: all but a JPEG that is written in one go."""

SIDE = 32_767
"""Pixels. The longest panoramas of phones have half of that, the decoders end at 16,383 (WebP) and 65,500 (JPEG)."""

SCANS = 100
"""A progressive JPEG has about ten. Each costs a pass over all pixels, however few bytes it has: a file of 64 MB could
keep a processor busy for days."""

START_OF_SCAN = b"\xff\xda"

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Orientation as it is stored -> what makes the picture upright."""

Image.MAX_IMAGE_PIXELS = PIXELS
# Pillow warns of every oddity in a file that somebody sent; a server's log is not the place for that.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class Unreadable(Exception):
    """Not a picture that we read: broken, too large, or of another format."""


class TooManyPixels(Unreadable):
    """Decoding it would take too much memory or time."""


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The picture, its pixels not yet decoded. Whatever Pillow raises inside becomes `Unreadable`."""
    try:
        with Image.open(path, formats=formats()) as image:
            if max(image.size) > SIDE or image.width * image.height > PIXELS:  # Pillow warns up to twice as many
                raise TooManyPixels("too many pixels")
            yield image
    except Unreadable:
        raise
    except Image.DecompressionBombError as fault:
        raise TooManyPixels("too many pixels") from fault
    except Exception as fault:
        raise Unreadable(type(fault).__name__) from fault


def formats() -> tuple[str, ...]:
    """What this installation reads."""
    return (*FORMATS, heif.FORMAT) if heif.available() else FORMATS


def orientation(image: Image.Image) -> int:
    """How the camera was held (1-8, EXIF 2.3); 1 where the file does not say or says nonsense."""
    try:
        said = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001 -- Pillow's EXIF reader raises nearly anything on hostile input
        return 1
    return next((number for number in range(1, 9) if number == said), 1)  # a plain int, whatever the file holds


def turned(image: Image.Image, how: int) -> Image.Image:
    """The upright picture of one whose orientation is `how`."""
    return image.transpose(TURNS[how]) if how in TURNS else image


def check_decodable(image: Image.Image, path: Path) -> None:
    """Raises `TooManyPixels` for what would take too much memory or time to decode."""
    progressive = bool(image.info.get("progressive"))
    whole = image.format not in SCALED or progressive
    if whole and image.width * image.height > WHOLE_PIXELS:
        raise TooManyPixels("too many pixels")
    if progressive and _scans(path) > SCANS:
        raise TooManyPixels("too many scans")


def _scans(path: Path) -> int:
    """How often the marker occurs; `SCANS` + 1 at most."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        count, at = 0, data.find(START_OF_SCAN)
        while at >= 0 and count <= SCANS:
            count, at = count + 1, data.find(START_OF_SCAN, at + 2)
    return count
