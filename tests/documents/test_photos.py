"""Photos on paper: upright, small, without what cameras write into them."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.documents.jpeg import without_metadata
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


@pytest.mark.parametrize("size", [(400, 300), (3000, 2000)])
@pytest.mark.parametrize("progressive", [False, True])
def test_nothing_that_a_camera_wrote_beside_the_picture_is_printed(size, progressive):
    exif = Image.Exif()
    exif[0x010E] = "SECRET PLACE"
    content = encoded(
        "JPEG", size=size, exif=exif, comment=b"SECRET WORDS", icc_profile=b"SECRET", progressive=progressive
    )
    picture = printable(Photo(content + encoded("JPEG", exif=exif)))
    assert picture
    assert b"SECRET" not in picture.content
    assert picture.content.count(b"\xff\xd8") == 1
    assert opened(picture).convert("RGB").getpixel((1, 1)) == (0, 0, 0)


def test_a_small_upright_photo_keeps_its_pixels():
    content = encoded("JPEG", size=(640, 480), quality=70)
    picture = printable(Photo(content))
    assert picture
    assert opened(picture).tobytes() == Image.open(io.BytesIO(content)).tobytes()


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_a_jpeg_with_any_tail_or_fault_is_followed_or_given_up(tail):
    whole = encoded("JPEG")
    assert without_metadata(tail) is None or tail.startswith(b"\xff\xd8")
    assert without_metadata(whole + tail) == without_metadata(whole)
