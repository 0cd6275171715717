"""How long a reviewer waits for evidence: lists, all facts of one, its custody, what looks like it.

A month of 5,000 photos before an archive of 95,000 of earlier ones, one warm client at a time, on both engines.
Runs in a process of its own on a stand: `python -m bench.evidence`.
"""

import datetime as dt
import hashlib
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import django
import msgspec

from bench import archive
from bench.figures import percentile
from bench.stand import on_both, open_county
from bench.table import Line

MONTH, ARCHIVE = 5000, 95_000
EVIDENCE_PER_VISIT = 12
ROUNDS = 200
MOST = 100.0
"""Milliseconds, 95th percentile (issue: photo evidence)."""


def lines() -> Iterator[Line]:
    """The lines of the table, on both engines."""
    return on_both("bench.evidence")


def measure() -> Iterator[Line]:
    """In this process, whose database is empty."""
    from backend.accounts.models import User

    engine = open_county()
    rng = random.Random(7)
    office = User.objects.get(username="office1")
    fill(office, rng)
    leader = User.objects.get(pk=_visits()[0].assignment.leader_id)
    clients = [signed_in(office), signed_in(leader)]
    for what, paths in requests(leader, rng).items():
        ours, trivial = timed(clients if what == "list" else clients[:1], paths)
        yield _line(f"evidence, {what}, {MONTH} of {MONTH + ARCHIVE} photos, {engine}", ours, trivial)


def _line(what: str, ours: Sequence[float], trivial: Sequence[float]) -> Line:
    p95 = percentile(ours, 95)
    beside = f"an authenticated trivial view beside it {percentile(trivial, 95)} ms"
    return Line(what, f"p95 {p95} ms, median {percentile(ours, 50)} ms; {beside}", f"< {MOST:.0f} ms", p95 < MOST)


def fill(office: Any, rng: random.Random) -> None:
    """Visits of this month with photos of their own, and as many in each of the 19 months before."""
    from backend.core import clock
    from backend.core.actor import system
    from backend.inspections.models import Assignment, Evidence
    from backend.journal.writing import write

    archive.visits(office, MONTH // EVIDENCE_PER_VISIT + 1)
    with write(actor=system(office.county_id)):
        rows = list(Evidence.objects.all())
        for number, row in enumerate(rows):
            _verified(row, number)
        Evidence.objects.bulk_update(
            rows, ["sha256", "state", "kind", "facts", "declared", "assessed_at"], batch_size=500
        )
        visits = _visits()
        Assignment.objects.update(released_at=clock.now())
        for month, start in enumerate(range(10 * MONTH, 10 * MONTH + ARCHIVE, MONTH), 1):
            early = clock.now() - dt.timedelta(days=30 * month)
            older = [_older(visits[number % 40], number, early) for number in range(start, start + MONTH)]
            Evidence.objects.bulk_create(older, batch_size=1000)
            _appearances(older, rng)
        _appearances(rows, rng)
        _flags(rows, rng)


def _visits() -> list[Any]:
    from backend.inspections.models import Visit

    return list(Visit.objects.select_related("assignment").order_by("pk"))


def _verified(row: Any, number: int) -> None:
    from backend.core import clock

    row.sha256 = hashlib.sha256(b"%d" % number).hexdigest()
    row.state, row.kind, row.assessed_at = "verified", "photo", clock.now()
    row.facts = {"filetype": "image/jpeg", "readable": True, "width": 4000, "height": 3000, "model": "M2102J2SC"}
    row.declared = {"device": str(uuid.uuid4()), "offset_ms": 120, "camera": {"model": "M2102J2SC"}}


def _older(visit: Any, number: int, at: dt.datetime) -> Any:
    from backend.inspections.models import Evidence

    row = Evidence(
        county_id=visit.county_id, visit=visit, size=3_000_000, filetype="image/jpeg", added_at=at, taken_at=at
    )
    _verified(row, number)
    row.pk = uuid.UUID(int=number + 1)
    return row


def _appearances(rows: Sequence[Any], rng: random.Random) -> None:
    from backend.media.models import Appearance, Blob
    from backend.media.rules import likeness
    from backend.media.services.looking import BAND_COLUMNS

    blobs = Blob.objects.bulk_create(
        (Blob(sha256=row.sha256, size=row.size, filetype="image/jpeg") for row in rows), batch_size=1000
    )
    prints = [rng.getrandbits(64) - 2**63 for _ in blobs]
    found = (
        Appearance(blob=blob, likeness=mark, **dict(zip(BAND_COLUMNS, likeness.bands(mark), strict=True)))
        for blob, mark in zip(blobs, prints, strict=True)
    )
    Appearance.objects.bulk_create(found, batch_size=1000)


def _flags(rows: Sequence[Any], rng: random.Random) -> None:
    """Every fifth photo has one; some of them name another photo."""
    from backend.inspections.models import EvidenceFlag

    kinds = ["time_gap", "far_from_target", "no_place", "lookalike"]
    EvidenceFlag.objects.bulk_create(
        EvidenceFlag(
            evidence=row,
            county_id=row.county_id,
            kind=(kind := rng.choice(kinds)),
            other=rng.choice(rows) if kind == "lookalike" else None,
        )
        for row in rows[::5]
    )


def signed_in(user: Any) -> Any:
    from rest_framework.test import APIClient

    from backend.accounts.services import sessions

    client = APIClient()
    pair = sessions.sign_in(user=user, device_id=uuid.uuid4(), name="bench", platform="bench")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    return client


def requests(leader: Any, rng: random.Random) -> dict[str, list[str]]:
    """Kind of request -> addresses, in the order in which they are asked."""
    from backend.core import clock
    from backend.inspections.models import Evidence

    mine = list(
        Evidence.objects.filter(visit__assignment__leader_id=leader.pk, added_at__gte=clock.midnight(clock.today()))
    )
    rows = list(Evidence.objects.filter(added_at__gte=clock.midnight(clock.today())).select_related("visit"))
    today, month_ago = clock.today(), clock.today() - dt.timedelta(days=100)

    def lists() -> Iterator[str]:
        while True:
            row = rng.choice(mine)
            yield "evidence"
            yield f"evidence?visit={row.visit_id}"
            yield f"evidence?target={row.visit.target_id}"
            yield "evidence?flag=lookalike&kind=photo"
            yield "evidence?flag=far_from_target&limit=200"
            yield "evidence?state=verified&limit=200"
            yield "evidence?state=corrupt"
            yield f"evidence?since={today}&until={today}"
            yield f"evidence?since={month_ago}&until={month_ago + dt.timedelta(days=30)}"

    chosen = rng.choices(rows, k=ROUNDS)
    pages = {what: [f"evidence/{row.pk}{part}" for row in chosen] for what, part in PARTS.items()}
    return {"list": list(islice(lists(), ROUNDS)), **pages}


PARTS = {"one": "", "custody": "/custody", "lookalikes": "/lookalikes"}


def timed(clients: Sequence[Any], paths: Sequence[str]) -> tuple[list[float], list[float]]:
    """Sorted milliseconds of every request of every client after a warm-up, and of a trivial view asked in turn."""
    ours: list[float] = []
    trivial: list[float] = []
    for client in clients:
        for warm in paths[:10]:
            client.get(f"/api/v1/{warm}")
        for path in paths:
            ours.append(_milliseconds(client.get, f"/api/v1/{path}"))
            trivial.append(_milliseconds(client.post, "/bench/trivial", {}, format="json"))
    return sorted(ours), sorted(trivial)


def _milliseconds(ask: Callable[..., Any], *what: Any, **how: Any) -> float:
    began = time.perf_counter()
    answer = ask(*what, **how)
    spent = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise ValueError(f"{answer.status_code}: {answer.content[:200]!r}")
    return spent


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure())))
    else:
        for line in lines():
            sys.stdout.write(" | ".join(line.cells()) + "\n")
