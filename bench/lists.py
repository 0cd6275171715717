"""How long every list of the API takes at ten times the demonstration term, with its usual filters, and how often it
asks the database.

One warm client at a time, on both engines; the volume is made by `bench.crowd`. Runs in a process of its own on a
stand: `python -m bench.lists` prints a line for every list; the table of ratios keeps the slowest.
"""

import datetime as dt
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import msgspec

from bench import crowd
from bench.evidence import signed_in
from bench.figures import percentile
from bench.stand import on_both
from bench.table import Line

NOW = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
"""The last day of the term, noon in China."""

ROUNDS = 20
MOST = 100.0
"""Milliseconds, 95th percentile (issue: unannounced visits)."""

MOST_QUERIES = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What one list came to: milliseconds of its slowest address, sorted; how many of them this process computed, which
    says more on a busy machine; the most queries of one request; and which address it was."""

    what: str
    times: list[float]
    computed: list[float]
    queries: int
    slowest: str

    @property
    def p95(self) -> float:
        return percentile(self.times, 95)


def lines() -> Iterator[Line]:
    """The slowest list of each engine and the most queries, for the table of ratios."""
    return (line for line in on_both("bench.lists") if line.what.startswith("lists,"))


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
        _settle()
        set_aside_what_stays()
        found = [asked(what, client, paths) for what, client, paths in requests()]
    for one in found:
        told = f"p95 {one.p95} ms (computed {percentile(one.computed, 95)}), median {percentile(one.times, 50)} ms"
        told += f", {one.queries} queries; slowest {one.slowest}"
        yield _line(f"list of {one.what}, {engine}", told, [one])
    volume = ", ".join(f"{count} {name}" for name, count in crowd.volume())
    worst, most = max(found, key=lambda one: one.p95), max(found, key=lambda one: one.queries)
    told = f"slowest p95 {worst.p95} ms ({worst.what}), most queries {most.queries} ({most.what})"
    yield _line(f"lists, {len(found)} of them at {volume}, {engine}", told, found)


def _line(what: str, told: str, found: Sequence[Asked]) -> Line:
    reached = all(one.p95 < MOST and one.queries <= MOST_QUERIES for one in found)
    return Line(what, told, f"< {MOST:.0f} ms, ≤ {MOST_QUERIES} queries", reached)


def _settle() -> None:
    """What a running database does by itself after so many rows: statistics of the tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def requests() -> list[tuple[str, Any, list[str]]]:
    """(list and reader, client, addresses)."""
    from backend.accounts.models import User

    people = {row.username: row for row in User.objects.filter(username__in=["office1", "t03_lead", "t03_a", "sch001"])}
    clients = {name: signed_in(user) for name, user in people.items()}
    asked = [(f"{what}, office", clients["office1"], paths) for what, paths in office().items()]
    asked += [(f"{what}, leader", clients["t03_lead"], paths) for what, paths in field().items()]
    asked += [(f"{what}, inspector", clients["t03_a"], paths) for what, paths in field().items()]
    return asked + [(f"{what}, unit", clients["sch001"], paths) for what, paths in unit().items()]


def office() -> dict[str, list[str]]:
    """List -> addresses that the office asks for."""
    return {
        **field(),
        "notices": [
            *("notices", "notices?limit=200", "notices?state=rectifying", "notices?state=closed&limit=200"),
            *("notices?overdue=true", "notices?overdue=false&limit=200", f"notices?target={target()}"),
        ],
        "ledger": ["notices/ledger", "notices/ledger?limit=200"],
        "reviews": [
            *("sync/reviews", "sync/reviews?limit=200", "sync/reviews?code=late_lock", "sync/reviews?decided=true"),
        ],
        "sync devices": ["sync/devices", "sync/devices?limit=200"],
        "people": ["users", "users?limit=200"],
        "bulletins": ["bulletins", "bulletins?limit=200"],
        "records of a figure": [f"bulletins/{bulletin()}/records?figure=findings&limit=200"],
        "plans": ["plans", "plans?limit=200", f"plans/{plan()}/scope?limit=200"],
        "gaps": ["coverage/gaps?month=2026-09", "coverage/gaps?limit=200", f"plans/{plan()}/gaps?limit=200"],
        "coverage of teams": ["coverage/teams?month=2026-09", "coverage/teams?limit=200"],
        "burden": ["coverage/burden", "coverage/burden?limit=200"],
        "comparisons": [
            *("inspections/comparisons/tracks?month=2026-09", "inspections/comparisons/tracks?month=2026-09&limit=200"),
        ],
        "certificates": ["registry/certificates", "registry/certificates?limit=200"],
    }


def field() -> dict[str, list[str]]:
    """Lists that people of the field read as well, each what it may see."""
    team, place, visit = a_team(), target(), a_visit()
    return {
        "assignments": _narrowed("assignments", team, place, "done"),
        "visits": _narrowed("visits", team, place, "approved"),
        "findings": [
            *("findings", "findings?limit=200", "findings?state=closed", "findings?severity=serious&limit=200"),
            *(f"findings?visit={visit}", f"findings?target={place}"),
        ],
        "evidence": [
            *("evidence", "evidence?limit=200", f"evidence?visit={visit}", f"evidence?target={place}"),
            *("evidence?state=verified&limit=200", "evidence?since=2026-10-01&until=2026-10-03"),
        ],
        "templates": ["templates", "templates?limit=200", "templates?status=published"],
        "announcements": ["announcements", "announcements?limit=200"],
        "inbox": ["inbox", "inbox?limit=200", "inbox?unread=true"],
        "targets": [
            *("registry/targets", "registry/targets?limit=200", "registry/targets?kind=school&active=true"),
            "registry/targets?q=%E6%BE%84%E6%B1%9F",
        ],
        "teams": ["registry/teams", "registry/teams?limit=200"],
        "districts": ["registry/districts", "registry/districts?limit=200"],
    }


def unit() -> dict[str, list[str]]:
    """List -> addresses that a school asks for."""
    return {
        "notices": ["unit/notices", "unit/notices?limit=200", "unit/notices?state=closed"],
        "own targets": ["unit/targets"],
        "inbox": ["inbox", "inbox?limit=200", "inbox?unread=true"],
    }


def _narrowed(what: str, team: Any, place: Any, state: str) -> list[str]:
    return [
        *(what, f"{what}?limit=200", f"{what}?month=2026-10", f"{what}?month=2026-01", f"{what}?team={team}"),
        *(f"{what}?target={place}", f"{what}?track=station", f"{what}?state={state}&limit=200"),
        f"{what}?month=2026-10&team={team}&state={state}",
    ]


def a_team() -> Any:
    from backend.registry.models import Team

    return Team.objects.get(code="T03").pk


def target() -> Any:
    from backend.registry.models import Target

    return Target.objects.get(code="SCH020").pk


def a_visit() -> Any:
    from backend.inspections.models import Visit

    visit = Visit.objects.filter(assignment__team__code="T03").order_by("pk").first()
    assert visit is not None
    return visit.pk


def bulletin() -> Any:
    from backend.bulletins.models import Bulletin

    return Bulletin.objects.get(period_start=dt.date(2026, 9, 16)).pk


def plan() -> Any:
    from backend.inspections.models import InspectionPlan

    return InspectionPlan.objects.get(month="2026-09", kind="monthly").pk


def asked(what: str, client: Any, paths: Sequence[str]) -> Asked:
    """Every address `ROUNDS` times after a warm-up, the second page as well; and its queries."""
    times: dict[str, list[tuple[float, float]]] = {}
    queries = 0
    for path in [*paths, *_next_pages(client, paths)]:
        queries = max(queries, _queries(client, path))
        times[path] = [_timed(client, path) for _ in range(ROUNDS)]
    slowest = max(times, key=lambda path: percentile(sorted(wall for wall, _ in times[path]), 95))
    walls, computed = (sorted(each) for each in zip(*times[slowest], strict=True))
    return Asked(what, walls, computed, queries, slowest)


def _next_pages(client: Any, paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        mark = _once(client, path).get("next")
        if mark:
            yield f"{path}{'&' if '?' in path else '?'}after={mark}"


def _timed(client: Any, path: str) -> tuple[float, float]:
    """Milliseconds on the wall, and of computing in this thread."""
    began, computed = time.perf_counter(), time.thread_time()
    answer = client.get(f"/api/v1/{path}")
    spent = (time.perf_counter() - began) * 1000, (time.thread_time() - computed) * 1000
    _check(answer, path)
    vars(answer).clear()  # the test client ties its answers into knots, which a server does not
    return spent


def _check(answer: Any, path: str) -> None:
    if answer.status_code != 200:
        raise ValueError(f"{path}: {answer.status_code}: {answer.content[:200]!r}")


def _once(client: Any, path: str) -> Any:
    answer = client.get(f"/api/v1/{path}")
    _check(answer, path)
    return answer.json()


def _queries(client: Any, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        _once(client, path)
    return len(caught)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure())))
    else:
        for line in on_both("bench.lists"):
            sys.stdout.write(" | ".join(line.cells()) + "\n")
