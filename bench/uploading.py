"""What an upload costs: 200 photos of 3 MB from 17 phones at once, beside @tus/server with the same duties.

`python -m bench.uploading` measures (`--quick`: one round). Both write to the same disk, make the whole file durable,
read and hash it again and give it its content address; ours also asks who sends, keeps a row of every step and reads
what the photo says about itself. Turns alternate; medians of the rounds.
"""

import argparse
import base64
import hashlib
import io
import os
import random
import statistics
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
from PIL import Image

from bench.computing import computed_ms
from bench.figures import percentile
from bench.offline import Handset
from bench.stand import Stand, postgresql
from bench.table import Line
from bench.uploaders import File, Job, Report
from tests.media.javascript import Oracle, oracle

TEAMS, PHONES = 9, 2
SIZE = 3 * 2**20
TAIL = 32
"""Bytes after the end of the picture that make one file differ from the next."""

SAMPLE = 0.02
"""Seconds between two looks at the memory of the workers."""


@dataclass(frozen=True)
class Plan:
    """How many photos, from how many phones, how often."""

    rounds: int = 5
    files: int = 200
    clients: int = 17


QUICK = Plan(rounds=1)


@dataclass
class Photo:
    """A real JPEG of 3 MB, on disk without its tail."""

    path: Path
    digest: "hashlib._Hash"

    @classmethod
    def make(cls, folder: Path) -> "Photo":
        """Noise compresses badly, so a small picture is enough; what is missing is filled up behind its end."""
        rng, out = random.Random(20261120), io.BytesIO()
        Image.frombytes("RGB", (1600, 1200), rng.randbytes(1600 * 1200 * 3)).save(out, "JPEG", quality=80)
        data = out.getvalue()[: SIZE - TAIL]
        data += bytes(SIZE - TAIL - len(data))
        path = folder / "photo"
        path.write_bytes(data)
        return cls(path, hashlib.sha256(data))

    def another(self) -> tuple[bytes, str]:
        """A tail that nobody has yet, and the hash of the whole."""
        tail, digest = uuid.uuid4().hex.encode(), self.digest.copy()
        digest.update(tail)
        return tail, digest.hexdigest()


@dataclass
class Turns:
    """Uploads per second, times of uploads (ms) and milliseconds computed per upload, of all turns of one side."""

    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def text(self) -> str:
        times = sorted(self.times)
        return (
            f"{self.rate:.0f} uploads/s ({self.rate * SIZE / 2**20:.0f} MB/s), p50 {percentile(times, 50):.0f} ms, "
            f"p95 {percentile(times, 95):.0f} ms, {statistics.median(self.computed):.0f} ms computed per upload"
        )


@dataclass
class Side:
    """One server: where it listens, under which path, with which headers per client, and its processes."""

    port: int
    path: str
    headers: list[dict[str, str]]
    processes: list[int]
    workers: list[int]
    spread: bool
    turns: Turns = field(default_factory=Turns)

    def files(self, client: int, photo: Photo, count: int) -> list[tuple[File, str, str]]:
        """Uploads to send, each with its evidence and hash."""
        return [self._file(client, *photo.another()) for _ in range(count)]

    def _file(self, client: int, tail: bytes, sha256: str) -> tuple[File, str, str]:
        evidence = str(uuid.uuid4())
        said = {"evidence": evidence, "sha256": sha256, "filetype": "image/jpeg"}
        metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in said.items())
        told = {"Upload-Length": str(SIZE), "Upload-Metadata": metadata, "Content-Length": "0"}
        head = f"POST {self.path} HTTP/1.1\r\n".encode() + _head(self.headers[client] | told)
        return File(head, tail), evidence, sha256

    def patch(self, client: int) -> bytes:
        told = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Content-Length": str(SIZE)}
        return _head(self.headers[client] | told)


def _head(headers: dict[str, str]) -> bytes:
    lines = {"Host": "127.0.0.1", "Tus-Resumable": "1.0.0", **headers}
    return "".join(f"{name}: {text}\r\n" for name, text in lines.items()).encode() + b"\r\n"


def measure(folder: Path, plan: Plan) -> tuple[Side, Side, float]:
    """Ours and the control, in turn; and the megabytes that an upload of ours takes while it is under way."""
    photo, memory = Photo.make(folder), list[float]()
    with postgresql(folder) as stand, oracle(folder / "control", stand.workers) as control:
        handsets = stand.prepare(crews=TEAMS, phones=PHONES, visits=1).handsets[: plan.clients]
        with stand.serving():
            ours, theirs = _ours(stand, handsets), _theirs(control, plan.clients)
            for side in (ours, theirs):
                _send(stand, side, photo, [1] * plan.clients, handsets)  # everything is loaded and connected once
            for _ in range(plan.rounds):
                for side in (ours, theirs):
                    with most_memory(side.workers) as seen:
                        _take_turn(stand, side, photo, plan, handsets)
                    if side is ours:
                        memory.append(seen[0])
    return ours, theirs, max(memory) / plan.clients


def _ours(stand: Stand, handsets: Sequence[Handset]) -> Side:
    pids = {int(httpx.get(f"http://127.0.0.1:{stand.port}/bench/worker").text) for _ in range(16 * stand.workers)}
    headers = [{"Authorization": f"Bearer {each.token}"} for each in handsets]
    return Side(stand.port, "/api/v1/uploads/", headers, stand.processes, sorted(pids), spread=True)


def _theirs(control: Oracle, clients: int) -> Side:
    address = httpx.URL(control.url)
    headers: list[dict[str, str]] = [{} for _ in range(clients)]
    return Side(address.port or 0, address.path, headers, [control.process], control.workers, spread=False)


def _take_turn(stand: Stand, side: Side, photo: Photo, plan: Plan, handsets: Sequence[Handset]) -> None:
    counts = [plan.files // plan.clients + (client < plan.files % plan.clients) for client in range(plan.clients)]
    before = computed_ms(side.processes)
    report = _send(stand, side, photo, counts, handsets)
    side.turns.computed.append((computed_ms(side.processes) - before) / plan.files)
    side.turns.rates.append(plan.files / report.seconds)
    side.turns.times += [each * 1000 for each in report.times]


def _send(stand: Stand, side: Side, photo: Photo, counts: Sequence[int], handsets: Sequence[Handset]) -> Report:
    """`counts[i]` uploads of client i; nothing of an earlier turn waits for the disk any more."""
    made = [side.files(client, photo, count) for client, count in enumerate(counts)]
    if side.spread:
        told = [(who.user, *each[1:], SIZE) for who, files in zip(handsets, made, strict=True) for each in files]
        promises = stand.folder / "promises.json"
        promises.write_bytes(msgspec.json.encode(told))
        stand.run("bench.promising", str(promises))
    clients, patches = (
        [[each[0] for each in files] for files in made],
        [side.patch(place) for place in range(len(made))],
    )
    job, report = stand.folder / "uploads.msgpack", stand.folder / "uploaded.msgpack"
    workers = stand.workers if side.spread else 1
    job.write_bytes(msgspec.msgpack.encode(Job(side.port, str(photo.path), clients, patches, workers)))
    os.sync()
    stand.run("bench.uploaders", str(job), str(report))
    return msgspec.msgpack.decode(report.read_bytes(), type=Report)


@contextmanager
def most_memory(pids: Sequence[int]) -> Iterator[list[float]]:
    """Megabytes by which these processes together grew at most, while the block ran (Linux)."""
    before, most, over = resident(pids), [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLE):
            most[0] = max(most[0], resident(pids) - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def resident(pids: Sequence[int]) -> float:
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def lines(plan: Plan) -> Iterator[Line]:
    """The lines of the table."""
    with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder:
        ours, theirs, memory = measure(Path(folder), plan)
    ratio = ours.turns.rate / theirs.turns.rate
    what = f"{plan.files} uploads of 3 MB, {plan.clients} clients, two workers, PostgreSQL"
    yield Line(what, ours.turns.text(), "", True)
    what = "the same by @tus/server with fsync and re-hash, two workers"
    yield Line(what, f"{theirs.turns.text()}: ours {ratio:.2f} ×", "≥ 1.0 ×", ratio >= 1)
    yield Line("memory of an upload under way", f"{memory:.2f} MB", "< 2 MB", memory < 2)


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="python -m bench.uploading")
    options.add_argument("--quick", action="store_true", help="one round")
    given = options.parse_args(arguments)
    for line in lines(QUICK if given.quick else Plan()):
        sys.stdout.write(f"{' | '.join(line.cells())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
