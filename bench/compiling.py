"""How long a half-monthly bulletin takes to compile at ten times the demonstration term, and who waits meanwhile.

A half-month is played in part and its rows multiplied until it holds ten times the visits of the term's fullest one
(`bench.crowd`). While figures are gathered another connection writes all the time: its longest wait says whether
anything was locked. Runs in a process of its own on a stand: `python -m bench.compiling` prints a line per engine;
`python -m bench.compiling postgresql` (or `sqlite`) that of one.
"""

import datetime as dt
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
import msgspec

from bench import crowd, stand
from bench.table import Line

NOW = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
START = dt.date(2026, 9, 1)
"""Where the copies lie: fifteen days before the half-month that is played."""

FULLEST = 268
"""Visits of the fullest half-month of the term (October 16 to 31)."""

MOST = 5.0
"""Seconds (issue: the bulletin)."""


@dataclass
class Writer:
    """Writes a row again and again on a connection of its own; how long it waited at most, in seconds."""

    county: int
    waits: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Writer":
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        from django.db import connection

        from backend.accounts.models import County
        from backend.core.actor import system
        from backend.journal.writing import write

        while not self._over.is_set():
            began = time.perf_counter()
            with write(actor=system(self.county)) as change:
                change.log("bench.beside", County.objects.get(pk=self.county))
            self.waits.append(time.perf_counter() - began)
            time.sleep(0.01)
        connection.close()


def lines() -> Iterator[Line]:
    """One line for each engine."""
    return stand.on_both("bench.compiling")


def measure() -> Iterator[Line]:
    """In this process, whose database is empty."""
    from django.core.management import call_command
    from django.db import connection

    from backend.bulletins.rules import periods
    from backend.bulletins.selectors import facts
    from backend.bulletins.selectors.window import Window
    from backend.bulletins.services import compiling
    from backend.core import clock
    from backend.core.actor import system
    from backend.journal.reading import snapshot

    call_command("migrate", verbosity=0)
    engine = {"sqlite": "SQLite"}.get(connection.vendor, "PostgreSQL")
    with clock.fixed(NOW):
        county = _fill()
        period = periods.beginning(START)
        window = Window(county, period, period.ends_at)
        compiling.compile(actor=system(county), period_start=START)  # warm
        with Writer(county) as beside, snapshot():
            computed, began = time.thread_time(), time.perf_counter()
            gathered = facts.gather(window)
            spent, taken = time.thread_time() - computed, time.perf_counter() - began
        began, whole = time.perf_counter(), time.thread_time()
        compiling.compile(actor=system(county), period_start=START)
        whole, wall = time.thread_time() - whole, time.perf_counter() - began
    visits = gathered["figures"]["visits"]["value"]
    size = len(msgspec.json.encode(gathered)) / 2**20
    told = (
        f"{wall:.2f} s (computed {whole:.2f} s), of it gathering {taken:.2f} s (computed {spent:.2f} s) with "
        f"{len(beside.waits)} writes beside it, the longest {max(beside.waits) * 1000:.0f} ms; snapshot {size:.1f} MB"
    )
    yield Line(f"bulletin compiled at {visits} visits, {engine}", told, f"< {MOST:.0f} s", whole < MOST)


def _fill() -> int:
    """The county's id."""
    from django.db import connection

    from backend.accounts.models import County
    from backend.core.actor import system
    from backend.desk.services.term import playing
    from backend.inspections.models import FindingTransition, Visit, VisitTransition
    from backend.journal.writing import write

    playing.load(seed="1", say=lambda _line: None, choice=playing.Choice(*crowd.PLAYED))
    county = County.objects.get().pk
    with write(actor=system(county)):
        # Every copy goes back by fifteen days, into one half-month, and enough of them are made.
        crowd.DAYS = 1
        crowd.TIMES = -(-10 * FULLEST // Visit.objects.count())
        crowd.TERM = {"visit": Visit.objects.count(), "finding": 0, "evidence": 0, "notice": 0}
        made = crowd.Crowd(county)
        made.field()
        for steps in (VisitTransition, FindingTransition):
            made._multiply(steps, _moved(made))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return county


def _moved(made: crowd.Crowd) -> Any:
    return lambda new, _row, number: made._move(new, number, "at")


def main() -> None:
    """Print the lines; or, given a file, measure in this process and write them into it."""
    given = sys.argv[1] if len(sys.argv) > 1 else ""
    if given and given not in stand.ENGINES:
        django.setup()
        Path(given).write_bytes(msgspec.json.encode(list(measure())))
        return
    for line in stand.on_both("bench.compiling", given):
        sys.stdout.write(" | ".join(line.cells()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
