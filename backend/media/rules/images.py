"""Reading pictures that anybody may have made: few formats, bounded pixels, no exception but `Unreadable`."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")

PIXELS = 60_000_000
"""More are refused before anything is decoded: 60 megapixels are 180 MB in memory; phones send a tenth of that."""

Image.MAX_IMAGE_PIXELS = PIXELS
# Pillow warns of every oddity in a file that somebody sent; a server's log is not the place for that.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class Unreadable(Exception):
    """Not a picture that we read: broken, too large, or of another format."""


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The picture, its pixels not yet decoded. Whatever Pillow raises inside becomes `Unreadable`."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > PIXELS:  # Pillow itself only warns up to twice as many
                raise Unreadable("too many pixels")
            yield image
    except Exception as fault:
        raise Unreadable(type(fault).__name__) from fault
