"""What the derivatives of a photo cost beside the least that Pillow needs to make two smaller JPEGs of it.

Ours: preview with caption and list size, upright, without metadata; and the whole step of the duty, which also asks
what to write, stores both files durably and books them. Control: draft decode, resize and encode of the same two sizes
in the same quality, kept in memory. Both on the same photos of 12 megapixels, in turn.

Runs in a process of its own on a stand: `python -m bench.deriving`.
"""

import io
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import django
import msgspec
from PIL import Image

from backend.core import clock
from backend.core.actor import system
from bench import archive
from bench.stand import Stand, open_county, sqlite
from bench.table import Line

if TYPE_CHECKING:
    from backend.media.models import Holding

SIZE = (4000, 3000)
PHOTOS = 15
QUICK = 5
MUST = 1.6
NAMES = {"captioned": "derivatives of a 12 MP JPEG, captioned", "duty": "the same, stored durably and booked, SQLite"}


def lines(*, quick: bool = False) -> Iterator[Line]:
    """The lines of the table."""
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, sqlite(Path(folder)) as stand:
        yield from measured_on(stand, QUICK if quick else PHOTOS)


def measured_on(stand: Stand, photos: int) -> list[Line]:
    out = stand.folder / "deriving.json"
    stand.run("bench.deriving", str(out), str(photos))
    return msgspec.json.decode(out.read_bytes(), type=list[Line])


def measure(photos: int) -> Iterator[Line]:
    """In this process, whose database is empty."""
    open_county()
    spent = spent_on(evidence(photos + 1))
    control = statistics.median(spent["bare"])
    for name, what in (
        ("captioned", "derivatives of a 12 MP JPEG, captioned"),
        ("duty", "the same, stored and booked"),
    ):
        ours = statistics.median(spent[name])
        figure = f"{ours / control:.2f} × bare Pillow ({ours * 1000:.0f} ms beside {control * 1000:.0f} ms)"
        yield Line(what, figure, f"≤ {MUST} ×", ours / control <= MUST)


def spent_on(holdings: Sequence["Holding"]) -> dict[str, list[float]]:
    """Seconds of each, in turn; the first photo warms up."""
    from backend.media.services import blobs
    from backend.media.services.derivatives import derive

    spent: dict[str, list[float]] = {"bare": [], "captioned": [], "duty": []}
    for holding in holdings:
        path = blobs.path(holding.blob.sha256)
        works: list[Callable[[], object]] = [
            partial(bare_pillow, path),
            partial(captioned, path),
            partial(derive, holding=holding),
        ]
        for kept, work in zip(spent.values(), works, strict=True):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return {name: kept[1:] for name, kept in spent.items()}


def bare_pillow(path: Path) -> list[bytes]:
    """Two JPEGs and nothing else."""
    from backend.media.rules.derivatives import LONG_SIDE, QUALITY

    made = []
    with Image.open(path) as image:
        for side in sorted(LONG_SIDE.values(), reverse=True):
            image.draft("RGB", (side, side))
            image.thumbnail((side, side))
            out = io.BytesIO()
            image.save(out, "JPEG", quality=QUALITY)
            made.append(out.getvalue())
    return made


def captioned(path: Path) -> dict[str, bytes]:
    """Ours, before anything is stored."""
    from backend.media.rules import captions, derivatives
    from backend.media.services.derivatives import letters

    known = captions.Caption("云川县第三小学", clock.now(), 108.71, 30.93, 20.0, "wgs84", "第二督查组")
    return derivatives.derive(
        path, captions.parts(known, "0" * 64), letters(), short=captions.short_parts(known, "0" * 64)
    )


def evidence(count: int) -> list["Holding"]:
    """So many photos of visits, their bytes in storage and nothing made of them yet."""
    from backend.accounts.models import User
    from backend.inspections.models import Evidence
    from backend.journal.writing import write
    from backend.media import storage
    from backend.media.models import Blob, Holding

    reader = User.objects.get(username="office1")
    archive.visits(reader, count // 10 + 1)
    facts = Evidence.objects.filter(kind="photo").order_by("pk")[:count]
    held = []
    with write(actor=system(facts[0].county_id)):
        for number, fact in enumerate(facts):
            data = photo(number)
            blob = Blob.objects.create(sha256=storage.current().put(data), size=len(data), filetype="image/jpeg")
            held.append(Holding.objects.create(blob=blob, county_id=fact.county_id, evidence_id=str(fact.pk)))
    if len(held) < count:
        raise ValueError(f"{len(held)} photos only")
    return held


def photo(number: int) -> bytes:
    """About as large and as full of detail as one of a phone, of 12 megapixels; no two alike."""
    rng = random.Random(f"photo {number}")
    few = Image.frombytes("RGB", (80, 60), rng.randbytes(80 * 60 * 3)).resize(SIZE, Image.Resampling.BICUBIC)
    half = (SIZE[0] // 2, SIZE[1] // 2)
    grain = Image.frombytes("RGB", half, rng.randbytes(half[0] * half[1] * 3)).resize(SIZE)
    exif = Image.Exif()
    exif[0x0112] = 1 + 5 * (number % 2)
    out = io.BytesIO()
    Image.blend(few, grain, 0.12).save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure(int(sys.argv[2])))))
    else:
        for line in lines():
            sys.stdout.write(" | ".join(line.cells()) + "\n")
