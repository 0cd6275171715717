"""What a pull costs beside the cheapest thing that could bring the same bytes, and beside the usual way to make them.

Runs in a process of its own on a stand: `python -m bench.pulling`. Nothing is parsed on either side: what counts is how
long it takes until the bytes are there.
"""

import gc
import re
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import msgspec
import orjson

from bench import archive
from bench.stand import on_both, open_county
from bench.table import Line

DOCUMENTS = 6000
SCOPES = 60
ROUNDS = 15
TAIL = re.compile(rb'"more":(true|false),"cursor":"([^"]+)"')


def lines() -> Iterator[Line]:
    """The lines of the table, on both engines."""
    return on_both("bench.pulling")


def measure() -> Iterator[Line]:
    """In this process, whose database is empty."""
    from backend.accounts.models import User

    engine = open_county()
    archive.visits(User.objects.get(username="office1"), DOCUMENTS // archive.PER_VISIT)
    yield from download(User.objects.get(username="office1"), engine)
    few = User.objects.get(username="t01_a")
    archive.visits(few, SCOPES - 1)  # with that of the county
    yield from empty_pull(few, engine)


def download(reader: Any, engine: str) -> Iterator[Line]:
    """First download of everything the reader may see: ours, bare SQL, and the domain models through DRF."""
    from backend.accounts.selectors.people import actor_of
    from bench import usual

    actor = actor_of(reader)
    count = _count(first_download(actor))
    ours, bare = in_turn(lambda: first_download(actor), lambda: read_and_join(reader.pk))
    ours_again, slow = in_turn(lambda: first_download(actor), usual.serialized, rounds=3)
    figure = f"{ours / bare:.2f} × bare SQL ({ours * 1000:.0f} ms)"
    yield Line(f"first download, {count} documents, {engine}", figure, "≤ 1.5 ×", ours / bare <= 1.5)
    figure = f"{slow / ours_again:.0f} × ours ({slow * 1000:.0f} ms)"
    what = f"the same visits, findings and evidence by DRF ModelSerializers, {engine}"
    yield Line(what, figure, "≥ 20 ×", slow / ours_again >= 20)


def first_download(actor: Any) -> list[bytes]:
    """Page by page until `more` is false, as the view answers."""
    from backend.sync.services.pull import pull
    from backend.sync.wire import PullIn

    pages: list[bytes] = []
    cursor, more = None, True
    while more:
        pages.append(pull(actor, PullIn(cursor=cursor)).body)
        found = TAIL.search(pages[-1], len(pages[-1]) * 9 // 10) or TAIL.search(pages[-1])
        if found is None:
            raise ValueError("a page without a cursor")
        cursor, more = found.group(2).decode(), found.group(1) == b"true"
    return pages


def _count(pages: list[bytes]) -> int:
    return sum(len(orjson.loads(page)["rows"]) for page in pages)


def read_and_join(user_id: int) -> bytes:
    """The stored documents that the user may see, read with bare SQL and joined to one JSON text."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scope.name, kind, object_id, document FROM journal_feedrow JOIN journal_scope AS scope"
            " ON scope.id = scope_id JOIN journal_grant ON scope = scope.name"
            " WHERE user_id = %s AND document IS NOT NULL",
            [user_id],
        )
        found = cursor.fetchall()
    return ("[" + ",".join(f'["{row[0]}","{row[1]}","{row[2]}",{row[3]}]' for row in found) + "]").encode()


def empty_pull(user: Any, engine: str) -> Iterator[Line]:
    from rest_framework.test import APIClient

    from backend.accounts.services import sessions

    client = APIClient()
    pair = sessions.sign_in(user=user, device_id=uuid.uuid4(), name="bench", platform="bench")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    cursor = drained(client)

    def nothing_new() -> None:
        client.post("/api/v1/sync/pull", {"cursor": cursor}, format="json")

    def trivial() -> None:
        client.post("/bench/trivial", {"cursor": cursor}, format="json")

    ours, other = in_turn(nothing_new, trivial, rounds=200)
    figure = f"{ours / other:.2f} × an authenticated trivial view ({ours * 1000:.1f} ms)"
    yield Line(f"empty pull over {SCOPES} scopes, {engine}", figure, "≤ 2 ×", ours / other <= 2)


def drained(client: Any) -> str:
    page: dict[str, Any] = {"cursor": None, "more": True, "csum": {}}
    while page["more"]:
        page = client.post("/api/v1/sync/pull", {"cursor": page["cursor"]}, format="json").json()
    if len(page["csum"]) < SCOPES:
        raise ValueError(f"{len(page['csum'])} scopes only")
    return str(page["cursor"])


def in_turn(one: Callable[[], Any], other: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median seconds of each, measured in turn after one warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    one()
    other()
    gc.collect()
    for _ in range(rounds):
        for work, kept in ((one, times[0]), (other, times[1])):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure())))
    else:
        for line in lines():
            sys.stdout.write(" | ".join(line.cells()) + "\n")
