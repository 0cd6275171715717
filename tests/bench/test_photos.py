"""Photos are real files with EXIF, alike for the same seed and different from one another."""

import datetime as dt
import io
import random

from PIL import ExifTags, Image

from bench.clocks import CHINA
from bench.photos import Place, photo, signature

TAKEN = dt.datetime(2026, 11, 30, 9, 12, 33, tzinfo=CHINA)
GATE = Place(108.7132, 30.9322)


def test_a_photo_is_a_jpeg_of_a_phones_size():
    picture = photo(random.Random(1), TAKEN, GATE)
    image = Image.open(io.BytesIO(picture.data))
    assert (image.format, image.size, picture.filetype) == ("JPEG", (1440, 1080), "image/jpeg")
    assert 100_000 <= len(picture.data) <= 350_000


def test_a_photo_tells_when_and_where_it_was_taken():
    exif = Image.open(io.BytesIO(photo(random.Random(1), TAKEN, GATE).data)).getexif()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    degrees, minutes, seconds = (float(part) for part in gps[ExifTags.GPS.GPSLongitude])
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2026:11:30 09:12:33"
    assert round(degrees + minutes / 60 + seconds / 3600, 4) == GATE.lng
    assert exif[ExifTags.Base.Make] == "Yunyan"


def test_no_two_photos_are_alike_but_the_same_seed_takes_the_same():
    rng = random.Random(1)
    first, second = photo(rng, TAKEN, GATE), photo(rng, TAKEN, GATE)
    assert first.sha256 != second.sha256
    assert photo(random.Random(1), TAKEN, GATE).sha256 == first.sha256


def test_a_signature_is_a_png_of_strokes_on_nothing():
    image = Image.open(io.BytesIO(signature(random.Random(1)).data))
    alpha = image.convert("RGBA").getchannel("A").getextrema()
    assert (image.format, alpha) == ("PNG", (0, 255))
