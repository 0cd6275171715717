"""What a push costs: whole offline visits from eight phones at once, beside controls in the same run.

`python -m bench.pushing` measures; `--profile` instead shows where the time of one push goes. Every operation of every
push must come back `applied`, else there is no figure. Ours and the controls take turns; medians of the rounds.
"""

import argparse
import gzip
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from backend.inspections.rules.checklist import Template
from bench.computing import computed_ms
from bench.figures import percentile
from bench.load import Answer, Report
from bench.offline import Errand, Handset, dumps, pushes, request
from bench.stand import Stand, postgresql, sqlite
from bench.table import Line

CLIENTS = 8
PUSH, BARE, APART = "/api/v1/sync/push", "/bench/bare", "/bench/apart"


@dataclass(frozen=True)
class Plan:
    """How much is sent: visits of each client per leg, of those `warm` before the clock starts."""

    rounds: int = 3
    visits: int = 20
    warm: int = 4
    apart: int = 3

    @property
    def per_phone(self) -> int:
        return self.rounds * self.visits + self.apart


QUICK = Plan(rounds=1, visits=8, warm=2, apart=2)


@dataclass
class Leg:
    """Visits per second and answer times (ms) of one turn; milliseconds computed per visit, server and database."""

    rate: float
    times: list[float]
    computed: float = 0.0


@dataclass
class Legs:
    """All turns of one contender."""

    legs: list[Leg] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(leg.rate for leg in self.legs)

    def ms(self, share: int) -> float:
        return percentile(sorted(time for leg in self.legs for time in leg.times), share)

    @property
    def computed(self) -> float:
        return statistics.median(leg.computed for leg in self.legs)

    def text(self) -> str:
        times = f"p50 {self.ms(50):.0f} ms, p95 {self.ms(95):.0f} ms"
        return f"{self.rate:.0f} visits/s, {times}, {self.computed:.1f} ms computed per visit"


@dataclass
class Phones:
    """The phones of one stand and the errands they have left."""

    handsets: list[Handset]
    bare: list[Handset]
    templates: list[Template]
    rng: random.Random = field(default_factory=lambda: random.Random(20261120))

    def requests(self, path: str, visits: int) -> list[list[bytes]]:
        """The next visits of every phone, as requests to `path`."""
        return [self._requests(path, each, visits) for each in (self.bare if path == BARE else self.handsets)]

    def _requests(self, path: str, handset: Handset, visits: int) -> list[bytes]:
        errands, handset.errands = handset.errands[:visits], handset.errands[visits:]
        some = Handset(handset.user, handset.device, handset.token, errands, handset.n)
        bodies = pushes(some, self.templates, self.rng)
        handset.n = some.n
        return [_request(path, some, errand, body) for errand, body in zip(errands, bodies, strict=True)]


def _request(path: str, handset: Handset, errand: Errand, body: bytes) -> bytes:
    extra = {"Bench-Scope": str(errand.scope)} if path == BARE else {}
    return request(path, handset, body, **extra)


@dataclass
class Found:
    """What one stand told: legs by path, memory (MB) and visits pushed so far after each turn, sizes in bytes."""

    of: dict[str, Legs]
    memory: list[float] = field(default_factory=list)
    pushed: list[int] = field(default_factory=list)
    push: int = 0
    document: int = 0


def measure(stand: Stand, plan: Plan) -> Found:
    """Legs of ours, `bare` (on PostgreSQL) and `apart` on this stand, in turn."""
    has_arrays = stand.workers > 1
    prepared = stand.prepare(crews=CLIENTS, visits=plan.per_phone, learn=has_arrays)
    templates = [msgspec.json.decode(each, type=Template) for each in prepared.templates]
    phones = Phones(prepared.handsets, prepared.bare, templates)
    paths = [PUSH, BARE] if has_arrays else [PUSH]
    found = Found({path: Legs() for path in [*paths, APART]})
    with stand.serving():
        for turn in range(1, plan.rounds + 1):
            for path in paths:
                _take_turn(stand, found, phones, path, plan.visits, plan.warm)
            found.memory.append(stand.memory())
            found.pushed.append(turn * plan.visits * CLIENTS)
        _take_turn(stand, found, phones, APART, plan.apart, 1)
        found.document = document_size(stand, prepared.handsets[0])
    return found


def _take_turn(stand: Stand, found: Found, phones: Phones, path: str, visits: int, warm: int) -> None:
    clients = phones.requests(path, visits)
    found.push = max(len(one.partition(b"\r\n\r\n")[2]) for one in clients[0])
    before = computed_ms(stand.processes)
    turn = leg(stand.load(clients, warm), warm)
    turn.computed = (computed_ms(stand.processes) - before) / sum(map(len, clients))
    found.of[path].legs.append(turn)


def document_size(stand: Stand, handset: Handset) -> int:
    """Bytes, gzipped as the server does, of the largest visit that the phone is sent."""
    largest, cursor, more = 0, None, True
    while more:
        body = msgspec.json.encode({"cursor": cursor})
        [[answer]] = stand.load([[request("/api/v1/sync/pull", handset, body)]]).clients
        page = msgspec.json.decode(answer.body)
        sent = [row[3] for row in page["rows"] if row[1] == "visit" and row[3]]
        largest = max([largest, *(len(gzip.compress(dumps(one), 1, mtime=0)) for one in sent)])
        cursor, more = page["cursor"], page["more"]
    return largest


def leg(report: Report, warm: int) -> Leg:
    """Throughput while all clients were busy: from the end of the warm-up until the first of them was through."""
    for client in report.clients:
        for answer in client:
            check(answer)
    measured = [client[warm:] for client in report.clients]
    until = min(client[-1].ended for client in measured)
    done = sum(answer.ended <= until for client in measured for answer in client)
    times = [(answer.ended - answer.began) * 1000 for client in measured for answer in client]
    return Leg(done / (until - report.began), times)


def check(answer: Answer) -> None:
    """Raises `ValueError` unless every operation of the push was applied."""
    results = msgspec.json.decode(answer.body).get("results", []) if answer.status == 200 else []
    wrong = [result for result in results if result["status"] != "applied"]
    if wrong or not results:
        raise ValueError(f"{answer.status}: {wrong or answer.body[:2000].decode('utf-8', 'replace')}")


def lines(plan: Plan) -> Iterator[Line]:
    """The lines of the table, on both engines."""
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, postgresql(Path(folder)) as stand:
        found = measure(stand, plan)
        what = f"push of a whole offline visit, {CLIENTS} clients, {stand.engine}, {stand.workers} workers"
    ours, bare, apart = found.of[PUSH], found.of[BARE], found.of[APART]
    yield Line(what, ours.text(), "≥ 70 visits/s, p95 ≤ 200 ms", ours.rate >= 70 and ours.ms(95) <= 200)
    what, ratio = "the same rows by bare set-based SQL, same server", ours.rate / bare.rate
    yield Line(
        what,
        f"{bare.text()}: ours {ratio:.2f} × (by computing {bare.computed / ours.computed:.2f} ×)",
        "≥ 0.6 ×",
        ratio >= 0.6,
    )
    what, ratio = "the same visit, one operation at a time", ours.rate / apart.rate
    yield Line(
        what,
        f"{apart.text()}: ours {ratio:.1f} × (by computing {apart.computed / ours.computed:.1f} ×)",
        "≥ 5 ×",
        ratio >= 5,
    )
    yield _memory("a worker, PostgreSQL", found)
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, sqlite(Path(folder)) as stand:
        found = measure(stand, plan)
    ours = found.of[PUSH]
    yield Line(
        "the same push on SQLite, one worker",
        ours.text(),
        "≥ 50 visits/s, p95 ≤ 250 ms",
        ours.rate >= 50 and ours.ms(95) <= 250,
    )
    yield _memory("the one worker, SQLite", found)
    yield Line("a push of a visit, gzip", f"{found.push / 1024:.1f} KB", "≤ 6 KB", found.push <= 6 * 1024)
    what = "the document of a visit with 60 answers, gzip"
    yield Line(what, f"{found.document / 1024:.1f} KB", "≤ 2.5 KB", found.document <= 2.5 * 1024)


def _memory(what: str, found: Found) -> Line:
    """Flat: at most 5 % more after the last turn than after the first."""
    first, last = found.memory[0], found.memory[-1]
    figure = f"{first:.0f} MB after {found.pushed[0]} visits, {last:.0f} MB after {found.pushed[-1]}"
    return Line(f"memory of {what}", figure, "flat", last <= first * 1.05)


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m bench.pushing")
    options.add_argument("--quick", action="store_true", help="one short round")
    options.add_argument("--profile", action="store_true", help="where the time of one push goes, in this process")
    options.add_argument("--engine", choices=("postgresql", "sqlite"), default="postgresql", help="for --profile")
    given = options.parse_args(arguments)
    if given.profile:
        from bench import profiling

        return profiling.main(given.engine)
    for line in lines(QUICK if given.quick else Plan()):
        sys.stdout.write(f"{' | '.join(line.cells())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
