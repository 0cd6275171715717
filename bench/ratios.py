"""Ratios of `make bench`: ours beside the cheapest thing that could do the same, in turn, in one run on one machine.

Never a timed test. `python -m bench.ratios` prints the table; `--quick` measures briefly; `--write` keeps the table, with
a description of the machine and of the method, as docs/benchmarks.md.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

from bench import pulling, pushing
from bench.pulling import Row


def rows(*, quick: bool) -> Iterator[Row]:
    """Every line of the table, as it is measured."""
    yield from pulling.rows()
    yield from pushing.rows(pushing.QUICK if quick else pushing.Plan())


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m bench.ratios")
    options.add_argument("--quick", action="store_true", help="measure briefly")
    given = options.parse_args(arguments)
    for row in rows(quick=given.quick):
        sys.stdout.write(f"{' | '.join(row)}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
