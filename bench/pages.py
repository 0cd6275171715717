"""How long every desk page takes at ten times the demonstration term, how often it asks the database, and how much HTML
it sends: one warm client after another, on both engines.

`python -m bench.pages` prints a line for every page. The volume is that of `bench.crowd`.
"""

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
from tests.walls.pages import pages

MOST = 200.0
"""Milliseconds, 95th percentile (issue: desks)."""

MOST_QUERIES = 15
MOST_KB = 120.0
PEOPLE = {"office": "office1", "leadership": "lead1", "team_leader": "t03_lead", "station_head": "st2_head"}
MORE = {
    "office": ("/desk/visits?month=2026-10", "/desk/coverage?month=2026-09", "/desk/ledger?state=closed"),
    "team_leader": ("/desk/team?month=2026-10", "/desk/visits?month=2026-10"),
}
"""Pages with their usual filters, by role."""

UNIT = ("/unit/", "/unit/inbox", "/unit/inbox/wishes")


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
        told = ((f"page {path}, {role}, {engine}", asked(client, path)) for role, client, path in requests())
        found = [_line(what, *figures) for what, figures in told if figures is not None]
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
    school = Client()
    school.force_login(User.objects.get(username="sch001"))
    return told + [("unit", school, path) for path in UNIT]


def _addresses(role: str) -> Iterator[str]:
    """Every page that `role` may open: those about nothing, and of each about something the one of `subjects`."""
    known = subjects()
    for page in pages():
        if page.roles is not None and role in page.roles and {name for _, name in page.parameters} <= known.keys():
            yield page.path(known)
    yield from MORE.get(role, ())


def subjects() -> dict[str, Any]:
    """What is looked at where a page is about something: by the name of the parameter."""
    from backend.accounts.models import User
    from backend.bulletins.models import Bulletin
    from backend.inspections.models import Assignment, ChecklistTemplate, InspectionPlan
    from backend.notices.models import RectificationNotice

    visit, plan = lists.a_visit(), InspectionPlan.objects.get(month="2026-09", kind="monthly")
    return {
        "plan_id": plan.pk,
        "visit_id": visit,
        "assignment_id": Assignment.objects.get(visit=visit).pk,
        "target_id": lists.target(),
        "team_id": lists.a_team(),
        "template_id": ChecklistTemplate.objects.filter(status="published").order_by("pk")[0].pk,
        "notice_id": RectificationNotice.objects.filter(state="closed").order_by("pk")[0].pk,
        "bulletin_id": Bulletin.objects.get(pk=lists.bulletin()).pk,
        "user_id": User.objects.get(username="t03_lead").pk,
    }


def asked(client: Any, path: str) -> tuple[float, float, int, float] | None:
    """p95 on the wall and of computing (ms), queries, and KB of HTML; after one request to warm up. None where the
    subject of the page is none of this reader's."""
    import time

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    answer = client.get(path)
    if answer.status_code == 404:
        return None
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
    queries = len(caught)
    if answer.status_code != 200:
        raise ValueError(f"{path}: {answer.status_code}: {answer.content[:200]!r}")
    size, walls, computed = len(answer.content) / 1024, [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), time.thread_time()
        answer = client.get(path)
        walls.append((time.perf_counter() - began) * 1000)
        computed.append((time.thread_time() - spent) * 1000)
        vars(answer).clear()  # the test client ties its answers into knots, which a server does not
    return percentile(sorted(walls), 95), percentile(sorted(computed), 95), queries, size


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
