"""What a received file says about itself: type, picture size, and where, when and with what it was made (EXIF)."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from backend.core.clock import CHINA
from backend.media.rules import filetypes, wholeness
from backend.media.rules.images import Unreadable, opened

WORDS = {"make": ExifTags.Base.Make, "model": ExifTags.Base.Model, "software": ExifTags.Base.Software}
LONGEST = 80


def examine(path: Path) -> dict[str, Any]:
    """`filetype` by the first bytes (None: not an accepted type), `readable`; of whole pictures `width` and `height` in
    pixels as stored, `orientation` (1–8, EXIF), and if told `taken_at` and `changed_at` (ISO 8601), `lng` and `lat`
    (WGS 84, degrees), `make`, `model` and `software` (at most 80 characters each).
    """
    with path.open("rb") as file:
        filetype = filetypes.sniff(file.read(filetypes.HEAD))
    facts: dict[str, Any] = {"filetype": filetype, "readable": filetype is not None}
    if filetype in filetypes.IMAGES:
        facts |= _picture(path) if wholeness.is_whole(path, filetype) else {"readable": False}
    return facts


def _picture(path: Path) -> dict[str, Any]:
    try:
        with opened(path) as image:
            return {"width": image.width, "height": image.height, "readable": True, **_exif(image)}
    except Unreadable:
        return {"readable": False}


def _exif(image: Image.Image) -> dict[str, Any]:
    """A picture may be fine and its EXIF nonsense: then only these facts are missing."""
    try:
        exif = image.getexif()
        details, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
        orientation = exif.get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001 -- Pillow's EXIF reader raises nearly anything on hostile input
        return {}
    known = next((number for number in range(1, 9) if number == orientation), 1)  # a plain int, whatever the file holds
    taken = _time(details.get(ExifTags.Base.DateTimeOriginal), details.get(ExifTags.Base.OffsetTimeOriginal))
    changed = _time(exif.get(ExifTags.Base.DateTime), details.get(ExifTags.Base.OffsetTime))
    words = {name: _words(exif.get(tag)) for name, tag in WORDS.items()}
    told: dict[str, Any] = {"taken_at": taken, "changed_at": changed, **words}
    return {"orientation": known} | {name: value for name, value in told.items() if value} | _place(place)


def _time(text: Any, offset: Any) -> str | None:
    """EXIF 2.3 writes local time and, if at all, the zone beside it; without one we are in China."""
    try:
        time = dt.datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=CHINA)
        if offset:
            time = time.replace(tzinfo=dt.datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo)
    except ValueError:
        return None
    return time.isoformat()


def _words(value: Any) -> str:
    """What a camera wrote, as any database can hold it: without control characters, at most `LONGEST` characters."""
    text = value if isinstance(value, str) else ""
    plain = "".join(each for each in text if each.isprintable()).encode("utf-8", "replace").decode()
    return plain.strip()[:LONGEST]


def _place(gps: dict[int, Any]) -> dict[str, Any]:
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    lng = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    return {} if lat is None or lng is None else {"lat": lat, "lng": lng}


def _degrees(parts: Any, side: Any, negative: str, limit: int) -> float | None:
    """Degrees, minutes, seconds -> signed degrees; None for anything that is no place on earth."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return round(-value if str(side).strip("\0 ").upper() == negative else value, 7)
