"""A phone of an inspector, written on the protocol alone: nothing here knows the server's code.

Outbox and base rows are kept apart; push until empty, pull until `more:false`, uploads; none blocks another.
A photo is kept until `verified` has been *pulled*.
"""

import asyncio
import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.clocks import Clock, uuid7
from bench.line import BadLine, Weather
from bench.outbox import COALESCE_UP_TO, Entry, Outbox
from bench.photos import Picture
from bench.session import Refused, Session
from bench.store import Store
from bench.tus import Upload

GOOD = ("applied", "merged")
GZIP_FROM = 2000
UPLOADS_AT_ONCE = 2


def _silent(what: str, count: int) -> None:
    """Nobody watches."""


@dataclass
class Phone:
    """One device of one person. All its requests go over its own `line`."""

    session: Session
    line: BadLine
    clock: Clock
    rng: random.Random
    store: Store = field(default_factory=Store)
    outbox: Outbox = field(default_factory=Outbox)
    pictures: dict[str, Picture] = field(default_factory=dict)
    uploaded: set[str] = field(default_factory=set)
    verified: set[str] = field(default_factory=set)
    offset_ms: int | None = None
    contact_ms: int = 0
    missing: list[int] = field(default_factory=list)
    have: int = 0
    resumed: int = 0
    tell: Callable[[str, int], None] = _silent
    """Called with `operations` or `files` and how many more of them the server has now."""

    @property
    def name(self) -> str:
        return self.session.username

    @property
    def user_id(self) -> int:
        return int(self.session.user["id"])

    def at_weather(self, weather: Weather) -> None:
        self.line.weather = weather

    def new_id(self) -> str:
        return uuid7(self.clock, self.rng)

    def do(self, name: str, object_id: str, data: dict[str, Any] | None = None) -> Entry:
        """Write one operation into the outbox; nothing is sent."""
        at = self.clock.now().isoformat(timespec="milliseconds")
        return self.outbox.add(op=self.new_id(), name=name, object_id=object_id, at=at, data=data or {})

    def answer(self, visit: str, answers: dict[str, dict[str, Any]]) -> Entry:
        """Set answers of a visit; unsent ones of the same visit are coalesced into one operation."""
        last = self.outbox.last_unsent("answer.set", visit)
        if last and len(last.op["data"]["answers"]) + len(answers) <= COALESCE_UP_TO:
            last.op["data"]["answers"].update(answers)
            return last
        return self.do("answer.set", visit, {"answers": dict(answers)})

    def keep(self, evidence: str, picture: Picture) -> None:
        """Hold the bytes of a photo or signature until the server has told that it verified them."""
        self.pictures[evidence] = picture

    async def push(self) -> None:
        """Until the outbox is empty."""
        while batch := self.outbox.batch():
            answer = await self._post("/api/v1/sync/push", self._envelope(batch))
            if answer.status_code == 413 and len(batch) > 1:
                batch = self.outbox.batch(len(batch) // 2)
                answer = await self._post("/api/v1/sync/push", self._envelope(batch))
            if answer.status_code != 200:
                raise Refused(answer)
            told = answer.json()
            self.outbox.settle(batch, told["results"])
            self.have, self.missing = told["have"], told["missing"]
            self.tell("operations", len(batch))

    def _envelope(self, batch: list[Entry]) -> bytes:
        now = self.clock.now_ms()
        age = (now - self.contact_ms) // 1000 if self.contact_ms else 0
        head = json.dumps({"now": now, "offset": self.offset_ms, "age": age}).encode()
        for entry in batch:
            entry.attempts += 1
        return b'{"clock":' + head + b',"ops":[' + b",".join(entry.freeze() for entry in batch) + b"]}"

    async def pull(self, limit: int = 2000) -> None:
        """Until a consistent point. Raises `Refused`; starts anew after a change of epoch."""
        while True:
            request = {"cursor": self.store.cursor, "limit": limit, "csum": self.store.sums()}
            answer = await self._post("/api/v1/sync/pull", json.dumps(request).encode())
            if answer.status_code == 409:
                self.store.forget()
                continue
            if answer.status_code != 200:
                raise Refused(answer)
            page = answer.json()
            self.store.apply(page)
            if not page["more"]:
                break
        self._let_go()

    def _let_go(self) -> None:
        """Delete the copies of photos that are verified by what was pulled."""
        for evidence in [each for each in self.pictures if self._state(each) == "verified"]:
            del self.pictures[evidence]
            self.verified.add(evidence)

    def _state(self, evidence: str) -> str:
        return str((self.store.get("evidence", evidence) or {}).get("state", ""))

    async def upload(self) -> None:
        """Send every file the server has not been sent yet, a few at once."""
        gate = asyncio.Semaphore(UPLOADS_AT_ONCE)

        async def one(evidence: str, picture: Picture) -> None:
            async with gate:
                upload = Upload(self.session, evidence, picture.data, picture.filetype, picture.sha256)
                await upload.run()
                self.resumed += upload.resumed
                self.uploaded.add(evidence)
                self.tell("files", 1)

        waiting = [(each, picture) for each, picture in self.pictures.items() if each not in self.uploaded]
        await asyncio.gather(*(one(*each) for each in waiting))

    async def _post(self, path: str, body: bytes) -> httpx.Response:
        headers = {"Content-Type": "application/json", "Sync-Device": self.session.device, "Sync-Schema": "1"}
        if len(body) >= GZIP_FROM:
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        answer = await self.session.send("POST", path, headers=headers, content=body)
        if told := answer.headers.get("Sync-Time"):
            self.contact_ms = self.clock.now_ms()
            self.offset_ms = self.contact_ms - int(told)
        return answer

    def troubles(self) -> list[str]:
        """What is not as it must be after the last pull; empty when all is safe on the server."""
        out = [f"{e.name} {e.id} -> {e.result}" for e in self.outbox.done if not _fine(e)]
        out += [f"{e.name} {e.id} 未提交" for e in self.outbox.waiting]
        out += [f"照片 {each} 未核验" for each in self.pictures]
        out += [f"范围 {scope} 校验和不符" for scope in self.store.differing()]
        out += [f"编号 {n} 未送达" for n in self.missing]
        if self.have != self.outbox.top:
            out.append(f"服务器只有到 {self.have} 号，手机已到 {self.outbox.top} 号")
        return [f"{self.name}：{line}" for line in out]

    def follow(self) -> None:
        """Take over from `operation` documents what became of operations that first had to wait."""
        fates = self.store.every("operation")
        for entry in self.outbox.done:
            if entry.id in fates and entry.result is not None:
                entry.result = {**entry.result, **fates[entry.id]}


def _fine(entry: Entry) -> bool:
    return entry.result is not None and entry.result["status"] in GOOD
