"""A phone of an inspector with all its duties (protocol, Phone duties), over a line that may be bad."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from bench.clocks import Clock, uuid7
from bench.outbox import Entry, Outbox
from bench.photos import Picture
from tests.faults.session import Account, unpacked
from tests.faults.store import SummedStore
from tests.faults.upload import Upload

UPLOADS_AT_ONCE = 2
SETTLED = ("applied", "merged", "conflict", "quarantined")


@dataclass
class Phone:
    """Outbox and base rows are kept apart; nothing here knows the server's code."""

    account: Account
    clock: Clock
    rng: random.Random
    store: SummedStore = field(default_factory=SummedStore)
    outbox: Outbox = field(default_factory=Outbox)
    pictures: dict[str, Picture] = field(default_factory=dict)
    uploaded: set[str] = field(default_factory=set)
    missing: list[int] = field(default_factory=list)
    have: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """`pushes`, `pulls`, `pages`, `resumed`, `halved`, `epochs`."""

    @property
    def name(self) -> str:
        return self.account.username

    @property
    def user_id(self) -> int:
        return int(self.account.user["id"])

    def new_id(self) -> str:
        return uuid7(self.clock, self.rng)

    def do(self, name: str, object_id: str, data: dict[str, Any] | None = None) -> Entry:
        """Write one operation into the outbox; nothing is sent."""
        at = self.clock.now().isoformat(timespec="milliseconds")
        return self.outbox.add(op=self.new_id(), name=name, object_id=object_id, at=at, data=data or {})

    def answer(self, visit: str, answers: dict[str, dict[str, Any]]) -> Entry:
        """Set answers of a visit; what was not attempted yet of the same visit is one operation with it."""
        last = self.outbox.last_unsent("answer.set", visit)
        if last is None:
            return self.do("answer.set", visit, {"answers": dict(answers)})
        last.op["data"]["answers"].update(answers)
        return last

    async def sync(self) -> None:
        """Push until empty, then pull until consistent and upload; none of these blocks another."""
        await self.push()
        await asyncio.gather(self.pull(), self.upload())

    async def push(self) -> None:
        """Until the outbox is empty."""
        most = 200
        while batch := self.outbox.batch(most):
            answer = await self.account.ask("POST", "/api/v1/sync/push", self._envelope(batch), expected=(200, 413))
            if answer.status == 413:
                most = max(1, len(batch) // 2)
                self.counts["halved"] += 1
                continue
            told = orjson.loads(unpacked(answer))
            self.outbox.settle(batch, told["results"])
            self.have, self.missing = told["have"], told["missing"]
            self.counts["pushes"] += 1

    def _envelope(self, batch: list[Entry]) -> bytes:
        """The frozen bytes of each operation, whatever time has passed since they were first sent."""
        for entry in batch:
            entry.attempts += 1
        head = orjson.dumps({"now": self.clock.now_ms(), "offset": None, "age": 0})
        return b'{"clock":' + head + b',"ops":[' + b",".join(entry.freeze() for entry in batch) + b"]}"

    async def pull(self) -> None:
        """Until a consistent point."""
        more = True
        while more:
            wish = {"cursor": self.store.cursor, "limit": 2000, "csum": self.store.sums()}
            answer = await self.account.ask("POST", "/api/v1/sync/pull", wish, expected=(200, 409))
            if answer.status == 409:
                await self._new_epoch()
                continue
            page = orjson.loads(unpacked(answer))
            self.store.apply(page)
            self.counts["pages"] += 1
            more = page["more"]
        self.counts["pulls"] += 1
        self._follow()

    async def _new_epoch(self) -> None:
        """Base rows go, the outbox stays; what the server lacks is sent anew."""
        self.counts["epochs"] += 1
        self.store.forget()
        kept = {entry.id: entry for entry in self.outbox.done}
        lack: list[str] = (await self.account.post("/api/v1/sync/offer", {"ids": [*kept]}))["lack"]
        again = [kept[each] for each in lack]
        self.outbox.done = [entry for entry in self.outbox.done if entry.id not in set(lack)]
        self.outbox.waiting.extendleft(reversed(again))
        await self.push()

    async def upload(self) -> None:
        """Every file that the server was not sent yet, and whose fact is in its custody."""
        gate = asyncio.Semaphore(UPLOADS_AT_ONCE)

        async def one(evidence: str, picture: Picture) -> None:
            async with gate:
                upload = Upload(self.account, evidence, picture)
                await upload.run()
            self.counts["resumed"] += upload.resumed
            self.uploaded.add(evidence)

        waiting = [each for each in self.pictures.items() if each[0] not in self.uploaded]
        await asyncio.gather(*(one(*each) for each in waiting))

    def _follow(self) -> None:
        """What became of operations that were not settled when they were answered is told by documents; photos
        that are verified need not be kept."""
        for entry in self.outbox.done:
            if entry.result and entry.result["status"] not in SETTLED:
                entry.result = {**entry.result, **(self.store.get("operation", entry.id) or {})}
        for evidence in [*self.pictures]:
            if (self.store.get("evidence", evidence) or {}).get("state") == "verified":
                del self.pictures[evidence]
