"""What a received file says about itself: type, size of the picture, and where and when it was taken (EXIF)."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from backend.core.clock import CHINA
from backend.media.rules import filetypes
from backend.media.rules.images import Unreadable, opened


def examine(path: Path) -> dict[str, Any]:
    """`filetype` by the first bytes (None: not an accepted type), `readable`; of pictures `width` and `height` in
    pixels as stored, `orientation` (1–8, EXIF), `taken_at` (ISO 8601), `lng` and `lat` (WGS 84, degrees) if told.
    """
    with path.open("rb") as file:
        filetype = filetypes.sniff(file.read(filetypes.HEAD))
    facts: dict[str, Any] = {"filetype": filetype, "readable": filetype is not None}
    if filetype in filetypes.IMAGES:
        facts |= _picture(path)
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
    facts: dict[str, Any] = {"orientation": known}
    return facts | _time(details) | _place(place)


def _time(details: dict[int, Any]) -> dict[str, Any]:
    """EXIF 2.3 writes local time and, if at all, the zone beside it; without one we are in China."""
    text = details.get(ExifTags.Base.DateTimeOriginal)
    offset = details.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        taken = dt.datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=CHINA)
        if offset:
            taken = taken.replace(tzinfo=dt.datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo)
    except ValueError:
        return {}
    return {"taken_at": taken.isoformat()}


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
