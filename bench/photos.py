"""Photos as phones take them, and drawn signatures: real files with EXIF, made fast and alike for the same seed."""

import datetime as dt
import functools
import hashlib
import io
import random
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageDraw, ImageFilter
from PIL.TiffImagePlugin import IFDRational

SIZE = (1440, 1080)
"""Pixels of a photo after the app's own compression."""

QUALITY = 80
BACKGROUNDS = 6
MAKER, MODELS = "Yunyan", ("Yunyan Note 7", "Yunyan Lite 3", "Yunyan S2")


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees of WGS 84; `accuracy` in metres."""

    lng: float
    lat: float
    accuracy: float = 20.0


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of one file and what is declared of them."""

    data: bytes
    filetype: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def photo(rng: random.Random, taken_at: dt.datetime, place: Place | None) -> Picture:
    """A JPEG of about 100–350 KB that no other call repeats, with DateTimeOriginal, GPS, maker and orientation."""
    image = _background(rng.randrange(BACKGROUNDS)).copy()
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randint(3, 8)):
        left, top = rng.randrange(SIZE[0] - 200), rng.randrange(SIZE[1] - 300)
        colour = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
        draw.rectangle(
            (left, top, left + rng.randint(40, 200), top + rng.randint(40, 160)), fill=colour, outline="white"
        )
    draw.rectangle((0, SIZE[1] - 60, SIZE[0], SIZE[1]), fill=(20, 24, 32))
    where = f"{place.lng:.5f} E  {place.lat:.5f} N" if place else "GPS --"
    draw.text(
        (24, SIZE[1] - 46), f"{taken_at:%Y-%m-%d %H:%M:%S}  {where}  #{rng.getrandbits(32):08x}", "white", font_size=28
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, exif=_exif(rng, taken_at, place))
    return Picture(out.getvalue(), "image/jpeg")


def signature(rng: random.Random) -> Picture:
    """A PNG of black strokes on nothing, as a finger draws them."""
    image = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    x = 40.0
    for _ in range(rng.randint(6, 11)):
        points = [(x + rng.uniform(-15, 55), rng.uniform(40, 200)) for _ in range(rng.randint(3, 5))]
        draw.line(points, fill=(0, 0, 0, 255), width=rng.randint(4, 7), joint="curve")
        x += rng.uniform(35, 55)
    out = io.BytesIO()
    image.save(out, "PNG")
    return Picture(out.getvalue(), "image/png")


@functools.cache
def _background(number: int) -> Image.Image:
    """A wall, a floor and the grain of a cheap camera; made once, used for many photos."""
    rng = random.Random(f"background {number}")
    small = Image.new("RGB", (48, 36))
    small.putdata([(90 + rng.randrange(110), 90 + rng.randrange(100), 80 + rng.randrange(100)) for _ in range(48 * 36)])
    scene = small.resize(SIZE, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(4))
    grain = Image.frombytes("RGB", SIZE, rng.randbytes(SIZE[0] * SIZE[1] * 3))
    return Image.blend(scene, grain, 0.05 + 0.015 * number)


def _exif(rng: random.Random, taken_at: dt.datetime, place: Place | None) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = MAKER
    exif[ExifTags.Base.Model] = rng.choice(MODELS)
    exif[ExifTags.Base.Orientation] = rng.choice((1, 1, 1, 6, 8, 3))
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    details[ExifTags.Base.OffsetTimeOriginal] = "+08:00"
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", _sexagesimal(place.lat)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", _sexagesimal(place.lng)
    return exif


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole, rest = divmod(round(abs(degrees) * 3_600_000), 3_600_000)
    minutes, millis = divmod(rest, 60_000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(millis, 1000)
