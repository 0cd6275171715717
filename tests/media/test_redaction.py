"""What was made unrecognisable stays so: of a marked area the file keeps a handful of mean colours."""

import io
import random
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image, ImageChops, ImageDraw, ImageOps

from backend.media.rules import derivatives
from backend.media.rules.lettering import lettering
from backend.media.rules.redaction import TILES, Area, redact

AREA = Area(0.25, 0.25, 0.5, 0.5)
BOX = (100, 75, 300, 225)


def face(seed: int, size: tuple[int, int] = (200, 200)) -> Image.Image:
    """A drawn face, unlike that of another seed."""
    rng, image = random.Random(seed), Image.new("RGB", size, (224, 180, 150))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 200, rng.randint(30, 60)), fill=(30, 20, 10))
    for left in (50, 120):
        draw.ellipse((left, 70, left + rng.randint(14, 34), 70 + rng.randint(8, 20)), fill="black")
    draw.line((100, 95, 95 + rng.randint(0, 14), 130), fill=(140, 90, 70), width=rng.randint(2, 8))
    draw.arc((60, 130, 140, 150 + rng.randint(5, 30)), 10, 170, fill=(160, 30, 40), width=rng.randint(3, 9))
    return image


def flattened(image: Image.Image, tiles: int) -> Image.Image:
    """Another picture with the same mean colour in each tile, and nothing else in common."""
    return image.resize((tiles, tiles), Image.Resampling.BOX).resize(image.size, Image.Resampling.NEAREST)


def redacted(image: Image.Image, *areas: Area) -> Image.Image:
    made = image.copy()
    redact(made, areas)
    return made


def difference(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of a point, of 255."""
    return max(high for _, high in ImageChops.difference(one, other).getextrema())  # type: ignore[misc]


def test_a_face_and_its_mean_colours_cannot_be_told_apart() -> None:
    whole = Area(0, 0, 1, 1)
    for seed in range(8):
        original = face(seed)
        assert difference(original, flattened(original, TILES)) > 80
        assert difference(redacted(original, whole), redacted(flattened(original, TILES), whole)) <= 2


def test_nothing_finer_than_a_tile_is_left() -> None:
    stripes = Image.new("L", (200, 200))
    stripes.putdata([255 * (x // 5 % 2) for _ in range(200) for x in range(200)])
    low, high = redacted(stripes.convert("RGB"), Area(0, 0, 1, 1)).convert("L").getextrema()
    assert (low, high) >= (120, 120)
    assert float(high) - float(low) <= 12  # type: ignore[arg-type]


def test_everything_else_stays_as_it_was() -> None:
    image = Image.frombytes("RGB", (400, 300), random.Random(1).randbytes(400 * 300 * 3))
    made = redacted(image, AREA)
    assert ImageChops.difference(image, made).getbbox() == BOX


def test_areas_may_overlap_and_touch_the_edge() -> None:
    image = Image.frombytes("RGB", (400, 300), random.Random(1).randbytes(400 * 300 * 3))
    made = redacted(image, Area(0, 0, 0.3, 0.3), Area(0.2, 0.2, 0.8, 0.8), Area(0.999, 0.999, 0.001, 0.001))
    low, high = made.crop((100, 80, 400, 300)).convert("L").getextrema()
    assert float(high) - float(low) < 60  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("area", "size", "box"),
    [
        (Area(0, 0, 1, 1), (10, 10), (0, 0, 10, 10)),
        (Area(0.33, 0.33, 0.01, 0.01), (10, 10), (3, 3, 4, 4)),
        (Area(0.05, 0.15, 0.1, 0.1), (10, 10), (0, 1, 2, 3)),
        (Area(0.9999, 0.9999, 1e-9, 1e-9), (10, 10), (9, 9, 10, 10)),
    ],
)
def test_an_area_covers_every_point_it_touches(area: Area, size: tuple[int, int], box: Any) -> None:
    assert area.pixels(size) == box


@pytest.mark.parametrize("orientation", range(1, 9))
def test_areas_are_those_of_the_upright_picture_however_it_is_stored(tmp_path: Path, orientation: int) -> None:
    """White below and right, one dark corner that is to be covered; whatever way the camera was turned."""
    upright = Image.new("RGB", (400, 200), "white")
    upright.paste(Image.frombytes("RGB", (100, 50), random.Random(1).randbytes(15000)), (0, 0))
    turned = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(turned[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.jpg"
    stored.save(path, "JPEG", quality=95, exif=exif)
    assert ImageOps.exif_transpose(Image.open(path)).size == (400, 200)
    letters = lettering(tuple(settings.CAPTION_FONTS))
    made = Image.open(io.BytesIO(derivatives.publishable(path, [Area(0, 0, 0.25, 0.25)], [], letters)))
    covered = made.crop((4, 4, 96, 46)).convert("L").getextrema()
    assert (made.size, float(covered[1]) - float(covered[0]) < 70) == ((400, 200), True)  # type: ignore[arg-type]
