"""Broken and hostile files, made on the spot: everything that an upload may turn out to be.

`python -m tests.media.corpus FOLDER` writes them all, to be looked at with other programs.
"""

import io
import random
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from tests.media.pictures import exif, noise, paper, photo

SCRIPT = b"<script>alert(document.domain)</script>"
PAGE = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'

SHOWN, KEPT = "shown", "kept"
"""What becomes of a file: kept as it is and shown smaller; kept as it is, nothing of it decoded; else a code of refusal."""

BROKEN, LARGE = "broken_picture", "too_many_pixels"


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, the type its sender says it has, the type it is served with, and its fate."""

    data: bytes
    fate: str
    served: str = "image/jpeg"
    declared: str = "image/jpeg"


@cache
def corpus() -> dict[str, Sample]:
    """Name -> sample. The same bytes every time."""
    return dict([*bombs(), *giants(), *truncated(), *polyglots(), *pretenders(), *spoilt_exif(), *odd()])


def bombs() -> Iterator[tuple[str, Sample]]:
    """Small files that would fill the memory or keep a processor busy."""
    yield "png of 3.6 gigapixels by its head", _png(60_000, 60_000, b"", fate=LARGE)
    yield "png of 49 megapixels of zeros", _png(7_000, 7_000, _zeros(7_000 * 876), fate=LARGE, depth=1)
    text = b"Comment\0\0" + _zeros(80 * 2**20)
    yield "png with a text of 80 MB", _png(64, 48, _zeros(48 * 193), (b"zTXt", text))
    profile = b"profile\0\0" + _zeros(80 * 2**20)
    yield "png with a colour profile of 80 MB", _png(64, 48, _zeros(48 * 193), (b"iCCP", profile))
    yield "png whose pixels inflate to a hundred times its size", _png(64, 48, _zeros(2**24), fate=SHOWN)
    yield "webp of 268 megapixels by its head", Sample(_webp(16_383, 16_383), LARGE, "image/webp", "image/webp")
    yield "jpeg of 4.3 gigapixels by its head", Sample(_resized(photo(), 65_535, 65_535), LARGE)
    scan = photo(2_500, 2_500, progressive=True)
    last = scan[scan.rindex(b"\xff\xda") : -2]
    yield "jpeg with two thousand scans", Sample(scan[:-2] + last * 2_000 + b"\xff\xd9", LARGE)


def giants() -> Iterator[tuple[str, Sample]]:
    """Pictures as long as a format allows."""
    yield "jpeg of 32,767 by 8 pixels", Sample(photo(32_767, 8), SHOWN)
    yield "jpeg of 65,500 by 8 pixels", Sample(photo(65_500, 8), LARGE)
    yield "jpeg of 65,535 by 48 pixels by its head", Sample(_resized(photo(), 65_535, 48), LARGE)
    yield "png of 65,535 by 1 pixels", _png(65_535, 1, zlib.compress(bytes(1 + 65_535 * 3)), fate=LARGE)
    yield "png of 1 by 65,535 pixels", _png(1, 65_535, zlib.compress(bytes(4 * 65_535)), fate=LARGE)
    yield "png of 2 by 2 billion pixels", _png(2, 2_000_000_000, b"", fate=LARGE)
    yield "png of no pixels", _png(0, 0, b"")


def truncated() -> Iterator[tuple[str, Sample]]:
    """The beginning of a picture."""
    for form, served in (("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")):
        whole = photo(200, 150, form)
        for share in (0.02, 0.1, 0.5, 0.9):
            cut = whole[: max(24, int(len(whole) * share))]
            yield f"{form} cut at {share:.0%}", Sample(cut, BROKEN, served, served)
    yield "pdf cut in the middle", Sample(paper()[:200], "broken_pdf", declared="application/pdf")


def polyglots() -> Iterator[tuple[str, Sample]]:
    """Files that are two things at once."""
    archive = _zip({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "Evil.class": b"\xca\xfe\xba\xbe"})
    yield "jpeg and zip", Sample(photo() + archive, "two_types")
    yield "png and jar", Sample(photo(form="PNG") + archive, "two_types", declared="image/png")
    yield "gifar", Sample(_gif() + archive, "unsupported_type", declared="image/jpeg")
    yield "html in a jpeg comment", Sample(_commented(PAGE), "two_types")
    yield "html in a late jpeg comment", Sample(_commented(b" " * 4_000 + PAGE), SHOWN)
    yield "html behind a jpeg", Sample(photo(640, 480) + PAGE, SHOWN)
    yield "php behind a jpeg", Sample(photo(640, 480) + b"<?php system($_GET['c']); ?>", SHOWN)
    yield "pdf in a jpeg comment", Sample(_commented(paper()), "two_types")
    yield (
        "html in a png text",
        _png(64, 48, zlib.compress(bytes(48 * 193)), (b"tEXt", b"Comment\0" + PAGE), "two_types"),
    )
    yield (
        "javascript that begins as webp",
        Sample(_webp(9, 9)[:12] + b"=1;alert(1)//" + bytes(99), BROKEN, "image/webp"),
    )
    action = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    yield "pdf with a script", Sample(paper(action), KEPT, "application/pdf", "application/pdf")
    yield "pdf and html", Sample(b"%PDF-1.7\n" + PAGE, "broken_pdf", declared="application/pdf")
    yield "encrypted pdf", Sample(paper(b"/Encrypt 9 0 R"), "encrypted_pdf", declared="application/pdf")


def pretenders() -> Iterator[tuple[str, Sample]]:
    """Files that are something else than their sender says."""
    yield "png declared as jpeg", Sample(photo(form="PNG"), SHOWN, "image/png")
    yield "webp declared as png", Sample(photo(form="WEBP"), SHOWN, "image/webp", "image/png")
    yield "pdf declared as jpeg", Sample(paper(), KEPT, "application/pdf")
    yield "jpeg declared as pdf", Sample(photo(), SHOWN, declared="application/pdf")
    for name, data in {
        "html": PAGE,
        "svg": SVG,
        "gif": _gif(),
        "tiff": _saved("TIFF"),
        "bmp": _saved("BMP"),
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
        "zip": _zip({"a": b"a"}),
        "program": b"\x7fELF\x02\x01\x01" + bytes(200),
        "shell script": b"#!/bin/sh\nrm -rf /\n",
        "video": b"\0\0\0\x18ftypmp42" + bytes(200),
        "avif": b"\0\0\0\x18ftypavif" + bytes(200),
        "text": "现场照片".encode(),
    }.items():
        yield f"{name} declared as jpeg", Sample(data, "unsupported_type")
        yield f"{name} declared as pdf", Sample(data, "unsupported_type", declared="application/pdf")


def spoilt_exif() -> Iterator[tuple[str, Sample]]:
    """Pictures that are sound, and say rubbish about themselves."""
    chance, head = random.Random(7), b"Exif\0\0II*\0\x08\0\0\0"
    yield "exif of noise", Sample(photo(exif=b"Exif\0\0" + chance.randbytes(60_000)), SHOWN)
    yield "exif that leads to itself", Sample(photo(exif=head + struct.pack("<HI", 0, 8)), SHOWN)
    loop = struct.pack("<HHHIII", 1, 0x8769, 4, 1, 8, 8)
    yield "exif whose details are itself", Sample(photo(exif=head + loop), SHOWN)
    many = struct.pack("<H", 65_535) + struct.pack("<HHII", 0x0112, 3, 2**31, 2**31) * 5_000
    yield "exif of endless entries", Sample(photo(exif=head + many), SHOWN)
    yield "exif of zero-denominator places", Sample(photo(exif=_without_denominators(exif())), SHOWN)
    for place in range(4):
        good = bytearray(exif(orientation=6, offset="+08:00"))
        for _ in range(30):
            good[chance.randrange(14, len(good))] = chance.randrange(256)
        yield f"exif with thirty wrong bytes {place}", Sample(photo(exif=bytes(good)), SHOWN)
    yield "exif cut off", Sample(photo(exif=exif()[:40]), SHOWN)


def odd() -> Iterator[tuple[str, Sample]]:
    """Hardly files at all."""
    yield "zero bytes", Sample(b"", "unsupported_type")
    yield "one byte", Sample(b"\xff", "unsupported_type")
    yield "the first bytes of a jpeg", Sample(b"\xff\xd8\xff", BROKEN)
    yield "the first bytes of a png", Sample(b"\x89PNG\r\n\x1a\n", BROKEN, "image/png")
    yield "noise that begins as jpeg", Sample(b"\xff\xd8\xff\xe0" + noise(50_000)[100:], BROKEN)
    yield "jpeg without tables, noise behind it", Sample(noise(50_000), KEPT)
    yield "only zeros", Sample(bytes(10_000), "unsupported_type")
    yield "the same marker again and again", Sample(b"\xff\xd8\xff" + b"\xff" * 100_000, BROKEN)
    yield "jpeg comments without end", Sample(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 50_000, BROKEN)
    frames = [Image.new("RGB", (40, 40), (n % 256, 0, 0)) for n in range(200)]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=1, loop=0)
    yield "a film of 200 frames as png", Sample(out.getvalue(), SHOWN, "image/png", "image/png")


def _png(
    width: int, height: int, pixels: bytes, extra: tuple[bytes, bytes] | None = None, fate: str = BROKEN, depth: int = 8
) -> Sample:
    head = struct.pack(">IIBBBBB", width, height, depth, 2 if depth == 8 else 0, 0, 0, 0)
    chunks = [(b"IHDR", head), *([extra] if extra else []), (b"IDAT", pixels), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return Sample(b"\x89PNG\r\n\x1a\n" + body, fate, "image/png", "image/png")


def _zeros(size: int) -> bytes:
    """So many zeros, packed a thousand times smaller, without ever holding them."""
    packer, step = zlib.compressobj(9), 2**20
    packed = b"".join(packer.compress(bytes(min(step, size - at))) for at in range(0, size, step))
    return packed + packer.flush()


def _webp(width: int, height: int) -> bytes:
    """The head of a lossless WebP of that size, and no pixels."""
    bits = (width - 1) | (height - 1) << 14
    data = b"\x2f" + struct.pack("<I", bits) + bytes(64)
    chunk = b"VP8L" + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _resized(jpeg: bytes, width: int, height: int) -> bytes:
    """The same picture, its head saying another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def _commented(comment: bytes) -> bytes:
    """A JPEG with a comment right behind its first marker."""
    return b"\xff\xd8\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + photo()[2:]


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 9, 0, 0)), data)
    return out.getvalue()


def _gif() -> bytes:
    return _saved("GIF")


def _saved(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, form)
    return out.getvalue()


def _without_denominators(good: bytes) -> bytes:
    """Every fraction of seconds, minutes and degrees becomes one by zero."""
    spoilt = good
    for number in (30, 55, 48, 108, 42, 36):
        for order in ("<", ">"):
            spoilt = spoilt.replace(struct.pack(f"{order}II", number, 1), struct.pack(f"{order}II", number, 0))
    return spoilt


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, sample in corpus().items():
        (folder / name.replace("/", "-").replace(" ", "-")).write_bytes(sample.data)


if __name__ == "__main__":
    main()
