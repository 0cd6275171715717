"""What is written on a preview, so that a picture of the screen still says what it shows and whose it is."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from backend.core.clock import CHINA

SHORT = 12
"""Hex digits of a hash that people compare by eye."""

DATUMS = {"wgs84": "WGS84", "gcj02": "GCJ-02"}


@dataclass(frozen=True, slots=True)
class Caption:
    """What a room above knows of an evidence; what it does not know is left out.

    `lng`, `lat` in degrees of `datum`, `accuracy` in metres, `at` an aware time.
    """

    place: str = ""
    at: dt.datetime | None = None
    lng: float | None = None
    lat: float | None = None
    accuracy: float | None = None
    datum: str = ""
    team: str = ""


def parts(caption: Caption | None, sha256: str) -> list[str]:
    """The pieces of a preview's caption, in order, none of which is to be broken if it can be helped."""
    known = caption or Caption()
    words = (known.place, _time(known), _position(known), known.team, _fingerprint(sha256))
    return [part for part in words if part]


def short_parts(caption: Caption | None, sha256: str) -> list[str]:
    """The pieces for which there is room on a picture in a list: when, and which."""
    return [part for part in (_time(caption or Caption()), _fingerprint(sha256)) if part]


def copy_parts(at: dt.datetime | None, sha256: str, done: Sequence[str] = ()) -> list[str]:
    """The same for a copy that leaves the house: the day and the hash of the original, by which the office finds it.

    Neither coordinates nor team nor place: papers name the place themselves, and not always by its name. `done` says
    what was done to it (已脱敏, 已审定).
    """
    day = f"{at.astimezone(CHINA):%Y-%m-%d}" if at else ""
    return [
        part for part in (f"督导佐证（{'、'.join(done)}）" if done else "督导佐证", day, _fingerprint(sha256)) if part
    ]


def _time(known: Caption) -> str:
    return f"{known.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if known.at else ""


def _fingerprint(sha256: str) -> str:
    return f"指纹{sha256[:SHORT]}"


def _position(known: Caption) -> str:
    if known.lng is None or known.lat is None:
        return ""
    east = f"{'东经' if known.lng >= 0 else '西经'}{abs(known.lng):.5f}°"
    north = f"{'北纬' if known.lat >= 0 else '南纬'}{abs(known.lat):.5f}°"
    near = f" ±{known.accuracy:.0f}米" if known.accuracy is not None else ""
    datum = f"（{DATUMS.get(known.datum, known.datum)}）" if known.datum else ""
    return f"{east} {north}{near}{datum}"
