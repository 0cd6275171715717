"""Which files are refused, when, and in which words; HEIC with and without its package."""

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter

from backend.core.errors import Problem
from backend.media.models import Blob, Holding, Upload
from backend.media.rules import acceptance, derivatives, filetypes, heif
from backend.media.rules.examination import examine
from backend.media.rules.images import Unreadable
from tests.media.pictures import exif, noise, paper, photo


@pytest.fixture
def without_heic(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where the optional package is not installed."""
    monkeypatch.setattr(heif, "PACKAGE", "a_package_that_is_not_there")
    heif.available.cache_clear()
    yield
    heif.available.cache_clear()


def heic(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A photo of a phone, red on the left and blue on the right."""
    assert heif.available()
    out = io.BytesIO()
    Image.open(io.BytesIO(photo(*size, form="PNG"))).save(out, "HEIF", quality=90, **options)
    return out.getvalue()


def signature(form: str = "PNG", mode: str = "RGBA", **options: Any) -> bytes:
    image = Image.new(mode, (600, 240), (0, 0, 0, 0) if mode == "RGBA" else "white")
    ImageDraw.Draw(image).line([(40, 60), (200, 180), (300, 40), (520, 200)], fill="black", width=6)
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper())))
    writer.encrypt("a password")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refused(folder: Path, data: bytes, purpose: str = "") -> str | None:
    """The code with which a complete file is refused."""
    path = folder / "received"
    path.write_bytes(data)
    return told(acceptance.check_received, path, filetypes.sniff(data[: filetypes.HEAD]), purpose)


def told(check: Callable[..., None], *given: Any) -> str | None:
    try:
        check(*given)
    except Problem as problem:
        return problem.code if problem.status in (413, 415) and problem.detail.endswith("。") else "unclear"
    return None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (photo(), None),
        (photo(form="PNG"), None),
        (photo(form="WEBP"), None),
        (paper(), None),
        (noise(5000), None),
        (b"", "unsupported_type"),
        (b"GIF89a" + bytes(100), "unsupported_type"),
        (b"MZ" + bytes(100), "unsupported_type"),
        (b"<html><script>alert(1)</script>", "unsupported_type"),
        (b"PK\x03\x04" + bytes(100), "unsupported_type"),
        (photo(comment=b"%PDF-1.7 and more"), "two_types"),
        (photo(comment=b"<SCRIPT>alert(1)</SCRIPT>"), "two_types"),
        (photo() + b"PK\x05\x06" + bytes(18), "two_types"),
        (b"%PDF-1.7\n", "broken_pdf"),
        (b"%PDF-1.7\nstartxref\n99999\n%%EOF\n", "broken_pdf"),
        (b"%PDF-9.9" + paper()[8:], "broken_pdf"),
        (paper()[:-20], "broken_pdf"),
        (paper() + bytes(5000), "broken_pdf"),
        (encrypted(), "encrypted_pdf"),
        (paper(b"/Encrypt << /Filter /Standard >>"), "encrypted_pdf"),
    ],
)
def test_what_is_received_is_judged_by_its_bytes(tmp_path: Path, data: bytes, code: str | None) -> None:
    assert refused(tmp_path, data) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (signature(), None),
        (signature(mode="RGB"), None),
        (signature("JPEG", "RGB"), "no_signature"),
        (photo(600, 240, form="PNG"), "no_signature"),
        (photo(600, 240, form="PNG")[:500], "no_signature"),
        (signature()[:200], "no_signature"),
        (paper(), "no_signature"),
        (signature() + bytes(1024 * 1024), "too_large"),
    ],
)
def test_a_signature_is_a_small_picture_of_strokes(tmp_path: Path, data: bytes, code: str | None) -> None:
    assert refused(tmp_path, data, "signature") == code


def test_an_empty_sheet_is_no_signature(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (600, 240), (0, 0, 0, 0)).save(out, "PNG")
    assert refused(tmp_path, out.getvalue(), "signature") == "no_signature"


@pytest.mark.parametrize(
    ("said", "purpose", "code"),
    [
        ("image/png", "signature", None),
        ("image/jpeg", "signature", "no_signature"),
        ("image/heic", "", None),
        ("image/heif", "", None),
        ("image/gif", "", "unsupported_type"),
        ("", "", "unsupported_type"),
    ],
)
def test_what_is_declared_is_judged_before_a_byte_is_sent(said: str, purpose: str, code: str | None) -> None:
    assert told(acceptance.check_declared, said, 1000, purpose) == code


def test_refused_bytes_are_neither_stored_nor_served(tus, promise, heard) -> None:
    data = photo(comment=b"%PDF-1.7")
    promise(data)
    answer = tus.patch(tus.create(data).headers["location"], data)
    assert (answer.status_code, answer.json()["code"]) == (415, "two_types")
    assert [(news["intact"], news["facts"]["refused"]) for news in heard] == [(False, "two_types")]
    assert (Blob.objects.count(), Holding.objects.count()) == (0, 0)


def test_a_signature_that_is_a_photo_is_refused_as_soon_as_its_upload_begins(tus, promise) -> None:
    data = photo()
    promise(data, purpose="signature")
    answer = tus.create(data)
    assert (answer.status_code, answer.json()["code"]) == (415, "no_signature")


@pytest.mark.parametrize(
    ("head", "filetype"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafheic", "image/heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafavif", None),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1heic", None),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None),
        (b"\0\0\0\x08ftyp", None),
    ],
)
def test_heic_is_known_by_its_brands(head: bytes, filetype: str | None) -> None:
    assert filetypes.sniff(head.ljust(filetypes.HEAD, b"\0")) == filetype


def test_heic_is_read_where_its_package_is_installed(tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(heic(exif=exif()))
    assert refused(tmp_path, path.read_bytes()) is None
    facts = examine(path)
    assert (facts["filetype"], facts["width"], facts["height"], facts["lat"]) == ("image/heic", 64, 48, 30.93)
    preview = Image.open(io.BytesIO(derivatives.derive(path)["preview"]))
    left, right = preview.getpixel((8, 24)), preview.getpixel((56, 24))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (left[0] > 150, right[2] > 150, dict(preview.getexif())) == (True, True, {})


def test_heic_is_refused_clearly_where_its_package_is_not_installed(tmp_path: Path, request: Any) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(heic())
    request.getfixturevalue("without_heic")
    with pytest.raises(Problem, match="heic_unavailable") as told:
        acceptance.check_declared("image/heic", 1000)
    assert (told.value.status, "HEIC" in told.value.detail) == (415, True)
    assert refused(tmp_path, path.read_bytes()) == "heic_unavailable"
    assert examine(path) == {"filetype": "image/heic", "readable": False}
    with pytest.raises(Unreadable):
        derivatives.derive(path)


def test_heic_that_is_cut_or_spoilt_is_unreadable_and_nothing_worse(tmp_path: Path) -> None:
    original, rng, path = heic(), random.Random(1), tmp_path / "photo.heic"
    outcomes = set()
    for _ in range(60):
        data = bytearray(original)
        for _ in range(rng.randrange(1, 20)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(bytes(data[: rng.randrange(len(data) // 2, len(data) * 2)]))
        assert examine(path).keys() >= {"filetype", "readable"}
        try:
            outcomes.add(frozenset(derivatives.derive(path)))
        except Unreadable:
            outcomes.add(frozenset())
    assert outcomes == {frozenset({"preview", "list"}), frozenset()}


@pytest.mark.parametrize(
    ("data", "code"),
    [(photo(400, 300)[:-20], "broken_picture"), (photo(32_800, 8), "too_many_pixels")],
    ids=["cut short", "too long"],
)
def test_a_picture_that_nobody_could_look_at_is_told_so_and_is_not_kept(
    tus: Any, promise: Any, heard: Any, data: bytes, code: str
) -> None:
    promise(data)
    answer = tus.patch(tus.create(data).headers["location"], data)
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"][-1]) == (415, code, "。")
    assert [(news["intact"], news["facts"]["refused"]) for news in heard] == [(False, code)]
    assert (Blob.objects.count(), Holding.objects.count()) == (0, 0)
    [upload] = Upload.objects.all()
    assert (upload.state, upload.corrupt_path.read_bytes() == data) == ("corrupt", True)
