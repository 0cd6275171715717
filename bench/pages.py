"""How long every desk page takes at ten times the demonstration term, how often it asks the database, and how much HTML
it sends: one warm client after another, on both engines.

`python -m bench.pages` prints a line for every page. The volume is that of `bench.crowd`.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import msgspec

from bench import crowd, lists
from bench.figures import percentile
from bench.lists import NOW, ROUNDS
from bench.stand import on_both
from bench.table import Line

MOST = 200.0
"""Milliseconds, 95th percentile (issue: desks)."""

MOST_QUERIES = 15
MOST_KB = 120.0
PEOPLE = {"office": "office1", "leadership": "lead1", "team_leader": "t03_lead"}


def lines() -> Iterator[Line]:
    """The slowest page of each engine, for the table of ratios."""
    return (line for line in on_both("bench.pages") if line.what.startswith("pages,"))


def measure() -> Iterator[Line]:
    """In this process, whose database is empty."""
    from django.core.management import call_command
    from django.db import connection

    from backend.core import clock
    from backend.core.garbage import set_aside_what_stays

    call_command("migrate", verbosity=0)
    engine = {"sqlite": "SQLite"}.get(connection.vendor, "PostgreSQL")
    with clock.fixed(NOW):
        crowd.fill()
        lists._settle()
        set_aside_what_stays()
        found = [_line(f"page {path}, {role}, {engine}", *asked(client, path)) for role, client, path in requests()]
    yield from found
    reached = all(line.reached for line in found)
    yield Line(f"pages, {len(found)} of them, {engine}", "see above", _aim(), reached)


def requests() -> list[tuple[str, Any, str]]:
    """(role, its signed-in client, address) of every page about nothing, and of one of each about something."""
    from django.test import Client

    from backend.accounts.models import User

    told = []
    for role, username in PEOPLE.items():
        client = Client()
        client.force_login(User.objects.get(username=username))
        told += [(role, client, path) for path in _addresses(role)]
    return told


def _addresses(role: str) -> Iterator[str]:
    from django.urls import get_resolver

    from backend.desk.staff import StaffPage

    patterns: list[Any] = get_resolver().url_patterns[0].url_patterns  # type: ignore[union-attr]
    for pattern in patterns:
        page = getattr(inspect.unwrap(pattern.callback), "__self__", None)
        route = str(pattern.pattern)
        if isinstance(page, StaffPage) and role in page.roles and "/do/" not in route and "<" not in route:
            yield f"/{route}"
    yield from ("/desk/visits?month=2026-10", "/desk/coverage?month=2026-09") if role == "office" else ()


def asked(client: Any, path: str) -> tuple[float, float, int, float]:
    """p95 on the wall and of computing (ms), queries, and KB of HTML; after one request to warm up."""
    import time

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
    if answer.status_code != 200:
        raise ValueError(f"{path}: {answer.status_code}: {answer.content[:200]!r}")
    size, walls, computed = len(answer.content) / 1024, [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), time.thread_time()
        answer = client.get(path)
        walls.append((time.perf_counter() - began) * 1000)
        computed.append((time.thread_time() - spent) * 1000)
        vars(answer).clear()  # the test client ties its answers into knots, which a server does not
    return percentile(sorted(walls), 95), percentile(sorted(computed), 95), len(caught), size


def _line(what: str, wall: float, computed: float, queries: int, size: float) -> Line:
    told = f"p95 {wall:.0f} ms (computed {computed:.0f}), {queries} queries, {size:.0f} KB"
    return Line(what, told, _aim(), wall < MOST and queries <= MOST_QUERIES and size <= MOST_KB)


def _aim() -> str:
    return f"< {MOST:.0f} ms, ≤ {MOST_QUERIES} queries, ≤ {MOST_KB:.0f} KB"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure())))
    else:
        for line in on_both("bench.pages"):
            sys.stdout.write(" | ".join(line.cells()) + "\n")
