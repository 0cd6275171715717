"""Approved photos on paper: upright, small enough, without the data that cameras write into them."""

import io
from collections.abc import Sequence
from functools import partial

from PIL import Image, ImageOps, UnidentifiedImageError
from reportlab.platypus import Flowable

from backend.documents.grid import SIZE_SMALL_5, TYPE_WIDTH
from backend.documents.jpeg import without_metadata
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.photo_data import Photo
from backend.documents.press import Press
from backend.documents.sheet import Picture, Sheet
from backend.documents.tags import tagged

LONG_SIDE, SHORT_SIDE = 1280, 800
"""Pixels of the longer side of a photo in a row of its own, and of one that shares it: 270 to an inch or more.

Half of the 1600 that approved copies have: a JPEG is then decoded at half its size, in a third of the time."""
QUALITIES, LAST_QUALITY = (78, 66), 54
MOST_PIXELS = 120_000_000  # a larger picture is a mistake or an attack: it would fill the memory when opened
GAP, TALLEST, LONGEST_CAPTION = 12.0, 190.0, 120
UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError)
ORIENTATION, UPRIGHT = 0x0112, 1


def printable(photo: Photo, side: int = LONG_SIDE) -> Picture | None:
    """Return the photo as an upright JPEG of at most ``side`` pixels without metadata, ``None`` if it cannot be read.

    A JPEG that is small and upright already keeps its pixels: only its metadata are taken out.
    """
    try:
        with Image.open(io.BytesIO(photo.content)) as source:
            if source.width * source.height > MOST_PIXELS:
                return None
            return _as_it_is(source, photo.content, side) or _made_anew(source, side)
    except UNREADABLE:
        return None


def _as_it_is(source: Image.Image, content: bytes, side: int) -> Picture | None:
    """Decode coarsely, which finds a damaged file, and keep the bytes. ``None`` when they have to be made anew."""
    fits = source.format == "JPEG" and source.mode in ("RGB", "L") and len(content) <= _most_bytes(side)
    if not fits or max(source.size) > side or source.getexif().get(ORIENTATION, UPRIGHT) != UPRIGHT:
        return None
    stripped, (width, height) = without_metadata(content), source.size
    if stripped is None:
        return None
    gray = source.mode == "L"
    source.draft(source.mode, (max(1, width // 8), max(1, height // 8)))
    source.load()
    return Picture(stripped, width, height, gray)


def _made_anew(source: Image.Image, side: int) -> Picture:
    """Decode at half, a quarter or an eighth of the size where that is enough, turn, make smaller, encode."""
    shrink = min(1.0, side / max(source.size))
    source.draft("RGB", (int(source.width * shrink), int(source.height * shrink)))
    picture = ImageOps.exif_transpose(source) if source.getexif().get(ORIENTATION, UPRIGHT) != UPRIGHT else source
    plain = picture.convert("RGB") if picture.mode != "RGB" else picture
    plain.thumbnail((side, side), reducing_gap=2.0)
    plain.info = {}  # the encoder would write down again what the source told beside its pixels
    tries = (_encoded(plain, quality) for quality in QUALITIES)
    content = next((found for found in tries if len(found) <= _most_bytes(side)), None)
    return Picture(content or _encoded(plain, LAST_QUALITY), *plain.size)


def _encoded(image: Image.Image, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _most_bytes(side: int) -> int:
    """Bytes above which a photo is given the next quality: eight that share rows leave a bulletin below a megabyte."""
    return side * side // 10


def photo_rows(press: Press, photos: Sequence[Photo], tallest: float = TALLEST, per_row: int = 2) -> list[Flowable]:
    """Return rows of ``per_row`` photos with their captions; a photo that cannot be read becomes a warning."""
    side = LONG_SIDE if per_row == 1 else SHORT_SIDE
    good = []
    for number, photo in enumerate(photos, start=1):
        picture = press.once((photo.content, side), partial(printable, photo, side))
        if picture is None:
            press.warn(f"照片“{photo.caption or f'第{number}张'}”无法读取，未印。")
        else:
            good.append((picture, _caption(press, photo.caption)))
    return [PhotoRow(press, good[at : at + per_row], tallest, per_row) for at in range(0, len(good), per_row)]


def _caption(press: Press, text: str) -> str:
    if len(text) <= LONGEST_CAPTION:
        return text
    press.warn(f"照片说明超过{LONGEST_CAPTION}字，已截短：“{text[:12]}…”。")
    return text[: LONGEST_CAPTION - 1] + "…"


class PhotoRow(Flowable):
    """Photos side by side, centred, each with a caption below."""

    def __init__(self, press: Press, photos: Sequence[tuple[Picture, str]], tallest: float, per_row: int) -> None:
        super().__init__()
        self._slot = (TYPE_WIDTH - GAP * (per_row - 1)) / per_row
        style = Style(size=SIZE_SMALL_5 + 1, leading=14, align="center")
        self._photos = [
            (picture, self._size(picture, tallest), ChineseParagraph(press, text, style)) for picture, text in photos
        ]
        self.spaceBefore = self.spaceAfter = 4

    def _size(self, picture: Picture, tallest: float) -> tuple[float, float]:
        scale = min(self._slot / picture.width, tallest / picture.height)
        return picture.width * scale, picture.height * scale

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Measure the row; ReportLab's protocol."""
        self._image_height = max(size[1] for _, size, _ in self._photos)
        self.width = TYPE_WIDTH
        self.height = self._image_height + 3 + max(text.wrap(self._slot, height)[1] for _, _, text in self._photos)
        return self.width, self.height

    def draw(self) -> None:
        """Draw the row; ReportLab's protocol."""
        sheet = self.canv
        assert isinstance(sheet, Sheet)
        used = len(self._photos) * self._slot + (len(self._photos) - 1) * GAP
        x = (self.width - used) / 2
        for picture, (width, height), text in self._photos:
            bottom = self.height - self._image_height + (self._image_height - height) / 2
            with tagged(sheet, "Figure", f"照片：{text.text}"):
                sheet.picture(picture, (x + (self._slot - width) / 2, bottom, width, height))
            text.drawOn(self.canv, x, self.height - self._image_height - 3 - text.height)
            x += self._slot + GAP
