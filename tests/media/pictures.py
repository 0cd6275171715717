"""Pictures made on the spot."""

import io
import random
from typing import Any

from PIL import ExifTags, Image

FRAME = bytes.fromhex("ffd8 ffc0000b080001000101011100 ffda0008010100003f00 00 ffd9")
"""The least that is a whole JPEG by its structure, of one pixel: what stands behind it is as free as in any. It is
accepted, and nothing can be drawn of it, for it has no tables."""


def noise(size: int, seed: int = 1) -> bytes:
    """`size` bytes that are taken for a photo, if they are at least as many as `FRAME` has."""
    return (FRAME + random.Random(seed).randbytes(max(0, size - len(FRAME))))[:size]


def photo(width: int = 64, height: int = 48, form: str = "JPEG", **options: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, width // 2, height))
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def paper(extra: bytes = b"") -> bytes:
    """A PDF of one empty page; `extra` goes into its trailer."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size 4 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (extra, len(out))
    return out + b"xref\n0 4\n0000000000 65535 f \n" + table + trailer


def exif(*, orientation: int = 1, taken: str = "2026:11:20 09:12:33", offset: str | None = None) -> bytes:
    """EXIF with a time and a place in the demonstration county."""
    found = Image.Exif()
    found[ExifTags.Base.Orientation] = orientation
    details = found.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = taken
    if offset:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    place = found.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (30.0, 55.0, 48.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "E", (108.0, 42.0, 36.0)
    return found.tobytes()
