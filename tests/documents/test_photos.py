"""Photos on paper: upright, small, without what cameras write into them."""

import io

import pytest
from PIL import Image

from backend.documents.photo_data import Photo
from backend.documents.photos import LONG_SIDE, photo_rows, printable
from backend.documents.press import Press
from backend.documents.sheet import Picture

pytestmark = pytest.mark.once

ORIENTATION, GPS = 0x0112, 0x8825


def encoded(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size).save(target, kind, **options)
    return target.getvalue()


def opened(picture: Picture | None) -> Image.Image:
    assert picture is not None
    found = Image.open(io.BytesIO(picture.content))
    assert found.size == (picture.width, picture.height)
    return found


def test_a_turned_photo_is_printed_upright_and_without_metadata():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    printed = opened(printable(Photo(encoded("JPEG", exif=exif))))
    assert printed.size == (20, 40)
    assert dict(printed.getexif()) == {}


def test_a_large_photo_is_made_smaller():
    assert max(opened(printable(Photo(encoded("JPEG", size=(4000, 3000))))).size) == LONG_SIDE


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_other_kinds_of_picture_are_printed(kind, mode):
    assert opened(printable(Photo(encoded(kind, mode)))).format == "JPEG"


@pytest.mark.parametrize("content", [b"", b"not a picture", encoded("JPEG", size=(400, 400))[:200]])
def test_what_is_no_picture_is_not_printed(content):
    assert printable(Photo(content)) is None


def test_a_picture_of_absurd_size_is_not_opened():
    assert printable(Photo(encoded("PNG", "1", (20_000, 20_000)))) is None


def test_photos_stand_two_in_a_row_and_broken_ones_are_named():
    press = Press()
    photos = [Photo(encoded("JPEG"), f"照片{at}") for at in range(3)] + [Photo(b"", "坏")]
    assert len(photo_rows(press, photos)) == 2
    assert press.warnings == ("照片“坏”无法读取，未印。",)
