"""17:00: all teams come home and their phones come online at once.

34 phones of 17 teams each hand in their day's visits, in batches of at most 200 operations as the outbox makes them,
while people of other teams go on pulling. `python -m bench.rush` measures this alone.
"""

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from backend.inspections.rules.checklist import Template
from backend.sync.wire import MAX_OPS
from bench.figures import percentile
from bench.load import Report
from bench.offline import Handset, dumps, pushes, request
from bench.preparing import Prepared
from bench.pushing import check
from bench.stand import Stand, postgresql, sqlite
from bench.table import Line

TEAMS, PHONES, OTHERS = 17, 2, 8


@dataclass(frozen=True)
class Plan:
    """Visits of each phone."""

    visits: int = 20


QUICK = Plan(visits=3)


def lines(plan: Plan) -> Iterator[Line]:
    """The lines of the table, on both engines."""
    for begin in (postgresql, sqlite):
        with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, begin(Path(folder)) as stand:
            yield from measured(stand, plan)


def measured(stand: Stand, plan: Plan) -> Iterator[Line]:
    """The rush on one stand, its duties running."""
    prepared = stand.prepare(crews=TEAMS, phones=PHONES, visits=plan.visits, others=OTHERS)
    clients = batches(prepared)
    with stand.serving(duties=True):
        first = stand.load([[pull(each, None)] for each in prepared.others]).clients
        cursors = [msgspec.json.decode(answers[0].body)["cursor"] for answers in first]
        report = stand.load(clients, others=[pull(*each) for each in zip(prepared.others, cursors, strict=True)])
    for answer in (answer for client in report.clients for answer in client):
        check(answer)
    engine = f"{stand.engine}, {stand.workers} worker{'s' if stand.workers > 1 else ''}"
    what = f"{TEAMS * PHONES} phones at once, {plan.visits} visits each, all in custody, {engine}"
    refused = sum(answer.refused for client in report.clients for answer in client)
    seconds = max(client[-1].ended for client in report.clients) - report.began
    yield Line(what, f"{seconds:.1f} s ({refused} put off)", "< 60 s", seconds < 60)
    times = others_ms(report)
    figure = f"p50 {percentile(times, 50):.0f} ms, p95 {percentile(times, 95):.0f} ms ({len(times)} pulls)"
    yield Line(f"pulls of others meanwhile, {engine}", figure, "p95 < 300 ms", percentile(times, 95) < 300)


def batches(prepared: Prepared) -> list[list[bytes]]:
    """What every phone sends, one request after another."""
    templates = [msgspec.json.decode(each, type=Template) for each in prepared.templates]
    rng = random.Random(17)
    return [[push(each, body) for body in _bodies(each, templates, rng)] for each in prepared.handsets]


def _bodies(handset: Handset, templates: Sequence[Template], rng: random.Random) -> Iterator[bytes]:
    """As the outbox does: up to 200 operations of whichever visits in one body."""
    told = [msgspec.json.decode(body) for body in pushes(handset, templates, rng)]
    ops = [op for each in told for op in each["ops"]]
    for place in range(0, len(ops), MAX_OPS):
        yield dumps({"clock": told[-1]["clock"], "ops": ops[place : place + MAX_OPS]})


def push(handset: Handset, body: bytes) -> bytes:
    return request("/api/v1/sync/push", handset, body)


def pull(handset: Handset, cursor: str | None) -> bytes:
    return request("/api/v1/sync/pull", handset, dumps({"cursor": cursor}))


def others_ms(report: Report) -> list[float]:
    """Answer times of the others' pulls in milliseconds, in order of size. Raises `ValueError` for a refused one."""
    answers = [answer for client in report.others for answer in client]
    if wrong := [answer for answer in answers if answer.status != 200]:
        raise ValueError(wrong[0].body.decode("utf-8", "replace"))
    return sorted((answer.ended - answer.began) * 1000 for answer in answers)


if __name__ == "__main__":
    for line in lines(QUICK if "--quick" in sys.argv else Plan()):
        sys.stdout.write(f"{' | '.join(line.cells())}\n")
