"""Where the time of one push goes: `python -m bench.pushing --profile` (PostgreSQL) or `--profile --engine sqlite`.

One phone pushes visits through the product's own view in one process: first without any tool for the wall time, then
with a count of the statements, then under cProfile.
"""

import cProfile
import pstats
import random
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from backend.inspections.rules.checklist import Template
from bench.offline import pushes
from bench.preparing import Prepared
from bench.stand import postgresql, sqlite

WARM, TIMED, COUNTED, PROFILED = 5, 20, 5, 20
VISITS = WARM + TIMED + COUNTED + PROFILED
LINES = 45

SHAPE = re.compile(
    r'^\s*(?:(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?|(SELECT)\b.*?\bFROM\s+"?(\w+)"?|(\w+(?: \w+)?))',
    re.DOTALL | re.IGNORECASE,
)


def main(engine: str = "postgresql") -> int:
    """Prepare a stand and profile in a process of its own on it."""
    begin = sqlite if engine == "sqlite" else postgresql
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, begin(Path(folder)) as stand:
        stand.prepare(crews=1, visits=VISITS)
        stand.run("bench.profiling", str(Path(folder) / "prepared.json"))
    return 0


def profile(prepared: Prepared) -> None:
    """Push all visits of the first phone; print what was seen."""
    handset = prepared.handsets[0]
    templates = [msgspec.json.decode(each, type=Template) for each in prepared.templates]
    bodies = iter(pushes(handset, templates, random.Random(5)))
    push = _pusher(handset.token, handset.device)
    for _ in range(WARM):
        push(next(bodies))
    times = [_timed(push, next(bodies)) for _ in range(TIMED)]
    wall, cpu = [each[0] for each in times], [each[1] for each in times]
    say(f"one push, one client: median {statistics.median(wall):.1f} ms, fastest {min(wall):.1f} ms")
    say(f"of that this process computed: median {statistics.median(cpu):.1f} ms, least {min(cpu):.1f} ms")
    with counted() as seen:
        for _ in range(COUNTED):
            push(next(bodies))
    _print_statements(seen)
    with cProfile.Profile() as seen_calls:
        for _ in range(PROFILED):
            push(next(bodies))
    for order in ("tottime", "cumulative"):
        pstats.Stats(seen_calls, stream=sys.stdout).strip_dirs().sort_stats(order).print_stats(LINES)


def _pusher(token: str, device: str) -> Callable[[bytes], None]:
    """The product's view, without the network."""
    from rest_framework.test import APIClient

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_SYNC_DEVICE=device)

    def push(body: bytes) -> None:
        answer = client.generic("POST", "/api/v1/sync/push", body.decode(), content_type="application/json")
        statuses = {result["status"] for result in msgspec.json.decode(answer.content)["results"]}
        if statuses != {"applied"}:
            raise ValueError(answer.content.decode())

    return push


def _timed(work: Callable[[bytes], None], body: bytes) -> tuple[float, float]:
    """Milliseconds of the wall and of this process's own computing."""
    began, computed = time.perf_counter(), time.process_time()
    work(body)
    return (time.perf_counter() - began) * 1000, (time.process_time() - computed) * 1000


@contextmanager
def counted() -> Iterator[dict[str, list[float]]]:
    """Every statement of Django's connection meanwhile: shape -> milliseconds of each."""
    from django.db import connection

    seen: dict[str, list[float]] = defaultdict(list)

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seen[shape(sql)].append((time.perf_counter() - began) * 1000)

    with connection.execute_wrapper(watch):
        yield seen


def shape(sql: str) -> str:
    """`INSERT INTO table`, `SELECT table`, `SAVEPOINT`: enough to say where statements come from."""
    found = SHAPE.match(sql)
    return " ".join(part for part in found.groups() if part).upper() if found else sql[:30]


def _print_statements(seen: dict[str, list[float]]) -> None:
    total, spent = sum(map(len, seen.values())), sum(map(sum, seen.values()))
    say(f"statements per push: {total / COUNTED:.1f} in {spent / COUNTED:.1f} ms (transaction control not all seen)")
    for name, times in sorted(seen.items(), key=lambda pair: -sum(pair[1])):
        say(f"  {len(times) / COUNTED:6.1f} ×  {sum(times) / COUNTED:7.2f} ms  {name}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    import django

    django.setup()
    profile(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Prepared))
