"""Ratios of `make bench`: ours beside the cheapest thing that could do the same, in turn, in one run on one machine.

Never a timed test. `python -m bench.ratios` prints the table; `--quick` measures briefly; `--write` keeps the table,
with a description of the machine and of the method, as docs/benchmarks.md.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence

from bench import (
    city,
    compiling,
    deriving,
    drawing,
    evidence,
    exporting,
    fanout,
    lists,
    printing,
    pulling,
    pushing,
    rush,
    term_bulletin,
    uploading,
)
from bench.table import Line, load_now, write

PARTS: dict[str, Callable[[bool], Iterable[Line]]] = {
    "pulling": lambda quick: pulling.lines(),
    "pushing": lambda quick: pushing.lines(pushing.QUICK if quick else pushing.Plan()),
    "rush": lambda quick: rush.lines(rush.QUICK if quick else rush.Plan()),
    "deriving": lambda quick: deriving.lines(quick=quick),
    "drawing": lambda quick: drawing.lines(),
    "city": lambda quick: city.lines(),
    "evidence": lambda quick: evidence.lines(),
    "lists": lambda quick: lists.lines(),
    "compiling": lambda quick: compiling.lines(),
    "printing": lambda quick: printing.lines(quick=quick),
    "bulletin": lambda quick: term_bulletin.lines(quick=quick),
    "exporting": lambda quick: exporting.lines(),
    "fanout": lambda quick: fanout.lines(),
    "uploading": lambda quick: uploading.lines(uploading.QUICK if quick else uploading.Plan()),
}
"""What is measured, by name; each yields its lines of the table as they are measured, given whether to be quick."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m bench.ratios")
    options.add_argument("--quick", action="store_true", help="measure briefly")
    options.add_argument("--write", action="store_true", help="keep the table as docs/benchmarks.md")
    options.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS], help="measure these")
    given = options.parse_args(arguments)
    before, found = load_now(), []
    for line in (line for name in given.only for line in PARTS[name](given.quick)):
        found.append(line)
        sys.stdout.write(f"{' | '.join(line.cells())}\n")
        sys.stdout.flush()
    if given.write:
        sys.stdout.write(f"{write(found, (before, load_now()))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
