"""What does not fit together about a photo: warnings for its reviewer, never reasons to refuse it. Pure.

Times of the device are compared with each other as they are; with ours only after its clock's error was taken off.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

SKEW = 120.0
"""Seconds; a larger error of the device's clock is shown to the reviewer (sync protocol, Push: Time). Two times that
should be the same moment may differ by as much: cameras write whole seconds, and write them when the file is done."""

LATE = 1800.0
"""Seconds from taking a photo until the phone declared it. The app declares at once; a photo out of the gallery is
older (product default: half an hour, as long as somebody may look for a signal of the satellites in a building)."""

PLACE_GAP = 1000.0
"""Metres between the declared place and the one in the file. Some cameras write GCJ-02 as if it were WGS 84, which is
300 to 700 m in China, and some write the place where they last knew it (product default)."""

LEAST_SURE = 2000.0
"""Metres of a phone's own uncertainty that are believed at most, as for a check-in (services/geofence.py)."""

EDITORS = re.compile(
    r"photoshop|lightroom|gimp|snapseed|picsart|meitu|美图|美颜|醒图|轻颜|vsco|canva|pixelmator|acdsee|paint\.net|affinity"
    r"|capcut|剪映|facetune|polarr|pixlr|fotor|photoscape|corel|darktable",
    re.IGNORECASE,
)
"""Names of programs that change pictures, as they write them into the EXIF field Software. Cameras write their own
firmware there, so only names that are known mean anything; a hint, no proof."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One warning: `kind` as in `models.FlagKind`, `detail` plain figures."""

    kind: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """What the phone declared. `taken_at` and `at` (when it declared) by its clock, `offset_ms` ahead of ours."""

    kind: str
    filetype: str
    taken_at: dt.datetime | None = None
    at: dt.datetime | None = None
    received_at: dt.datetime | None = None
    offset_ms: int | None = None
    placed: bool = False
    mock: bool | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the file says of itself; times by the clock of the camera. `filetype` is None for no accepted type."""

    filetype: str | None
    readable: bool = True
    taken_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None
    make: str = ""
    model: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class Metres:
    """Distances in metres, None where one of the places is not known; `sure` is the phone's own uncertainty."""

    to_file: float | None = None
    to_target: float | None = None
    at_target: bool = True
    sure: float = 0.0


def flags(claim: Claim, found: Found | None, metres: Metres) -> list[Flag]:
    """Every warning, each kind once. `found` is None where nothing could be read of the file."""
    return [*_times(claim, found), *_places(claim, metres), *(_file(claim, found) if found else ())]


def _times(claim: Claim, found: Found | None) -> Iterator[Flag]:
    gaps = {between: round(seconds) for between, seconds in _gaps(claim, found)}
    if gaps:
        yield Flag("time_gap", gaps)
    skew = (claim.offset_ms or 0) / 1000
    if abs(skew) > SKEW:
        yield Flag("clock_skew", {"seconds": round(skew)})


def _gaps(claim: Claim, found: Found | None) -> Iterator[tuple[str, float]]:
    """(compared with, seconds): `file` and `declared` positive when that is later; `received` when it is earlier."""
    in_file = found.taken_at if found else None
    taken = claim.taken_at or in_file
    if claim.taken_at and in_file and abs(gap := _seconds(claim.taken_at, in_file)) > SKEW:
        yield "file", gap
    if taken and claim.at and not -SKEW <= (gap := _seconds(taken, claim.at)) <= LATE:
        yield "declared", gap
    if taken and claim.received_at and (gap := _seconds(claim.received_at, _ours(taken, claim.offset_ms))) > SKEW:
        yield "received", gap


def _seconds(one: dt.datetime, other: dt.datetime) -> float:
    return (other - one).total_seconds()


def _ours(device: dt.datetime, offset_ms: int | None) -> dt.datetime:
    """The device's time by our clock; a clock that is out by more than the calendar is left as it is."""
    try:
        return device - dt.timedelta(milliseconds=offset_ms or 0)
    except OverflowError:
        return device


def _places(claim: Claim, metres: Metres) -> Iterator[Flag]:
    if claim.mock:
        yield Flag("mock_location")
    if claim.kind != "photo":
        return
    if not claim.placed:
        yield Flag("no_place")
    if metres.to_file is not None and metres.to_file > PLACE_GAP + min(metres.sure, LEAST_SURE):
        yield Flag("place_gap", {"metres": round(metres.to_file)})
    if metres.to_target is not None and not metres.at_target:
        yield Flag("far_from_target", {"metres": round(metres.to_target)})


def _file(claim: Claim, found: Found) -> Iterator[Flag]:
    image = (found.filetype or "").startswith("image/")
    if found.filetype != claim.filetype or (claim.kind != "document" and not image):
        yield Flag("wrong_type", {"declared": claim.filetype, "found": found.filetype})
    if image and not found.readable:
        yield Flag("unreadable")
    if _other_device(claim.model, found):
        yield Flag("device_gap", {"declared": claim.model, "found": f"{found.make} {found.model}".strip()})
    if EDITORS.search(found.software):
        yield Flag("edited", {"software": found.software})
    elif found.taken_at and found.changed_at and (gap := _seconds(found.taken_at, found.changed_at)) > SKEW:
        yield Flag("edited", {"seconds": round(gap)})


def _other_device(model: str, found: Found) -> bool:
    """Whether neither name is a part of the other: makers put their own name before, and code names behind."""
    told, written = _letters(model), _letters(found.model)
    whole = _letters(found.make + found.model)
    return bool(told and written) and not (told in whole or written in told)


def _letters(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())
