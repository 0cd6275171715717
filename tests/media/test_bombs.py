"""Pictures made to take all memory or time: refused by what they say about themselves, before they are decoded."""

import io
import random
import struct
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from PIL import Image

from backend.media.rules import derivatives
from backend.media.rules.images import SCANS, Unreadable
from tests.media.pictures import exif, photo

QUICK = 1.0
"""Seconds of the processor within which a bomb is known for one; decoding any of these takes far more."""


def jpeg_of(width: int, height: int, progressive: bool = False) -> bytes:
    """A JPEG whose header says these sizes, with the pixels of a small one."""
    data = bytearray(photo(64, 48, progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def many_scans(count: int) -> bytes:
    """A progressive JPEG of 16 megapixels, its last scan repeated."""
    out = io.BytesIO()
    Image.new("RGB", (4000, 4000)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * count + b"\xff\xd9"


def chunked_png(width: int, height: int) -> bytes:
    """A PNG of zeros: a few kilobytes, and as many pixels as it says."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer, row = zlib.compressobj(9), bytes(1 + width * 3)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "received"


@pytest.mark.parametrize(
    "data",
    [
        jpeg_of(65_535, 65_535),
        jpeg_of(65_535, 1_000),
        jpeg_of(32_768, 8),
        jpeg_of(65_535, 400, progressive=True),
        jpeg_of(8_000, 4_000, progressive=True),
        chunked_png(25_001, 1_000),
        many_scans(SCANS),
    ],
    ids=[
        "largest jpeg",
        "long jpeg",
        "one pixel too long",
        "long progressive",
        "large progressive",
        "png of zeros",
        "scans without end",
    ],
)
def test_a_bomb_is_known_before_it_is_decoded(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(Unreadable):
        derivatives.derive(file)
    spent, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (spent < QUICK, peak < 5_000_000) == (True, True)


def test_a_long_strip_of_a_jpeg_is_only_a_picture(file: Path) -> None:
    file.write_bytes(photo(32_767, 16))
    made = derivatives.derive(file)
    assert [Image.open(io.BytesIO(made[kind])).size for kind in ("preview", "list")] == [(1280, 1), (320, 1)]


def test_an_ordinary_progressive_photo_is_none(file: Path) -> None:
    file.write_bytes(photo(2000, 1500, progressive=True))
    assert Image.open(io.BytesIO(derivatives.derive(file)["preview"])).size == (1280, 960)


def test_a_photo_with_a_second_picture_behind_it_is_decoded_at_the_scale_that_is_needed(file: Path) -> None:
    """Phones write a depth map or a copy for bright screens behind the picture (MPO)."""
    first, second = (Image.new("RGB", size, "red") for size in ((6000, 4500), (1500, 1125)))
    out = io.BytesIO()
    first.save(out, "MPO", save_all=True, append_images=[second])
    file.write_bytes(out.getvalue())
    with Image.open(file) as known:
        assert known.format == "MPO"
    assert Image.open(io.BytesIO(derivatives.derive(file)["preview"])).size == (1280, 960)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the product ignores them too
def test_exif_that_is_rubbish_costs_no_preview(file: Path) -> None:
    """A picture whose metadata is nonsense is shown as it is stored."""
    good, rng = exif(orientation=6), random.Random(3)
    for _ in range(300):
        rubbish = bytearray(good)
        for _ in range(rng.randrange(1, 12)):
            rubbish[rng.randrange(6, len(rubbish))] = rng.randrange(256)
        file.write_bytes(photo(exif=bytes(rubbish)))
        assert set(derivatives.derive(file)) == {"preview", "list"}
