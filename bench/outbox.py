"""The sending queue of a phone: numbered operations, frozen at their first attempt (protocol, Push and Operations)."""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

MAX_OPS = 200
MAX_BYTES = 900_000
"""Of one batch; the protocol allows 1 MB inflated, the envelope needs some."""

COALESCE_UP_TO = 1000
"""Answers in one operation."""


@dataclass
class Entry:
    """One operation. `frozen`: its bytes, from the first attempt on; `result`: what the server said."""

    op: dict[str, Any]
    frozen: bytes | None = None
    result: dict[str, Any] | None = None
    attempts: int = 0

    @property
    def id(self) -> str:
        return str(self.op["op"])

    @property
    def name(self) -> str:
        return f"{self.op['kind']}.{self.op['verb']}"

    def freeze(self) -> bytes:
        if self.frozen is None:
            self.frozen = json.dumps(self.op, ensure_ascii=False, separators=(",", ":")).encode()
        return self.frozen


@dataclass
class Outbox:
    """`waiting`: not yet acknowledged, in the order of their numbers. `done`: in the server's custody."""

    waiting: deque[Entry] = field(default_factory=deque)
    done: list[Entry] = field(default_factory=list)
    top: int = 0

    def add(self, *, op: str, name: str, object_id: str, at: str, data: dict[str, Any]) -> Entry:
        """Queue one operation under the next number of this device."""
        self.top += 1
        kind, _, verb = name.partition(".")
        entry = Entry(
            {"op": op, "n": self.top, "kind": kind, "verb": verb, "id": object_id, "schema": 1, "at": at, "data": data}
        )
        self.waiting.append(entry)
        return entry

    def last_unsent(self, name: str, object_id: str) -> Entry | None:
        """The newest operation if it is of this name, about this object, and was never attempted."""
        last = self.waiting[-1] if self.waiting else None
        if last and last.frozen is None and last.name == name and last.op["id"] == object_id:
            return last
        return None

    def batch(self, limit: int = MAX_OPS) -> list[Entry]:
        """The oldest operations that fit into one push."""
        out: list[Entry] = []
        size = 0
        for entry in self.waiting:
            size += len(entry.freeze()) + 1
            if len(out) == limit or (out and size > MAX_BYTES):
                break
            out.append(entry)
        return out

    def settle(self, batch: list[Entry], results: list[dict[str, Any]]) -> None:
        """Every status means custody: the operations leave the queue (protocol, Push)."""
        told = {str(result["op"]): result for result in results}
        for entry in batch:
            entry.result = told[entry.id]
            self.done.append(entry)
        answered = {entry.id for entry in batch}
        self.waiting = deque(entry for entry in self.waiting if entry.id not in answered)

    def highest_about(self, object_ids: set[str]) -> int:
        """The last number that belongs to any of these objects (`upto` of a submission); 0 for none."""
        numbers = [entry.op["n"] for entry in [*self.done, *self.waiting] if _about(entry) & object_ids]
        return max(numbers, default=0)


def _about(entry: Entry) -> set[str]:
    return {str(entry.op["id"]), str(entry.op["data"].get("visit", ""))}
