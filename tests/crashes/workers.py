"""Two kinds of phone work that go on until the line dies: handing in operations, and uploading photos."""

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import httpx

from tests.foreign.client import Account, Phone, Upload, uuid7
from tests.foreign.crew import photo
from tests.foreign.store import Document
from tests.media.pictures import FRAME

KEYS = ("TY-01", "TY-03", "TY-04", "TY-08")
PIECE = 24 * 1024
"""Bytes of one PATCH: small, so that there is much to be acknowledged."""


def until_cut(work: Callable[[], None], stop: threading.Event) -> bool:
    """Repeat `work` until `stop` or until the server is gone in the middle of it; whether it was."""
    try:
        while not stop.is_set():
            work()
    except httpx.TransportError:
        return True
    return False


def fresh_line(account: Account) -> None:
    """Connect anew after a restart, with new tokens: the old ones may have run out in a long run."""
    account.http.close()
    account.http = httpx.Client(base_url=account.base, timeout=60)
    account.take(account.ask_refresh(account.refresh))


@dataclass
class Photo:
    """The bytes of an evidence and what the server said it has of them."""

    evidence: str
    content: bytes
    upload: Upload | None = None
    acknowledged: int = 0

    @property
    def whole(self) -> bool:
        return self.acknowledged == len(self.content)


@dataclass
class Pusher:
    """An inspector's phone: works on one visit after the other and pushes; `phone.kept` is what was acknowledged."""

    phone: Phone
    chance: random.Random
    tasks: deque[str] = field(default_factory=deque)
    visits: list[str] = field(default_factory=list)
    results: dict[str, Document] = field(default_factory=dict)
    photos: deque[Photo] = field(default_factory=deque)
    declared: dict[str, Photo] = field(default_factory=dict)
    overtaken: int = 0
    """Operations that the server had when it died and had not yet said so."""

    def push(self) -> None:
        """Hand in some of what waits, in whatever grouping: an operation stays word for word what it was."""
        if not self.phone.outbox:
            self.work()
        batch = self.phone.outbox[: self.chance.randint(1, 12)]
        for result in self.phone.send(batch)["results"]:
            self.results[result["op"]] = result
        self.phone.kept += batch
        del self.phone.outbox[: len(batch)]
        for op in batch:
            if op["id"] in self.declared:
                self.photos.append(self.declared.pop(op["id"]))

    def work(self) -> None:
        """Begin the next visit, or go on with the present one."""
        if self.tasks:
            self.visits.append(uuid7())
            self.phone.do("visit", "start", self.visits[-1], assignment=self.tasks.popleft(), rev=1)
            self.phone.do("visit", "check_in", self.visits[-1], reason="地下室无定位")
        for _ in range(self.chance.randint(1, 6)):
            self.chance.choice((self.answer, self.answer, self.record, self.photograph))()

    def answer(self) -> None:
        keys = self.chance.sample(KEYS, self.chance.randint(1, 3))
        said = {key: {"value": self.chance.choice(("yes", "no")), "note": f"第{self.phone.n}句"} for key in keys}
        self.phone.do("answer", "set", self.visits[-1], answers=said)

    def record(self) -> None:
        self.phone.do("finding", "record", uuid7(), visit=self.visits[-1], item="TY-02", text="到场人数不足。")

    def photograph(self) -> None:
        content = FRAME + self.chance.randbytes(self.chance.randint(1, 200_000))
        facts = {"sha256": sha256(content).hexdigest(), "size": len(content)}
        evidence = photo(self.phone, self.visits[-1], "TY-05", **facts)
        self.declared[evidence] = Photo(evidence, content)

    def take_up(self) -> None:
        """After a restart: which of the operations that were not acknowledged had arrived all the same?"""
        fresh_line(self.phone)
        waiting = [op["op"] for op in self.phone.outbox]
        self.overtaken += len(waiting) - len(self.phone.offer(waiting))

    def finish(self) -> None:
        while self.phone.outbox:
            self.push()

    def made(self) -> list[Document]:
        return [*self.phone.kept, *self.phone.outbox]

    def sent_as(self) -> dict[str, str]:
        """Every operation, byte for byte as it went over the line."""
        return {op["op"]: json.dumps(op, ensure_ascii=False) for op in self.made()}


@dataclass
class Uploader:
    """Sends the photos of one phone, one after the other."""

    pusher: Pusher
    sent: list[Photo] = field(default_factory=list)
    resumed: int = 0

    def send(self) -> None:
        """The next piece of the photo in hand."""
        if not self.sent or self.sent[-1].whole:
            self.next()
        elif self.sent[-1].upload is None:
            present = self.sent[-1]
            present.upload = self.pusher.phone.upload(present.evidence, present.content, "image/jpeg")
        else:
            self.patch(self.sent[-1])

    def next(self) -> None:
        if self.pusher.photos:
            self.sent.append(self.pusher.photos.popleft())
        else:
            time.sleep(0.01)

    def patch(self, present: Photo) -> None:
        assert present.upload is not None
        start = present.acknowledged
        present.acknowledged = present.upload.patch(start, present.content[start : start + PIECE])

    def take_up(self) -> None:
        """After a restart: the server holds at least what it acknowledged of every upload."""
        for each in self.sent:
            if each.upload is not None:
                stands = each.upload.offset()
                assert each.acknowledged <= stands <= len(each.content), (each.evidence, each.acknowledged, stands)
                self.resumed += each.acknowledged < stands
                each.acknowledged = stands

    def finish(self) -> None:
        while self.pusher.photos or (self.sent and not self.sent[-1].whole):
            self.send()
