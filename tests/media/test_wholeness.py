"""Pictures as phones write them are whole, however they end; what was cut from them is not."""

import io
import struct
import time
import tracemalloc
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from backend.media.rules import filetypes, wholeness
from backend.media.rules.examination import examine
from tests.media.corpus import corpus
from tests.media.pictures import photo
from tests.media.test_acceptance import heic, refused

FILM = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(3_000) + b"MotionPhoto_Data"


def grain(form: str = "JPEG", size: tuple[int, int] = (400, 300), **options: object) -> bytes:
    """A picture that is not all of one colour: its pixels are most of its bytes."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, form, **options)
    return out.getvalue()


def with_thumbnail() -> bytes:
    """EXIF 2.3 whose second directory is a whole JPEG, with an end-of-image marker of its own."""
    small, count = photo(160, 120), struct.pack("<H", 1)
    first = count + struct.pack("<HHII", 0x0112, 3, 1, 1) + struct.pack("<I", 26)
    fields = ((0x0103, 3, 6), (0x0201, 4, 68), (0x0202, 4, len(small)))
    second = struct.pack("<H", 3) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
    return b"Exif\0\0II*\0\x08\0\0\0" + first + second + struct.pack("<I", 0) + small


def two_pictures() -> bytes:
    """A second one behind the first, with an index (CIPA DC-007, MPF)."""
    out, second = io.BytesIO(), Image.effect_noise((100, 75), 60).convert("RGB")
    Image.effect_noise((400, 300), 60).convert("RGB").save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


@cache
def phones() -> dict[str, bytes]:
    return {
        "jpeg": grain(),
        "progressive": grain(progressive=True),
        "restarts": grain(restart_marker_rows=1),
        "thumbnail": grain(exif=with_thumbnail()),
        "two pictures": two_pictures(),
        "motion photo": grain() + FILM,
        "filled with zeros": grain() + bytes(4_096),
        "repeated marker bytes": b"\xff\xd8\xff\xff\xff" + grain()[3:],
        "png": grain("PNG"),
        "png with something behind it": grain("PNG") + b"something",
        "webp": grain("WEBP"),
        "webp without loss": grain("WEBP", lossless=True, exif=with_thumbnail()),
        "webp with something behind it": grain("WEBP") + b"something",
        "heic": heic(),
        "heic with a film behind it": heic() + b"\0\0\0\x10mpvd" + bytes(8) + b"something",
    }


@pytest.mark.parametrize("name", phones())
def test_what_phones_write_is_accepted_and_read(tmp_path: Path, name: str) -> None:
    data = phones()[name]
    assert refused(tmp_path, data) is None
    assert examine(tmp_path / "received")["readable"] is True


@pytest.mark.parametrize("name", ["jpeg", "progressive", "restarts", "thumbnail", "png", "webp", "heic"])
def test_what_is_cut_from_them_is_refused_wherever_it_was_cut(tmp_path: Path, name: str) -> None:
    data = phones()[name]
    cuts = [*range(40, len(data) - 1, max(1, len(data) // 60)), len(data) - 2]
    assert {cut: refused(tmp_path, data[:cut]) for cut in cuts} == dict.fromkeys(cuts, "broken_picture")
    assert examine(tmp_path / "received") == {"filetype": filetypes.sniff(data[:64]), "readable": False}


def test_of_two_pictures_the_first_must_be_whole(tmp_path: Path) -> None:
    data = two_pictures()
    second = data.rindex(b"\xff\xd8\xff")
    assert refused(tmp_path, data[: second + 50]) is None
    assert refused(tmp_path, data[: second - 3]) == "broken_picture"


@pytest.mark.parametrize(
    ("filetype", "data"),
    [
        ("image/jpeg", b"\xff\xd8\xff" + b"\xff" * 2_000_000),
        ("image/jpeg", b"\xff\xd8" + b"\xff\xfe\x00\x02" * 500_000),
        ("image/jpeg", b"\xff\xd8" + b"\xff\xfe\x00\x00" * 500_000),
        ("image/png", b"\x89PNG\r\n\x1a\n" + (b"\0\0\0\0IHDR" + bytes(4)) * 200_000),
        ("image/webp", b"RIFF" + struct.pack("<I", 1_600_004) + b"WEBP" + b"ALPH\0\0\0\0" * 200_000),
        ("image/heic", b"\0\0\0\x18ftypheic" + bytes(12) + b"\0\0\0\x08free" * 200_000),
        ("image/heic", b"\0\0\0\x18ftypheic" + bytes(12) + b"\0\0\0\x01free" + bytes(2_000_000)),
        ("image/heic", b"\0\0\0\x18ftypheic" + bytes(12)),
        ("image/webp", b"RIFF\4\0\0\0WEBP"),
        ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\0IEND" + bytes(4)),
    ],
)
def test_parts_without_end_and_without_content_are_known_at_once(tmp_path: Path, filetype: str, data: bytes) -> None:
    path = tmp_path / "received"
    path.write_bytes(data)
    start = time.process_time()
    assert not wholeness.is_whole(path, filetype)
    assert time.process_time() - start < 1


def least(work: Callable[[], object]) -> float:
    """Processor seconds of the quickest of nine."""

    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(9))


def test_an_ordinary_photo_costs_little(tmp_path: Path) -> None:
    data = grain(size=(2000, 1500), quality=95, exif=with_thumbnail())
    assert 2_000_000 < len(data) < 6_000_000
    assert refused(tmp_path, data) is None
    tracemalloc.start()
    refused(tmp_path, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    path = tmp_path / "received"
    assert (least(lambda: wholeness.is_whole(path, filetypes.JPEG)) < 0.005, peak < 1_000_000) == (True, True)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the product ignores them too
def test_rubbish_in_exif_leaves_a_picture_whole(tmp_path: Path) -> None:
    told = {name: refused(tmp_path, sample.data) for name, sample in corpus().items() if name.startswith("exif")}
    assert (len(told) > 5, set(told.values())) == (True, {None})
