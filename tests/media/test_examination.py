"""What is read from a received file, also from one made to do harm."""

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from backend.media.rules import derivatives, filetypes
from backend.media.rules.examination import examine
from backend.media.rules.images import Unreadable
from tests.media.pictures import exif, noise, photo


@pytest.fixture
def examined(tmp_path: Path) -> Any:
    def look(data: bytes) -> dict[str, Any]:
        return examine(written(tmp_path, data))

    return look


def written(folder: Path, data: bytes) -> Path:
    path = folder / "received"
    path.write_bytes(data)
    return path


def png(width: int, height: int) -> bytes:
    """A PNG that claims to be that large and holds nothing but the beginning of its pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(999))) + chunk(b"IEND", b"")


def gif() -> bytes:
    out = io.BytesIO()
    Image.new("P", (4, 4)).save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "filetype"),
    [
        (photo(), "image/jpeg"),
        (photo(form="PNG"), "image/png"),
        (photo(form="WEBP"), "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (gif(), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"PK\x03\x04", None),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_the_type_is_that_of_the_first_bytes(examined, data, filetype):
    assert examined(data)["filetype"] == filetype


@pytest.mark.parametrize(
    ("said", "plain"),
    [("image/jpeg", "image/jpeg"), ("Image/JPG", "image/jpeg"), ("application/pdf; x=1", "application/pdf"), ("", "")],
)
def test_spellings_of_a_type(said, plain):
    assert filetypes.plain(said) == plain


def test_time_and_place_and_orientation_are_read(examined):
    assert examined(photo(640, 480, exif=exif(orientation=6))) == {
        "filetype": "image/jpeg",
        "readable": True,
        "width": 640,
        "height": 480,
        "orientation": 6,
        "taken_at": "2026-11-20T09:12:33+08:00",
        "lat": 30.93,
        "lng": 108.71,
    }


def test_an_orientation_that_is_a_fraction_is_told_as_a_number(examined):
    """Facts are stored as JSON: a type of Pillow's in them would undo the receipt of the photo."""
    rational = 5
    tiff = struct.pack("<2sHI H HHII I II", b"II", 42, 8, 1, ExifTags.Base.Orientation, rational, 1, 26, 0, 6, 1)
    facts = examined(photo(exif=b"Exif\0\0" + tiff))
    assert json.loads(json.dumps(facts))["orientation"] == 6


def test_a_zone_in_the_file_counts(examined):
    facts = examined(photo(exif=exif(offset="+09:00")))
    assert facts["taken_at"] == "2026-11-20T09:12:33+09:00"


@pytest.mark.parametrize("taken", ["", "0000:00:00 00:00:00", "2026-11-20", "2026:13:45 99:00:00", "\0\0\0"])
def test_a_time_that_is_none_is_left_out(examined, taken):
    facts = examined(photo(exif=exif(taken=taken)))
    assert ("taken_at" in facts, facts["readable"]) == (False, True)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the product ignores them too
def test_exif_that_is_rubbish_costs_only_the_exif(examined):
    good = exif()
    for cut in range(6, len(good), 7):
        facts = examined(photo(exif=good[:cut] + bytes(range(40))))
        assert (facts["width"], facts["height"]) == (64, 48)


@pytest.mark.parametrize(
    "data",
    [
        png(60_000, 60_000),
        png(9_000, 9_000),
        png(2_000_000_000, 2),
        b"\xff\xd8\xff\xe0" + noise(5000)[100:],
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\xff\xff\xff\xffWEBPVP8L" + bytes(30),
    ],
    ids=["bomb", "small bomb", "overflow", "noise", "bare jpeg", "bare png", "bare webp"],
)
def test_pictures_that_cannot_be_read_are_named_so_and_raise_nothing_else(examined, tmp_path, data):
    facts = examined(data)
    assert (facts["readable"], facts["filetype"] in filetypes.IMAGES) == (False, True)
    with pytest.raises(Unreadable):
        derivatives.derive(written(tmp_path, data))


@pytest.mark.parametrize("data", [png(7_000, 7_000), png(300, 300), photo()[:400]], ids=["large", "short", "cut"])
def test_pictures_that_break_while_they_are_decoded_are_unreadable(tmp_path, data):
    with pytest.raises(Unreadable):
        derivatives.derive(written(tmp_path, data))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_every_flip_of_a_byte_is_survived(tmp_path):
    original = photo(32, 32, exif=exif())
    outcomes = set()
    for place in range(0, len(original), 5):
        path = written(tmp_path, original[:place] + bytes([original[place] ^ 0xFF]) + original[place + 1 :])
        assert json.loads(json.dumps(examine(path))).keys() >= {"filetype", "readable"}
        try:
            outcomes.add(frozenset(derivatives.derive(path)))
        except Unreadable:
            outcomes.add(frozenset())
    assert outcomes == {frozenset({"preview", "list"}), frozenset()}


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=("JPEG",))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_small_picture_is_not_made_larger(tmp_path, form):
    made = derivatives.derive(written(tmp_path, photo(200, 100, form=form)))
    assert {kind: opened(data).size for kind, data in made.items()} == {"preview": (200, 100), "list": (200, 100)}


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_a_signature_on_nothing_gets_white_paper(tmp_path, mode):
    """Whatever the mode, what is transparent becomes white and the rest stays."""
    image = Image.new(mode, (40, 40), 0)
    options = {"transparency": 0} if mode == "P" else {}
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    made = opened(derivatives.derive(written(tmp_path, out.getvalue()))["list"])
    transparent = mode in {"RGBA", "LA", "P"}
    assert made.getpixel((20, 20)) == ((255, 255, 255) if transparent else (0, 0, 0))


def test_a_cmyk_photo_becomes_rgb(tmp_path):
    out = io.BytesIO()
    Image.new("CMYK", (40, 40), (0, 255, 255, 0)).save(out, "JPEG")
    made = opened(derivatives.derive(written(tmp_path, out.getvalue()))["list"])
    red = made.getpixel((20, 20))
    assert isinstance(red, tuple)
    assert (made.mode, red[0] > 200, red[1] < 60) == ("RGB", True, True)
