"""What a push costs: whole offline visits from eight phones at once, beside controls in the same run.

`python -m bench.pushing` measures; `--profile` instead shows where the time of one push goes. Every operation of every
push must come back `applied`, else there is no figure. Ours and the controls take turns; medians of the rounds.
"""

import argparse
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from backend.inspections.rules.checklist import Template
from bench.figures import percentile
from bench.load import Answer, Report
from bench.offline import Errand, Handset, pushes, request
from bench.stand import Stand, postgresql, sqlite

Row = tuple[str, str, str]

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
        return self.rounds * 2 * self.visits + self.apart


QUICK = Plan(rounds=1, visits=8, warm=2, apart=2)


@dataclass
class Leg:
    """Visits per second and answer times (ms) of one turn."""

    rate: float
    times: list[float]


@dataclass
class Legs:
    """All turns of one contender."""

    legs: list[Leg] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(leg.rate for leg in self.legs)

    def ms(self, share: int) -> float:
        return percentile(sorted(time for leg in self.legs for time in leg.times), share)

    def text(self) -> str:
        return f"{self.rate:.0f} visits/s, p50 {self.ms(50):.0f} ms, p95 {self.ms(95):.0f} ms"


@dataclass
class Phones:
    """The phones of one stand and the errands they have left."""

    handsets: list[Handset]
    templates: list[Template]
    rng: random.Random = field(default_factory=lambda: random.Random(20261120))

    def requests(self, path: str, visits: int) -> list[list[bytes]]:
        """The next visits of every phone, as requests to `path`."""
        return [self._requests(path, handset, visits) for handset in self.handsets]

    def _requests(self, path: str, handset: Handset, visits: int) -> list[bytes]:
        errands, handset.errands = handset.errands[:visits], handset.errands[visits:]
        used = handset.n
        some = Handset(handset.user, handset.device, handset.token, errands, used)
        bodies = pushes(some, self.templates, self.rng)
        handset.n = some.n if path != BARE else used
        return [_request(path, some, errand, body) for errand, body in zip(errands, bodies, strict=True)]


def _request(path: str, handset: Handset, errand: Errand, body: bytes) -> bytes:
    extra = {"Bench-Scope": str(errand.scope)} if path == BARE else {}
    return request(path, handset, body, **extra)


def measure(stand: Stand, plan: Plan) -> dict[str, Legs]:
    """Legs of ours, `bare` (on PostgreSQL) and `apart` on this stand, in turn."""
    server_has_arrays = stand.workers > 1
    prepared = stand.prepare(crews=CLIENTS, visits=plan.per_phone, learn=server_has_arrays)
    phones = Phones(prepared.handsets, [msgspec.json.decode(each, type=Template) for each in prepared.templates])
    paths = [PUSH, BARE] if server_has_arrays else [PUSH]
    found = {path: Legs() for path in [*paths, APART]}
    with stand.serving():
        for _ in range(plan.rounds):
            for path in paths:
                clients = phones.requests(path, plan.visits)
                found[path].legs.append(leg(stand.load(clients, plan.warm), plan.warm))
        found[APART].legs.append(leg(stand.load(phones.requests(APART, plan.apart), 1), 1))
    return found


def leg(report: Report, warm: int) -> Leg:
    """Throughput while all clients were busy: from the end of the warm-up until the first of them was through."""
    for client in report.clients:
        for answer in client:
            _check(answer)
    measured = [client[warm:] for client in report.clients]
    until = min(client[-1].ended for client in measured)
    done = sum(answer.ended <= until for client in measured for answer in client)
    times = [(answer.ended - answer.began) * 1000 for client in measured for answer in client]
    return Leg(done / (until - report.began), times)


def _check(answer: Answer) -> None:
    """Raises `ValueError` unless every operation of the push was applied."""
    results = msgspec.json.decode(answer.body).get("results", []) if answer.status == 200 else []
    if not results or any(result["status"] != "applied" for result in results):
        raise ValueError(f"{answer.status}: {answer.body[:2000].decode('utf-8', 'replace')}")


def rows(plan: Plan) -> Iterator[Row]:
    """The lines of the table."""
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, postgresql(Path(folder)) as stand:
        found = measure(stand, plan)
        what = f"push of a whole offline visit, {CLIENTS} clients, {stand.engine}, {stand.workers} workers"
    yield what, found[PUSH].text(), "≥ 70 visits/s, p95 ≤ 200 ms"
    ratio = found[PUSH].rate / found[BARE].rate
    yield "the same rows by bare set-based SQL, same server", f"{found[BARE].text()}: ours {ratio:.2f} ×", "≥ 0.6 ×"
    ratio = found[PUSH].rate / found[APART].rate
    yield "one operation at a time, nothing shared", f"{found[APART].text()}: ours {ratio:.1f} ×", "≥ 5 ×"
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, sqlite(Path(folder)) as stand:
        found = measure(stand, plan)
    yield "the same push on SQLite, one worker", found[PUSH].text(), "≥ 50 visits/s, p95 ≤ 250 ms"


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m bench.pushing")
    options.add_argument("--quick", action="store_true", help="one short round")
    options.add_argument("--profile", action="store_true", help="where the time of one push goes, in this process")
    options.add_argument("--engine", choices=("postgresql", "sqlite"), default="postgresql", help="for --profile")
    given = options.parse_args(arguments)
    if given.profile:
        from bench import profiling

        return profiling.main(given.engine)
    for what, figure, wanted in rows(QUICK if given.quick else Plan()):
        sys.stdout.write(f"{what}: {figure} (must reach {wanted})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
