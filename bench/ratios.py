"""Ratios of `make bench`: ours beside the cheapest thing that could do the same, in turn, in one run on one machine.

Never a timed test. `python -m bench.ratios` prints the table; `--quick` measures briefly; `--write` keeps the table,
with a description of the machine and of the method, as docs/benchmarks.md.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

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


def lines(*, quick: bool) -> Iterator[Line]:
    """Every line of the table, as it is measured."""
    yield from pulling.lines()
    yield from pushing.lines(pushing.QUICK if quick else pushing.Plan())
    yield from rush.lines(rush.QUICK if quick else rush.Plan())
    yield from deriving.lines(quick=quick)
    yield from drawing.lines()
    yield from city.lines()
    yield from evidence.lines()
    yield from lists.lines()
    yield from compiling.lines()
    yield from printing.lines(quick=quick)
    yield from term_bulletin.lines(quick=quick)
    yield from exporting.lines()
    yield from fanout.lines()
    yield from uploading.lines(uploading.QUICK if quick else uploading.Plan())


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m bench.ratios")
    options.add_argument("--quick", action="store_true", help="measure briefly")
    options.add_argument("--write", action="store_true", help="keep the table as docs/benchmarks.md")
    given = options.parse_args(arguments)
    before, found = load_now(), []
    for line in lines(quick=given.quick):
        found.append(line)
        sys.stdout.write(f"{' | '.join(line.cells())}\n")
        sys.stdout.flush()
    if given.write:
        sys.stdout.write(f"{write(found, (before, load_now()))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
