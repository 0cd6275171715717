"""Pictures of every format, spoilt at random for long: derived, or known as unreadable, and never for long."""

import io
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from backend.media.rules import acceptance, derivatives, filetypes, heif, pdf
from backend.media.rules.examination import examine
from backend.media.rules.images import Unreadable
from tests.media.pictures import exif, paper, photo

SHARE = 0.03
"""Of SOAK_SECONDS; the rest belongs to other long runs."""

LEAST = 200
LONGEST = 5.0
"""Seconds of the processor for one file; a sound one of these takes a hundredth of that."""


def samples() -> dict[str, bytes]:
    """One of each kind that is decoded in a way of its own."""
    assert heif.available()
    heic = io.BytesIO()
    Image.open(io.BytesIO(photo(400, 300, form="PNG"))).save(heic, "HEIF")
    out = io.BytesIO()
    Image.new("P", (400, 300)).save(out, "PNG", transparency=0)
    return {
        "jpeg": photo(800, 600, exif=exif(orientation=6)),
        "progressive": photo(800, 600, progressive=True),
        "png": photo(400, 300, form="PNG"),
        "palette": out.getvalue(),
        "webp": photo(400, 300, form="WEBP"),
        "lossless": photo(400, 300, form="WEBP", lossless=True),
        "heic": heic.getvalue(),
        "pdf": paper(),
    }


def spoilt(data: bytes, rng: random.Random) -> bytes:
    """With bytes changed, a piece repeated, or the end cut off."""
    out = bytearray(data)
    for _ in range(rng.randrange(1, 30)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    if rng.random() < 0.3:
        start = rng.randrange(len(out))
        piece = bytes(out[start : start + rng.randrange(200)])
        out[start:start] = piece * rng.randrange(1, 500)
    return bytes(out[: rng.randrange(len(out) // 3, len(out) * 2)])


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # the product ignores them too
def test_whatever_is_done_to_a_picture_it_is_derived_or_unreadable(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    end = time.monotonic() + SHARE * float(os.environ.get("SOAK_SECONDS", "600"))
    seed, known, path = random.randrange(2**31), samples(), tmp_path / "received"
    fates: Counter[str] = Counter()
    while sum(fates.values()) < LEAST or time.monotonic() < end:
        number = sum(fates.values())
        name = sorted(known)[number % len(known)]
        path.write_bytes(spoilt(known[name], random.Random(seed + number)))
        try:
            fates[f"{name}: {fate(path)}"] += 1
        except BaseException as fault:
            fault.add_note(f"seed {seed + number}, {name}")
            raise
    assert {each.partition(": ")[0] for each in fates} == set(known)
    record_property("pictures", dict(fates))


def fate(path: Path) -> str:
    """What becomes of a received file. Raises `AssertionError` when that takes too long."""
    start = time.process_time()
    said = outcome(path)
    assert time.process_time() - start < LONGEST
    return said


def outcome(path: Path) -> str:
    facts = examine(path)
    if facts["filetype"] not in filetypes.IMAGES:
        return str(pdf.fault(path)) if facts["filetype"] == filetypes.PDF else "no type"
    if acceptance._is_disguised(path):
        return "two types"
    try:
        assert set(derivatives.derive(path)) == {"preview", "list"}
    except Unreadable:
        return "unreadable"
    return "derived"
