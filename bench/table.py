"""Lines of the table of measurements, and the page that keeps them (docs/benchmarks.md)."""

import datetime as dt
import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from bench.clocks import CHINA

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

METHOD = """
## How it is measured
`make bench` (`python -m bench.ratios`; `--quick` briefly, `--only pulling pushing` some of it, `--write` also writes
this page, where lines that were not measured again stay with their time). Ours and its control take turns in one run
(A B A B), the figure is the median of the turns; a ratio says more than its absolute figures, which are those of a
shared machine whose speed changes with what its neighbours do. Nothing here is a test: no check of the product depends
on time.

- **First download.** Real documents: finished visits with 60 answers, three findings and twelve pieces of evidence
  each, every crew's in a scope of its own. Ours: `pull` page by page as the view answers. Control: one SQL
  statement that reads what the person may see, joined to one JSON text in the same process. Neither side parses.
  The usual way: the domain models (visits with their answers inside, findings, evidence) through DRF
  ModelSerializers with related rows prefetched.
- **Empty pull.** Through Django's test client, authentication included; the trivial view names the caller.
- **Push.** A real server process per worker on 127.0.0.1, the load in a process of its own on the same cores: kept
  connections, bodies built and gzipped beforehand, connections spread evenly over the workers, 8 phones of 8 crews.
  One push is one whole visit in 24 operations, the visits of a phone one after another in its time, with which ids
  begin; every operation must be answered `applied`, else there is no figure.
  PostgreSQL runs with its defaults of durability (fsync, synchronous_commit and full_page_writes on), SQLite with
  WAL and synchronous=FULL. Duties (`manage.py worker`) do not run beside it. Throughput counts while all clients
  are busy.
- **Bare SQL.** The rows that a push really wrote are learned from the database by comparing every table before and
  after one; the control writes the same rows with the ids of its own visit, by `INSERT … SELECT FROM unnest` and
  `UPDATE … FROM unnest` in two transactions, server-side binding, prepared. It is authenticated and parses the
  body, but reads, checks and judges nothing, and its constant values are arrays made once: it is cheaper than any
  product could be.
- **One operation at a time.** The product's own push called once per operation behind the same server: custody and
  judgement of each in transactions of its own, nothing shared.
- **The rush.** 34 phones come online at once, each with 20 visits in batches of at most 200 operations as the
  outbox makes them, the duties running as in production; eight people of other teams pull every half second
  meanwhile.
- **Derivatives.** Photos of 12 megapixels, each made into preview (1280, with its caption) and list size (320), in
  one process. The control decodes at the draft scale, resizes and encodes the same two sizes in the same quality,
  in memory and without turning, caption or anything else. The second line is the whole step of the duty: it asks
  what to write, stores both files with fsync and books them.
- **Random draws.** The pure part: limits, draw of every target with day, team and crew, hashes of both libraries.
- **Lists.** Every list of the API with its usual filters, pages of 50 and 200, first and second page, as the office,
  a team's leader, an inspector and a school ask for them, at ten times the demonstration term: a part of the term is
  played through the services (`bench/crowd.py`), and its rows are multiplied by bulk inserts with targets, teams,
  people and days of their own. One warm client in the same process; the table keeps the slowest list,
  `python -m bench.lists` prints all.
- **Printing.** A bulletin of every chapter with charts, an annex of 48 rows and eight photos of 1600 pixels, printed
  warm; computing time of the process, photos made smaller included. WeasyPrint (or that of the Python which
  `DUDAO_BENCH_WEASYPRINT` names) prints a web page of the same words, tables, bars and fonts with the photos made
  ready beforehand, its fonts and style sheet parsed once; both take turns. Then the same for the signed issue of the
  demonstration term's fullest half-month with eight approved photos (`bench/term_bulletin.py`; a folder made by
  `make demo-term` may be named by `DUDAO_BENCH_TERM`, else the term is played up to it). The annexes have a different
  finding in every row; memory is the most that Python held while one was printed.
- **Compiling.** A half-month with ten times the visits of the fullest one. While its figures are gathered another
  connection writes all the time; its longest wait says whether anything was locked.
- **Uploads.** 200 photos of 3 MB over 17 kept connections, each a POST and one PATCH, to two worker processes on
  either side, in turn, on the same disk. The control is `@tus/server` with its file store, which makes the whole
  durable, reads and hashes it again, compares and links it to its content address, as ours does; ours also
  authenticates, keeps rows of every step in PostgreSQL and reads what the photo says about itself. Memory of an
  upload: by how much the workers grow at most, divided by the uploads under way.
- **Ledger.** 100,000 findings of 12,500 notices, made by bulk inserts, read and written piece by piece as the view
  does; memory: by how much the process grows from a tenth of them to all.
- **Fan-out.** 500 open sockets of the product and as many of the control in one server process, clients in a process of
  their own. Ours: what a write does after its commit. Control: the same text to each socket by the server's own send.
  An event of another process happens in a second server of the product without sockets, and crosses the same Redis
  either way: ours through the channel layer, the control by the Redis client's publish and subscribe alone. The ways
  take turns with pauses drawn at random; 60 rounds, p95 over all clients and rounds.
- **Payloads** as sent: a push with gzip level 6 (browsers), a visit document alone with level 1 (the server's
  answers).
- **Memory**: resident size of the server's largest process after the first and after the last turn of pushing.
"""


class Line(msgspec.Struct):
    """What was measured, what came out, what it must reach, and whether it did."""

    what: str
    figure: str
    must: str
    reached: bool

    def cells(self) -> tuple[str, str, str, str]:
        return self.what, self.figure, self.must, "yes" if self.reached else "**no**"


def page(lines: Sequence[Line], load: tuple[float, float], before: str = "") -> str:
    """The whole page; `load`: the machine's load average before and after; `before`: the page as it is, of which the
    lines that were not measured now stay, in their places.
    """
    now = f"{dt.datetime.now(CHINA):%Y-%m-%d %H:%M}"
    rows = {row.split(" | ")[0]: row for row in before.splitlines() if row.startswith("| ")}
    rows = {what: row for what, row in rows.items() if what not in ("| what", "|---")}
    rows |= {f"| {line.what}": f"| {' | '.join([*line.cells(), now])} |" for line in lines}
    head = [
        "# Benchmarks",
        "",
        machine(load),
        "",
        "| what | figure | must reach | reached | measured |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows.values()]) + f"\n{METHOD}"


def machine(load: tuple[float, float]) -> str:
    """What it was measured on."""
    parts = [
        f"{processor()}, {os.cpu_count()} cores, {memory()} GB",
        f"Linux {platform.release().partition('-')[0]}" if platform.system() == "Linux" else platform.system(),
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"load average {load[0]:.1f} before, {load[1]:.1f} after the last measuring (the load generator included)",
    ]
    return "; ".join(parts) + "."


def processor() -> str:
    """Its model, where the system tells."""
    try:
        found = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.machine()
    named = (line.partition(":")[2].strip() for line in found if line.startswith("model name"))
    return next(named, platform.machine())


def memory() -> int:
    """Whole gigabytes."""
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def load_now() -> float:
    return os.getloadavg()[0]


def write(lines: Iterable[Line], load: tuple[float, float]) -> Path:
    before = PAGE.read_text("utf-8") if PAGE.exists() else ""
    PAGE.write_text(page(list(lines), load, before), encoding="utf-8")
    return PAGE
