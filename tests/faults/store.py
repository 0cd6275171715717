"""What a phone holds of the server's documents; the sums are kept up with every row (protocol, Pull)."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.store import Store

Document = dict[str, Any]
Key = tuple[str, str]


@dataclass
class SummedStore(Store):
    """A store that need not add up thousands of rows before each of thousands of pulls."""

    totals: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def apply(self, page: dict[str, Any]) -> None:
        """One page of a pull; applying it twice is the same as once."""
        for scope in (*page["drop"], *page["reset"]):
            self._clear(scope)
        self.resets += len(page["reset"])
        for scope, kind, object_id, document in page["rows"]:
            if document is not None:
                self._put((kind, object_id), scope, document)
            elif self.rows.get((kind, object_id), ("", {}))[0] == scope:
                self._take_out((kind, object_id))
        self.told = {scope: sum_ for scope, sum_ in self.told.items() if scope not in page["drop"]} | page["csum"]
        self.cursor = page["cursor"]

    def forget(self) -> None:
        super().forget()
        self.totals.clear()

    def sums(self) -> dict[str, str]:
        return {scope: f"{self.totals[scope] % 2**64:016x}" for scope in {*self.told, *self.totals}}

    def _clear(self, scope: str) -> None:
        self.rows = {key: row for key, row in self.rows.items() if row[0] != scope}
        self.totals.pop(scope, None)

    def _put(self, key: Key, scope: str, document: Document) -> None:
        self._take_out(key)
        self.rows[key] = (scope, document)
        self.totals[scope] += _hash(key, document)

    def _take_out(self, key: Key) -> None:
        if found := self.rows.pop(key, None):
            self.totals[found[0]] -= _hash(key, found[1])


def _hash(key: Key, document: Document) -> int:
    digest = hashlib.sha256(f"{key[0]}/{key[1]}/{document['rev']}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
