"""A phone's account and its requests: repeated with backoff until there is an answer, whatever the line does."""

import asyncio
import gzip
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.faults.wire import CUT, Message, Pool, request

PASSWORD = "Yunchuan-2026"
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.25
"""Seconds; the protocol's 1 s … 5 min with full jitter, on the scale of a month played in a minute."""

SECOND = 0.01
"""What a second of `Retry-After` lasts on that scale."""

PATIENCE = 400
"""Tries of one request before the run counts as stuck."""

ZIPPED_FROM = 2000


class Unexpected(AssertionError):
    """An answer that the protocol does not foresee there."""

    def __init__(self, question: Message, answer: Message) -> None:
        said = f"{question.start.decode()} -> {answer.status}"
        super().__init__(f"{said}: {unpacked(answer)[:600].decode(errors='replace')}")
        self.status = answer.status


def unpacked(answer: Message) -> bytes:
    """The body as it was before compression."""
    return gzip.decompress(answer.body) if answer.get(b"content-encoding") == b"gzip" else answer.body


@dataclass
class Account:
    """Somebody signed in on a device. `counts`: `tries`, and `repeated`, `renewed`, `signed_in` among them."""

    port: int
    username: str
    rng: random.Random
    device: str = ""
    access: str = ""
    refresh: str = ""
    user: dict[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.device = self.device or str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        self.pool = Pool(self.port)

    def close(self) -> None:
        self.pool.close()

    def move(self, port: int) -> None:
        """From now on over another line."""
        self.close()
        self.port, self.pool = port, Pool(port)

    async def sign_in(self) -> None:
        """With the password, as the person does it. Raises `Unexpected`."""
        device = {"id": self.device, "name": f"{self.username} 的手机", "platform": "android"}
        body = {"username": self.username, "password": PASSWORD, "device": device}
        answer = await self.ask("POST", "/api/v1/auth/login", body, signed=False)
        told = orjson.loads(unpacked(answer))
        self.access, self.refresh, self.user = told["access"], told["refresh"], told["user"]
        self.counts["signed_in"] += 1

    async def post(self, path: str, body: Any) -> Any:
        """JSON for JSON. Raises `Unexpected`."""
        return orjson.loads(unpacked(await self.ask("POST", path, body)))

    async def ask(
        self, method: str, path: str, body: Any = b"", *, expected: tuple[int, ...] = (200,), signed: bool = True
    ) -> Message:
        """One JSON request, repeated until it is answered with something `expected`. Raises `Unexpected`."""
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = [("Content-Type", "application/json"), ("Accept-Encoding", "gzip")]
        if len(data) >= ZIPPED_FROM:
            data, headers = gzip.compress(data, 1), [*headers, ("Content-Encoding", "gzip")]
        return await self.repeat(method, path, headers, data, expected=expected, signed=signed)

    async def repeat(
        self,
        method: str,
        path: str,
        headers: list[tuple[str, str]],
        body: bytes,
        *,
        expected: tuple[int, ...],
        signed: bool = True,
    ) -> Message:
        """Only for what may be repeated: a new token after 401, a pause after 429, 503 and a broken line."""
        for attempt in range(PATIENCE):
            try:
                question, answer = await self.once(method, path, headers, body, signed=signed)
            except CUT:
                await self.pause(attempt)
                continue
            if answer.status == 401 and signed:
                await self._renew()
            elif answer.status in (429, 503):
                await asyncio.sleep(SECOND * float(answer.get(b"retry-after", b"1")))
            elif answer.status in expected:
                return answer
            else:
                raise Unexpected(question, answer)
        raise AssertionError(f"{self.username}: {method} {path} got no answer in {PATIENCE} tries")

    async def once(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes, *, signed: bool = True
    ) -> tuple[Message, Message]:
        """One try: the question as it was sent, and its answer. Raises `CUT`."""
        own = [("Authorization", f"Bearer {self.access}"), ("Sync-Device", self.device), ("Sync-Schema", "1")]
        question = request(method, path, f"127.0.0.1:{self.port}", [*headers, *(own if signed else [])], body)
        self.counts["tries"] += 1
        return question, await self.pool.ask(question)

    async def pause(self, attempt: int = 2) -> None:
        """Back off with full jitter."""
        self.counts["repeated"] += 1
        await asyncio.sleep(self.rng.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt, 10))))

    async def _renew(self) -> None:
        """A new pair of tokens; where the session is over, the person signs in anew."""
        self.counts["renewed"] += 1
        body = {"refresh": self.refresh}
        answer = await self.ask("POST", "/api/v1/auth/refresh", body, expected=(200, 401), signed=False)
        if answer.status == 401:
            await self.sign_in()
            return
        told = orjson.loads(unpacked(answer))
        self.access, self.refresh = told["access"], told["refresh"]
