"""A day of work on a server that is killed again and again, and what must be true at the end of it."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.crashes.victim import Victim
from tests.crashes.workers import PIECE, Photo, Pusher, Uploader, fresh_line, until_cut
from tests.foreign.client import Phone
from tests.foreign.office import Office

PROGRESS = 30
"""A round ends after at most so many acknowledgements (of operations and of pieces of photos), and a moment more."""

MOMENT = 0.1
PATIENCE = 20.0
"""Seconds; the server is killed then, however slow the machine was."""

TEAMS = (1, 2)

OBJECTS = {"finding": "SELECT id FROM inspections_finding", "evidence": "SELECT id FROM inspections_evidence"}

TWICE = """
    SELECT verb, object_id FROM journal_auditline
    WHERE verb IN ('visit.started', 'finding.recorded', 'evidence.added')
    GROUP BY verb, object_id HAVING count(*) > 1
"""
"""What the audit trail says was begun, recorded or added more than once."""


@dataclass
class Field:
    """Two crews' leaders who push and upload, and an office that has always one more visit for them."""

    server: Victim
    office: Office
    chance: random.Random
    pushers: list[Pusher]
    uploaders: list[Uploader] = field(default_factory=list)
    cuts: Counter[str] = field(default_factory=Counter)
    rounds: int = 0

    @classmethod
    def open(cls, server: Victim, seed: int) -> "Field":
        chance = random.Random(seed)
        office = Office(server.url, "office1")
        office.sign_in()
        office.learn()
        pushers = [Pusher(Phone(server.url, f"t{team:02}_lead"), random.Random(chance.random())) for team in TEAMS]
        for pusher in pushers:
            pusher.phone.sign_in()
        return cls(server, office, chance, pushers, [Uploader(pusher) for pusher in pushers])

    def round(self) -> None:
        """Work; the server dies in the middle of it; it comes back, and what was acknowledged is there."""
        self.rounds += 1
        self.send_out()
        stop = threading.Event()
        work = {"push": [each.push for each in self.pushers], "upload": [each.send for each in self.uploaders]}
        with ThreadPoolExecutor(len(TEAMS) * 2) as pool:
            going = [(name, pool.submit(until_cut, deed, stop)) for name, deeds in work.items() for deed in deeds]
            self.wait()
            self.server.kill()
            stop.set()
        self.cuts.update(name for name, each in going if each.result())
        self.server.start()
        self.take_up()

    def wait(self) -> None:
        """Until a moment that the seed has chosen: by what was acknowledged, so that a slow machine works as much."""
        target, end = self.acknowledged() + self.chance.randint(1, PROGRESS), time.monotonic() + PATIENCE
        while self.acknowledged() < target and time.monotonic() < end:
            time.sleep(0.002)
        time.sleep(self.chance.uniform(0, MOMENT))

    def acknowledged(self) -> int:
        pieces = sum(each.acknowledged // PIECE for uploader in self.uploaders for each in list(uploader.sent))
        return pieces + sum(len(each.results) for each in self.pushers)

    def send_out(self) -> None:
        """One more visit for each."""
        for team, pusher in zip(TEAMS, self.pushers, strict=True):
            school = self.chance.choice(self.office.schools)
            crew = [f"t{team:02}_lead", f"t{team:02}_a"]
            pusher.tasks.append(self.office.assign(f"T{team:02}", crew, school["id"], templates=["TY"])["id"])

    def take_up(self) -> None:
        fresh_line(self.office)
        for pusher, uploader in zip(self.pushers, self.uploaders, strict=True):
            pusher.take_up()
            uploader.take_up()

    def finish(self) -> None:
        """The server stays up: everything is handed in and uploaded."""
        for pusher, uploader in zip(self.pushers, self.uploaders, strict=True):
            pusher.finish()
            uploader.finish()
            pusher.phone.pull()

    def close(self) -> None:
        for account in (self.office, *(each.phone for each in self.pushers)):
            account.http.close()

    # What must be true at the end

    def check(self) -> None:
        for pusher, uploader in zip(self.pushers, self.uploaders, strict=True):
            self.custody(pusher)
            self.one_effect(pusher)
            self.answered_alike(pusher)
            self.photos(pusher.phone, uploader.sent)

    def custody(self, pusher: Pusher) -> None:
        """Every operation is there byte for byte, none twice and none besides, by the server's word and in fact."""
        made = pusher.sent_as()
        assert pusher.phone.outbox == []
        for start in range(0, len(made), 2000):
            assert pusher.phone.offer(list(made)[start : start + 2000]) == []
        device = uuid.UUID(pusher.phone.device)
        rows = self.server.rows("SELECT id, device_id, n, body FROM sync_operation ORDER BY n")
        mine = [row for row in rows if uuid.UUID(str(row[1])) == device]
        assert [row[2] for row in mine] == list(range(1, pusher.phone.n + 1))
        assert {str(uuid.UUID(str(row[0]))): row[3] for row in mine} == made
        assert self.server.rows("SELECT count(*) FROM sync_strayoperation") == [(0,)]

    def one_effect(self, pusher: Pusher) -> None:
        """What was answered, recorded and declared is there once, and the newest word stands."""
        made, phone = pusher.made(), pusher.phone
        assert {result["status"] for result in pusher.results.values()} == {"applied"}
        for kind, rows in OBJECTS.items():
            wanted = sorted(op["id"] for op in made if op["kind"] == kind)
            there = set(self.server.ids(rows))
            assert [key for key in wanted if key not in there] == []
            assert sorted(key for key, row in phone.store.all(kind).items() if row["visit"] in pusher.visits) == wanted
        for visit in pusher.visits:
            said = [(key, one["note"]) for op in made if op["id"] == visit for key, one in _answers(op)]
            answers = phone.store.document("visit", visit)["answers"]
            assert {key: one["rev"] for key, one in answers.items()} == Counter(key for key, _ in said)
            assert {key: one["note"] for key, one in answers.items()} == dict(said)
        assert self.server.rows(TWICE) == []

    def answered_alike(self, pusher: Pusher) -> None:
        """A resend of everything is told what was told before, and changes nothing."""
        ops = pusher.phone.kept
        for start in range(0, len(ops), 200):
            told = pusher.phone.send(ops[start : start + 200])
            assert {result["op"]: result["status"] for result in told["results"]} == {
                op["op"]: "applied" for op in ops[start : start + 200]
            }
            assert (told["have"], told["missing"]) == (pusher.phone.n, [])
        before = dict(pusher.phone.store.rows)
        pusher.phone.pull()
        assert pusher.phone.store.rows == before
        assert pusher.phone.store.sums() == pusher.phone.store.server_sums
        assert pusher.phone.store.reset == []

    def photos(self, phone: Phone, sent: list[Photo]) -> None:
        for each in sent:
            assert each.upload is not None
            assert each.upload.offset() == len(each.content)
            row = phone.store.document("evidence", each.evidence)
            assert (row["state"], phone.blob(row["sha256"]) == each.content) == ("verified", True)

    def upkeep(self) -> None:
        """The operator's own checks find nothing; the server is down for them."""
        self.server.stop()
        status, said = self.server.manage("sync verify", "audit seal", "audit verify", "media verify")
        assert status == 0, said
        assert "全部一致。" in said

    def told(self) -> str:
        """What happened, in one line."""
        made = sum(len(each.made()) for each in self.pushers)
        photos = sum(len(each.sent) for each in self.uploaders)
        overtaken = sum(each.overtaken for each in self.pushers)
        resumed = sum(each.resumed for each in self.uploaders)
        return (
            f"{self.rounds} kills cut {self.cuts['push']} pushes and {self.cuts['upload']} uploads; {made} operations, "
            f"{overtaken} in custody and not yet acknowledged, {photos} photos, {resumed} held beyond what was told"
        )


def _answers(op: dict[str, object]) -> list[tuple[str, dict[str, str]]]:
    data = op["data"]
    return list(data["answers"].items()) if isinstance(data, dict) and "answers" in data else []


@contextmanager
def at_work(server: Victim, seed: int) -> Iterator[Field]:
    """A field on a server that runs; whatever happens, the server that was started is ended."""
    try:
        server.start()
        work = Field.open(server, seed)
        try:
            yield work
        finally:
            work.close()
    finally:
        server.end()
