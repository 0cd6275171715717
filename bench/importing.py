"""A list of 10,000 schools as CSV and as a workbook: tried, imported, changed as a whole, given out again (issue 9).

In a process of its own on a stand of each engine: `python -m bench.importing`.
"""

import csv
import io
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import django
import msgspec

from bench.stand import on_both, open_county
from bench.table import Line

ROWS, LIMIT = 10_000, 20.0


def measure() -> Iterator[Line]:
    """In this process, whose database is empty."""
    from backend.accounts.models import User
    from backend.accounts.selectors.people import actor_of
    from backend.core import sheets
    from backend.registry.models import Target
    from backend.registry.rules.sheets import SHEETS
    from backend.registry.selectors import listing
    from backend.registry.services.imports import import_targets

    engine = open_county()
    actor, sheet = actor_of(User.objects.get(username="office1")), SHEETS["schools"]
    headings, rows = _list("")
    _, renamed = _list("（新）")

    def workbook(names: list[str], told: Iterable[list[Any]]) -> bytes:
        return b"".join(sheets.xlsx_pieces("学校", names, told))

    def imported(data: bytes, *, dry: bool = False) -> Callable[[], object]:
        return lambda: import_targets(actor=actor, sheet=sheet, data=data, dry_run=dry)

    def given_out() -> object:
        schools = Target.objects.filter(county_id=actor.county_id)
        return workbook(listing.headings(sheet), listing.rows(schools, sheet))

    turns: list[tuple[str, Callable[[], object]]] = [
        ("tried as CSV", imported(b"".join(sheets.csv_pieces(headings, rows)), dry=True)),
        ("tried as a workbook", imported(workbook(headings, rows), dry=True)),
        ("imported as a workbook", imported(workbook(headings, rows))),
        ("all renamed", imported(workbook(headings, renamed))),
        ("given out as a workbook", given_out),
    ]
    for title, work in turns:
        began, computed = time.perf_counter(), time.process_time()
        work()
        took, computed = time.perf_counter() - began, time.process_time() - computed
        told = f"{took:.1f} s (computed {computed:.1f} s)"
        yield Line(f"{ROWS:,} schools {title}, {engine}", told, f"< {LIMIT:.0f} s", took < LIMIT)


def _list(suffix: str) -> tuple[list[str], list[list[str]]]:
    """The demonstration's schools again and again under other codes and names."""
    from backend.registry.demo.county import table

    headings, *known = list(csv.reader(io.StringIO(table("schools").decode("utf-8-sig"))))
    rows = [known[number % len(known)] for number in range(ROWS)]
    return headings, [[f"BIG{n:05d}", f"{row[1]}{n}{suffix}", *row[2:]] for n, row in enumerate(rows)]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure())))
    else:
        for line in on_both("bench.importing"):
            sys.stdout.write(" | ".join(line.cells()) + "\n")
