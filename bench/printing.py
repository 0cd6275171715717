"""Printing: a page of the bulletin beside WeasyPrint's of the same content, and annexes of ever more rows.

`python -m bench.printing`. WeasyPrint comes with the packages for developers and draws with Pango (Debian:
libpango-1.0-0, libpangoft2-1.0-0); DUDAO_BENCH_WEASYPRINT names another Python that has both. Computing time of either
process; ours and WeasyPrint's take turns.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from backend.documents import bulletin
from backend.documents.bulletin_data import Bulletin
from backend.documents.rendered import Rendered
from bench.bulletin_html import write_page
from bench.table import Line
from tests.documents import papers

PAGE_MS, RATIO, ANNEX_SECONDS, MEGABYTE = 25.0, 4.0, 1.5, 1_000_000
TURNS, QUICK = 7, 3
ROWS = (500, 2000, 8000)
PYTHON = "DUDAO_BENCH_WEASYPRINT"
FLAT = 1.3
"""Memory a page may take this many times as much in the longest annex as in the one before."""


def lines(*, quick: bool = False) -> Iterator[Line]:
    """The lines of the table."""
    turns = QUICK if quick else TURNS
    data = papers.fullest_bulletin()
    first = bulletin.render(data)
    with weasyprint(data) as control:
        ours, theirs = [], []
        for _ in range(turns):
            ours.append(computed(data) / first.pages * 1000)
            theirs += [control()] if control else []
        yield from compared("an invented bulletin with eight photos", ours, theirs, first)
    yield from _annexes(turns)


def computed(data: Bulletin) -> float:
    """Seconds that this process computes to print a bulletin."""
    began = time.process_time()
    bulletin.render(data)
    return time.process_time() - began


def compared(what: str, ours: Sequence[float], theirs: Sequence[float], printed: Rendered) -> Iterator[Line]:
    """The lines of one paper: milliseconds a page of ours and, where there are any, of the control's."""
    own, pages, size = statistics.median(ours), printed.pages, len(printed.content)
    figure = f"{own:.1f} ms a page ({pages} pages, {size / 1000:.0f} kB)"
    reached = own <= PAGE_MS and size < MEGABYTE
    yield Line(f"{what}, warm, computed", figure, f"≤ {PAGE_MS:.0f} ms a page, < 1 MB", reached)
    if theirs:
        other = statistics.median(theirs)
        figure = f"{other:.0f} ms a page: {other / own:.1f} × ours"
        yield Line("the same content by WeasyPrint", figure, f"≥ {RATIO:.0f} ×", other / own >= RATIO)
    else:
        yield Line("the same content by WeasyPrint", "not measured: it does not run here", f"≥ {RATIO:.0f} ×", False)


@contextmanager
def weasyprint(data: Bulletin) -> Iterator["Weasy | None"]:
    """A process that prints the same content, warm; None where WeasyPrint is missing, or Pango that it draws with."""
    python = os.environ.get(PYTHON) or sys.executable
    if subprocess.run([python, "-c", "import weasyprint"], check=False, capture_output=True).returncode:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder:
        page = write_page(data, Path(folder))
        command = [python, str(Path(__file__).with_name("weasy.py")), str(page), str(page.with_name("style.css"))]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            control = Weasy(process)
            control()
            yield control
            process.communicate()


class Weasy:
    """Calling it prints once and returns the milliseconds that a page took."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def __call__(self) -> float:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seconds, pages, _ = self.process.stdout.readline().split()
        return float(seconds) / int(pages) * 1000


def _annexes(turns: int) -> Iterator[Line]:
    """Each number of rows in a process of its own: the memory of one is no help to the next."""
    found = {rows: _annex_elsewhere(rows, turns) for rows in ROWS}
    seconds, pages, _ = found[ROWS[1]]
    figure = f"{seconds:.2f} s ({pages} pages, {seconds / pages * 1000:.1f} ms a page)"
    what = "an annex of 2,000 rows of the ledger, computed"
    yield Line(what, figure, f"< {ANNEX_SECONDS} s", seconds < ANNEX_SECONDS)
    each = {rows: memory / pages / 1000 for rows, (_, pages, memory) in found.items()}
    figure = ", ".join(f"{rows} rows: {kilobytes:.0f} kB a page" for rows, kilobytes in each.items())
    flat = each[ROWS[2]] <= FLAT * each[ROWS[1]]
    yield Line("most memory while an annex is printed", figure, f"flat: ≤ {FLAT} ×", flat)


def _annex_elsewhere(rows: int, turns: int) -> tuple[float, int, int]:
    command = [sys.executable, "-m", "bench.printing", str(rows), str(turns)]
    seconds, pages, memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(pages), int(memory)


def annex(rows: int, turns: int) -> tuple[float, int, int]:
    """Seconds computed (median), pages, and the most memory in bytes, for an annex whose findings all differ."""
    ledger = tuple(
        replace(papers._ledger_row(at), finding=f"第{at}项：作业总量公示不及时，第{at * 7 % 13}周起未更新，公示栏为空")
        for at in range(rows)
    )
    data, spent = replace(papers.empty_bulletin(), ledger=ledger), []
    pages = bulletin.render(data).pages
    for _ in range(turns):
        began = time.process_time()
        bulletin.render(data)
        spent.append(time.process_time() - began)
    tracemalloc.start()
    bulletin.render(data)
    return statistics.median(spent), pages, tracemalloc.get_traced_memory()[1]


def main() -> int:
    """Print the lines, or measure one annex for another process."""
    if len(sys.argv) == 3:
        sys.stdout.write(" ".join(map(str, annex(int(sys.argv[1]), int(sys.argv[2])))) + "\n")
        return 0
    for line in lines(quick="--quick" in sys.argv):
        sys.stdout.write(f"{' | '.join(line.cells())}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
