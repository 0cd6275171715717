"""Pictures with something in them, as different from each other as photos are; and what happens to photos on the way."""

import io
import random
from collections.abc import Callable

from PIL import ExifTags, Image, ImageDraw, ImageFilter

SIZE = (640, 480)


def scene(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Light from one side, and a dozen things of all sizes and colours."""
    rng = random.Random(seed)
    light = Image.linear_gradient("L").resize(size).rotate(rng.choice([0, 90, 180, 270]))
    image = Image.composite(Image.new("RGB", size, _colour(rng)), Image.new("RGB", size, _colour(rng)), light)
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randrange(6, 30)):
        _thing(rng, draw, *size)
    return image.filter(ImageFilter.GaussianBlur(2 * rng.random()))


def _colour(rng: random.Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def _thing(rng: random.Random, draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
    x, y = rng.randrange(width), rng.randrange(height)
    w, h = rng.randrange(10, width // 4), rng.randrange(10, height // 4)
    kind, colour = rng.randrange(3), _colour(rng)
    if kind == 0:
        draw.rectangle((x - w, y - h, x + w, y + h), fill=colour)
    elif kind == 1:
        draw.ellipse((x - w, y - h, x + w, y + h), fill=colour)
    else:
        draw.line((x, y, rng.randrange(width), rng.randrange(height)), fill=colour, width=rng.randrange(2, 20))


def jpeg(image: Image.Image, quality: int = 85, exif: bytes = b"") -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **({"exif": exif} if exif else {}))
    return out.getvalue()


def compressed(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(jpeg(image, quality))).convert("RGB")


def scaled(image: Image.Image, share: float) -> Image.Image:
    return image.resize((round(image.width * share), round(image.height * share)))


def cropped(image: Image.Image, share: float) -> Image.Image:
    """Without `share` of width and height, half of it on each side."""
    x, y = round(image.width * share / 2), round(image.height * share / 2)
    return image.crop((x, y, image.width - x, image.height - y))


def brighter(image: Image.Image, factor: float) -> Image.Image:
    return image.point(lambda value: min(255, round(value * factor)))


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "compressed to quality 30": lambda image: compressed(image, 30),
    "half as large, compressed": lambda image: compressed(scaled(image, 0.5), 70),
    "a fifth as large": lambda image: scaled(image, 0.2),
    "cropped by 2 %": lambda image: cropped(image, 0.02),
    "15 % brighter": lambda image: brighter(image, 1.15),
}
"""What messengers, galleries and people do to a photo that stays the same photo."""


def exif(
    *,
    taken: str = "2026:11:20 09:12:33",
    changed: str = "",
    lat: tuple[float, float, float] = (30.0, 55.0, 56.0),
    lng: tuple[float, float, float] = (108.0, 42.0, 47.5),
    make: str = "",
    model: str = "",
    software: str = "",
) -> bytes:
    """EXIF of a phone; by default of the school of `tests.fixtures.visits`."""
    found = Image.Exif()
    told = {ExifTags.Base.Make: make, ExifTags.Base.Model: model, ExifTags.Base.Software: software}
    told[ExifTags.Base.DateTime] = changed
    for tag, text in told.items():
        if text:
            found[tag] = text
    found.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    place = found.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", lat
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", lng
    return found.tobytes()
